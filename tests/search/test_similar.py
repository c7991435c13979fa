"""Passages like one: near in meaning and in words, without what overlaps it, and near-duplicates only named."""

from __future__ import annotations

import pytest

from citewell import Assistant, Scope
from citewell.errors import UsageError
from citewell.search.similar import Similar
from tests.support.library import KEEPER

DOCUMENT = "international-education.txt"


def test_the_passage_with_the_nearest_text_comes_first_and_its_copies_are_named(library: Assistant) -> None:
    found = library.similar("a/otters.txt:10")
    assert found.place.document == "a/otters.txt"
    assert {each.document for each in found.repeated} == {"b/copy.txt", "b/nearly.txt"}
    assert [each.document for each in found.passages][:2] == ["b/another.txt", "b/different.txt"]
    assert [each.rank for each in found.passages] == list(range(1, len(found.passages) + 1))
    scores = [each.score for each in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert Similar.model_validate(found.to_json()) == found


def test_nothing_of_its_own_text_is_shown_and_no_text_twice(assistant: Assistant) -> None:
    text = assistant.document(DOCUMENT).text
    for start in (1000, 4000, 6000):
        found = assistant.similar(f"{DOCUMENT}:{start}", top=20)
        here = [found.place.span, *(each.span for each in found.passages)]
        assert found.place.start <= start < found.place.end
        assert len(here) > 5
        assert all(not one.overlaps(other) for at, one in enumerate(here) for other in here[:at])
        assert all(each.span.of(text) == each.text for each in found.passages)


def test_quotation_marks_of_a_passage_ask_for_nothing(library: Assistant) -> None:
    assert '"' in KEEPER
    assert "a/mice.txt" in {each.document for each in library.similar("c/keeper.txt:100").passages}


def test_a_scope_and_a_number_limit_them(library: Assistant) -> None:
    assert len(library.similar("a/otters.txt:10", top=1).passages) == 1
    found = library.similar("a/otters.txt:10", scope=Scope(folders=("a",)))
    assert [each.document for each in found.passages] == ["a/mice.txt"]


def test_a_quotation_names_the_passage_too(assistant: Assistant) -> None:
    by_place = assistant.similar(f"{DOCUMENT}:4000")
    text = assistant.document(DOCUMENT).text
    assert assistant.similar(quote=text[4000:4100]).place == by_place.place
    assert len(by_place.passages) == 5


@pytest.mark.parametrize("at", ["a/nothing.txt:1", "a/empty.txt", "a/otters.txt:9999", None])
def test_what_is_no_passage_is_an_error(library: Assistant, at: str | None) -> None:
    with pytest.raises(UsageError):
        library.similar(at)


def test_a_heading_is_no_passage(assistant: Assistant) -> None:
    heading = assistant.document(DOCUMENT).headings[0].span
    with pytest.raises(UsageError, match="no passage at"):
        assistant.similar(f"{DOCUMENT}:{heading.start}-{heading.end}")
