"""The documents of a snapshot in columns: what is listed is what was written, in the order of the paths, in every segment."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import IndexFolder
from citewell.index.held import HeldDocuments, TwiceError
from citewell.index.listing import ListedDocument, Listing, ListingWriter, seal_of
from citewell.index.stored import DocumentSummary

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
_PATHS = st.lists(_TEXT, min_size=1, max_size=8, unique=True)


def document(path: str, draw: int = 0) -> ListedDocument:
    """Return a document of which everything depends on its path and a number."""
    digest = sha256(f"{path}{draw}".encode()).hexdigest()
    language, reader = (None, "de", "en")[draw % 3], f"plain {draw % 2}"
    summary = DocumentSummary(path, f"Of {path}", digest, language, reader, None, draw, draw % 4 or None)
    return ListedDocument(summary, draw % 3, draw * 10, digest[:32], f'[["tag", "{draw}", "table"]]')


def listing_of(documents: list[ListedDocument]) -> Listing:
    writer = ListingWriter()
    for each in documents:
        # Some have no passages, and passages have one window or more.
        writer.add(each, [1 + nth for nth in range(each.sections)])
    return Listing(writer.packed())


@given(_PATHS)
def test_a_listing_says_what_was_written(paths: list[str]) -> None:
    written = [document(path, nth) for nth, path in enumerate(sorted(paths))]
    container = written[0].summary
    inside = [replace(each, summary=replace(each.summary, container=container.path)) for each in written[1:]]
    found = listing_of([written[0], *inside])
    expected = [replace(each.summary, container_digest=container.digest) for each in inside]
    assert [found.summary(number) for number in range(len(found))] == [container, *expected]
    assert [found.text_seal(number) for number in range(len(found))] == [each.text_seal for each in written]
    assert found.facts == [each.facts for each in written]
    assert found.sections == [each.sections for each in written]
    assert found.characters == [each.characters for each in written]
    passages = [range(found.passages[number], found.passages[number + 1]) for number in range(len(found))]
    assert [len(each) for each in passages] == found.sections
    windows = [int(found.windows[each.stop] - found.windows[each.start]) for each in passages]
    assert windows == [sum(range(1, each.sections + 1)) for each in written]


@given(_PATHS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_documents_of_several_segments_are_in_the_order_of_their_paths(
    paths: list[str], draw: object, count: int
) -> None:
    chance = draw.randrange  # type: ignore[attr-defined]
    homes = {path: chance(count) for path in paths}
    segments = [[document(path, chance(20)) for path in sorted(paths) if homes[path] == nth] for nth in range(count)]
    removed = [{number for number in range(len(some)) if chance(3) == 0} for some in segments]
    listings = [listing_of(some) for some in segments]
    held = HeldDocuments(listings, removed)
    valid = sorted(
        (each.summary.path, nth, number, each.summary)
        for nth, some in enumerate(segments)
        for number, each in enumerate(some)
        if number not in removed[nth]
    )
    assert held.paths == [path for path, *_ in valid]
    assert [held.summary(ordinal) for ordinal in range(len(held))] == [summary for *_, summary in valid]
    assert held.digests() == {path: summary.digest for path, *_, summary in valid}
    assert sum(held.languages().values()) == len(valid)
    assert {language: held.languages()[language] for *_, summary in valid for language in [summary.language]} == {
        summary.language: sum(other.language == summary.language for *_, other in valid) for *_, summary in valid
    }
    before = [sum(int(each.passages[-1]) for each in listings[:nth]) for nth in range(count)]
    for ordinal, (_, nth, number, _) in enumerate(valid):
        assert (held.segments[ordinal], held.numbers[ordinal]) == (nth, number)
        assert held.firsts[ordinal] == before[nth] + listings[nth].passages[number]
        assert held.ends[ordinal] == before[nth] + listings[nth].passages[number + 1]


def test_a_document_in_two_segments_is_a_fault() -> None:
    with pytest.raises(TwiceError, match=r"b\.txt is in another segment"):
        HeldDocuments([listing_of([document("a.txt"), document("b.txt")]), listing_of([document("b.txt")])], [(), ()])


def test_documents_that_are_out_of_order_or_have_other_passages_are_a_fault() -> None:
    with pytest.raises(ValueError, match="out of order"):
        listing_of([document("b.txt"), document("a.txt")])
    writer = ListingWriter()
    writer.add(document("a.txt"), [1, 1])
    columns, digests, seals, passages, windows = writer.packed()
    with pytest.raises(ValueError, match="not as many"):
        Listing((columns, digests, seals, passages, windows[8:]))


def test_every_column_is_sealed() -> None:
    writer = ListingWriter()
    writer.add(document("a.txt"), [1, 1])
    whole = writer.packed()
    columns, digests, text_seals, passages, windows = whole
    others = [
        (columns + " ", digests, text_seals, passages, windows),
        (columns, digests + b"x", text_seals, passages, windows),
        (columns, digests, text_seals + b"x", passages, windows),
        (columns, digests, text_seals, passages + b"x", windows),
        (columns, digests, text_seals, passages, windows + b"x"),
    ]
    assert len({seal_of(whole), *map(seal_of, others)}) == 6


def test_snapshots_that_share_a_segment_share_its_listing(bundled_index: Path) -> None:
    one, other = (IndexFolder(bundled_index).open().catalogue for _ in range(2))
    assert one is not other
    assert all(mine.listing is theirs.listing for mine, theirs in zip(one._files, other._files, strict=True))
