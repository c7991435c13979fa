"""What the core says is said again in the language of the page; the sentences come from the code, so that none is missed."""

from __future__ import annotations

import re

import pytest

from citewell.evaluation.measures import nothing_found
from citewell.evaluation.summary import DOCUMENT_MEASURES
from citewell.web.language.catalogues import languages
from citewell.web.language.core import is_known, said
from citewell.web.language.current import speaking
from tests.support.messages import messages_of_code
from tests.support.sentences import SAMPLE, called, raising, sentences

ERRORS = frozenset({"CitewellError", "UsageError", "QuestionError", "QuotationMissingError", "BusyError"})
# What can answer a person on the page, and what it is made of.
ANSWERING = ("search", "index", "view.py", "web", "corpus/curating.py", "building/holding.py")
NOTHING: frozenset[str] = frozenset()
# The modules whose sentences a person reads on the page, each with those that are no message, or that only logs have.
SAID = {
    "answer.py": NOTHING,
    "building/choosing.py": NOTHING,
    "building/holding.py": frozenset({"the index is unusable, and an automatic rebuild may lose documents"}),
    "corpus/curating.py": NOTHING,
    "corpus/reading/rules.py": NOTHING,
    "evaluation/misses.py": NOTHING,
    "index/absence.py": NOTHING,
    "index/checking.py": frozenset({f"{SAMPLE} ({SAMPLE}-{SAMPLE}) does not match its document"}),
    "index/facts.py": NOTHING,
    "index/originals.py": frozenset({"is no longer in the corpus", "is not in the corpus"}),
    "index/scoping.py": NOTHING,
    "search/filtering.py": NOTHING,
    "search/find_query.py": frozenset({"citewell find 'leave \"notice period\" holiday* -sick'"}),
    "search/finding.py": NOTHING,
    "search/quoting.py": NOTHING,
    "search/similar.py": NOTHING,
    "search/where.py": NOTHING,
    "search/why.py": NOTHING,
    "view.py": frozenset({"citewell index"}),
    "web/chat/chat.py": NOTHING,
    "web/chat/expected.py": NOTHING,
    "web/chat/figures.py": NOTHING,
    "web/chat/filters.py": NOTHING,
    "web/chat/requests.py": NOTHING,
    "web/documents/maintainer.py": frozenset({"index rebuild", "held back"}),
    "web/documents/panel.py": NOTHING,
    "web/documents/table.py": NOTHING,
    # For programs, whose language is English.
    "web/faults.py": frozenset({"an administrator has to fix this", "try again in 7 seconds"}),
    "web/quality/asking.py": NOTHING,
    "web/quality/judge.py": NOTHING,
    "web/quality/map.py": NOTHING,
    "web/quality/panel.py": NOTHING,
    "web/quality/parts.py": NOTHING,
    "web/quality/results.py": NOTHING,
    "web/quality/runs.py": NOTHING,
    "web/turns.py": NOTHING,
}
# Where the others are read instead.
ELSEWHERE = {
    "index/documents.py": "one sentence, checked below; the others are of a damaged index",
    "index/opening.py": "the command line",
    "web/api/maintaining.py": "programs",
    "web/api/mcp.py": "programs",
    "web/api/pictures.py": "programs",
    "web/api/retrieval.py": "programs",
    "web/api/service.py": "programs",
    "web/auth/accounts.py": "the command line",
    "web/auth/credentials.py": "the command line",
    "web/jobs.py": "checked below, with the names of the jobs",
    "web/language/choosing.py": "the command line",
    "web/middleware/addresses.py": "the command line",
    "web/server.py": "the command line",
}


@pytest.mark.parametrize("module", SAID)
def test_every_sentence_of_the_core_that_the_page_shows_is_known(module: str) -> None:
    with speaking("de"):
        # What follows a name is known after one.
        unknown = {each for each in sentences(module) if not (is_known(each) or is_known(f"{SAMPLE} {each}"))}
    assert unknown == SAID[module]


def test_every_module_whose_errors_a_person_may_read_is_looked_at() -> None:
    found = set().union(*(raising(folder, ERRORS) for folder in ANSWERING))
    assert found - SAID.keys() == set(ELSEWHERE)


@pytest.mark.parametrize(
    "sentence",
    [
        "the index has no document 'a.txt'",
        "no document passes all filters (author:Ann tag:draft)",
        "the index rebuild failed unexpectedly",
        "the run failed unexpectedly",
    ],
)
def test_what_is_put_together_elsewhere_is_known(sentence: str) -> None:
    with speaking("de"):
        assert is_known(sentence)


def test_every_message_of_the_code_is_in_the_catalogues() -> None:
    # Babel finds none inside another text.
    known = {each for one in messages_of_code() for each in ([one.id] if isinstance(one.id, str) else one.id)}
    wanted = frozenset({"gettext", "ngettext", "noop", "say"})
    assert {*called("web", wanted), *called("evaluation", wanted)} - known == set()


def test_every_measure_in_words_has_a_name_in_german() -> None:
    german = languages()["de"]
    names = [each for each in (*nothing_found(), *DOCUMENT_MEASURES) if re.search(r" |highlight", each)]
    assert names
    assert [each for each in names if german.text(each) == each] == []


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("page iv, read by OCR", "Seite iv, per Texterkennung gelesen"),
        ("Prices, row 1,200", "Prices, Zeile 1,200"),
        (
            "the query has 1,234 characters; at most 1,000 are allowed",
            "die Suche hat 1.234 Zeichen; erlaubt sind höchstens 1.000",
        ),
        (
            "It is at rank 1,200; 10 are shown. Its score is 0.25 below that of the last shown.",
            "Sie steht auf Rang 1.200; gezeigt werden 10. Sie hat 0,25 Punkte weniger als die letzte gezeigte.",
        ),
        (
            "It is at rank 2 of the nearest passages, but the question is refused: it turns on “moss”, “fern”, which the"
            " best place does not have; there is heather.",
            "Sie steht auf Rang 2 der nächstliegenden Textstellen, aber die Frage wird abgelehnt: Es geht um „moss“, „fern“, "
            "und die beste Stelle enthält das nicht; es gibt heather.",
        ),
        (
            "small, 2026-11-29 06:36:58 UTC is better than small, 2026-11-28 06:36:58 UTC (recall@5 0.500 to 0.750, p = 0.034)",
            "small, 29.11.2026, 06:36:58 UTC ist besser als small, 28.11.2026, 06:36:58 UTC (recall@5 von 0,500 auf 0,750, "
            "p = 0,034)",
        ),
        ("31% of the corpus is in English", "31\N{NO-BREAK SPACE}% der Dokumente sind auf Englisch"),
        # What a document or a reader says stays as it is, also where it looks like a sentence of the core.
        (
            "“Reading” has no letters or digits to find",
            "„Reading“ hat keine Buchstaben oder Ziffern, die sich finden lassen",
        ),
        ("a.txt was not read: table", "a.txt wurde nicht gelesen: table"),
        ("nobody says this", "nobody says this"),
        ("", ""),
    ],
)
def test_sentences_are_said_with_their_values_as_german_writes_them(english: str, german: str) -> None:
    with speaking("de"):
        assert said(english) == german
    assert said(english) == english
