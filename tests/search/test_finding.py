"""A page of the places, with what stands around them, over a real index."""

from __future__ import annotations

import pytest

from citewell import Assistant, Scope
from citewell.errors import QuestionError, UsageError
from citewell.found import Found, FoundPlace


@pytest.fixture(scope="module")
def everywhere(assistant: Assistant) -> list[FoundPlace]:
    return list(assistant.view().finder().all("of"))


def test_the_pages_together_are_all_places(assistant: Assistant, everywhere: list[FoundPlace]) -> None:
    finder = assistant.view().finder()
    first = finder.page("of", sort="place", page=1, per_page=10)
    pages = [finder.page("of", sort="place", page=nth + 1, per_page=10) for nth in range(first.pages)]
    assert first.total == len(everywhere) > 20
    assert [place for page in pages for place in page.places] == everywhere
    assert sum(document.places for document in first.documents) == first.total
    assert first.documents_total == len(first.documents)
    assert Found.model_validate(first.to_json()) == first
    with pytest.raises(UsageError, match=f"the last one is {first.pages}"):
        finder.page("of", sort="place", page=first.pages + 1, per_page=10)


def test_a_place_is_where_its_document_has_it(assistant: Assistant, everywhere: list[FoundPlace]) -> None:
    for place in everywhere:
        text = assistant.document(place.document).text
        assert text[place.start : place.end].lower() == "of"
        assert text[place.text_start :].startswith(place.text)
        assert [mark.of(place.text).lower() for mark in place.shown] == ["of"]
        assert not place.text[:1].isspace()


def test_by_relevance_the_same_places_are_in_another_order(assistant: Assistant, everywhere: list[FoundPlace]) -> None:
    page = assistant.view().finder().page("of", sort="relevance", page=1, per_page=1000)
    assert {place.start for place in page.places} == {place.start for place in everywhere}
    assert [place.start for place in page.places] != [place.start for place in everywhere]
    counts = [document.places for document in page.documents]
    assert counts == sorted(counts, reverse=True)
    short = assistant.view().finder().page("of", sort="relevance", page=2, per_page=7)
    assert [place.start for place in short.places] == [place.start for place in page.places[7:14]]


def test_only_documents_in_the_scope_are_searched(assistant: Assistant, everywhere: list[FoundPlace]) -> None:
    path = everywhere[0].document
    found = assistant.find("of", scope=Scope(documents=(path,)), per_page=1)
    assert [(each.document, each.places) for each in found.documents] == [(path, found.total)]
    with pytest.raises(UsageError, match="no document at 'nowhere'"):
        assistant.view().finder(Scope(folders=("nowhere",)))


def test_what_is_not_there_is_told(assistant: Assistant) -> None:
    query = 'education xylophonist & -the "campus life" intern*'
    found = assistant.view().finder().page(query, sort="place", page=1, per_page=1)
    assert (found.total, found.pages, found.places, found.documents) == (0, 1, (), ())
    assert [(term.text, term.kind, term.excluded, term.places > 0) for term in found.terms] == [
        ("education", "word", False, True),
        ("xylophonist", "word", False, False),
        ("campus life", "phrase", False, False),
        ("intern*", "prefix", False, True),
        ("the", "word", True, True),
    ]
    assert found.ignored == ("&",)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("  ", "the query is empty"),
        ("-students", "only words to leave out"),
        ('-"campus life" -students', "only words to leave out"),
        ("*", "the star is not at the end of a word"),
        ("stu*ents", "the star is not at the end of a word"),
        ('"international *"', "the star is not at the end of a word"),
        ('the "campus life', "before “campus life” is not closed"),
        ("«", "a quotation mark is not closed"),
        ("!" * 1000, "“" + "!" * 40 + "…” has no letters"),
        ("§ – !", "no letters or digits"),
        ("x" * 2001, "at most 2,000"),
        ("ab " * 65, "more than 64 words"),
        ("a* b* c* d* e* f* g* h* i*", "more than 8 stars"),
        ("\ud800", "lone surrogate"),
    ],
)
def test_what_cannot_be_found_is_said(query: str, message: str, assistant: Assistant) -> None:
    # A word that is repeated is one.
    varied = " ".join(f"{word}{nth}" for nth, word in enumerate(query.split())) if query.startswith("ab") else query
    with pytest.raises(QuestionError, match=message):
        assistant.view().finder().page(varied, sort="place", page=1, per_page=1)
