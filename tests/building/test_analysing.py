"""The words of a document are those of its whole text, whichever way it is analysed, and take little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from citewell.building.analysing import DocumentTerms
from citewell.document import Passage, Span, Window, above
from citewell.index.stored import StoredDocument
from citewell.index.term_file import TermFile, TermPlacesWriter
from citewell.index.term_places import TermPlaces, key_of
from citewell.text.terms import analyse
from citewell.text.vocabulary import WordCounts
from tests.support.environment import CORPUS

ARTICLE = next(CORPUS.glob("*.*")).read_text(encoding="utf-8")
# Lines that end in half a word, sentences in capitals, an umlaut of two characters, and a script without spaces.
WRAPPED = "The com-\nmittee met Dr. May. IT paid 1,234.50 crowns.\nMu\u0308ll and WHO\n\n停车场在北门。" * 1500


def document(text: str) -> StoredDocument:
    return StoredDocument(path="notes/a.txt", title="Notes", digest="0", text=text, headings=(), language="en")


def passages(text: str, *, size: int, step: int) -> list[Passage]:
    """Return overlapping passages; of two in a row, the second starts first."""
    spans = [Span(at, min(at + size, len(text))) for at in range(0, len(text), step)]
    for nth in range(1, len(spans) - 1, 2):
        spans[nth], spans[nth + 1] = spans[nth + 1], spans[nth]
    return [Passage("notes/a.txt", (), span, span.of(text), (Window(span, (span,), span.of(text)),)) for span in spans]


@pytest.mark.parametrize("text", [ARTICLE * 4, WRAPPED], ids=["article", "wrapped"])
def test_a_passage_has_the_words_that_it_has_in_the_whole_text(text: str, tmp_path: Path) -> None:
    whole, counts, expected = analyse(text, "en"), WordCounts(), WordCounts()
    expected.add(whole)
    here = above("notes/a.txt", "Notes", ())
    divided = passages(text, size=1500, step=400)
    with TermPlacesWriter(tmp_path / "terms.bin") as writer:
        found = list(DocumentTerms(document(text), counts, writer).of_passages(divided))
    places = TermPlaces(TermFile(tmp_path / "terms.bin"))
    for passage, (terms, records) in zip(divided, found, strict=True):
        inside = [term for term in whole if passage.span.start <= term.span.start < passage.span.end]
        assert terms == [*analyse(here, "en"), *inside]
        keys, starts = (each.tolist() for each in places.read(records))
        assert set(zip(keys, starts, strict=True)) == {
            (key_of(form), term.span.start) for term in inside for form in (term.text, *term.parts)
        }
        assert starts == sorted(starts)
    assert list(counts.most_frequent(10**6)) == list(expected.most_frequent(10**6))


def test_what_no_passage_has_is_counted(tmp_path: Path) -> None:
    counts = WordCounts()
    with TermPlacesWriter(tmp_path / "terms.bin") as writer:
        heron = document("A heron stands still.\n" * 9)
        assert list(DocumentTerms(heron, counts, writer).of_passages(())) == []
    assert [known.count for known in counts.most_frequent(3)] == [9, 9, 9]


@pytest.mark.long
def test_a_long_document_takes_the_memory_of_a_part(tmp_path: Path) -> None:
    text = "one long line of words " * 20_000
    divided = passages(text, size=1500, step=20_000)
    tracemalloc.start()
    try:
        with TermPlacesWriter(tmp_path / "terms.bin") as writer:
            terms = DocumentTerms(document(text), WordCounts(), writer).of_passages(divided)
            assert sum(len(inside) for inside, _ in terms) > 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000
