"""Filters in words: what is one, what is none, and that a question with one finds what asking those documents alone finds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant, Scope, Turn
from citewell.answer import Answer, Filter
from citewell.document import Fact
from citewell.errors import QuestionError, UsageError
from citewell.index.facts import FactTable
from citewell.search.filtering import MOST_FILTERS, parse_filters, read_filters
from tests.support.policies import FILES, PATHS, policies_in

ROW = (Fact("author", "Ann Lee", ""), Fact("tag", "draft", ""), Fact("date", "2023", ""), Fact("kind", "mail", ""))
FACTS = FactTable(lambda _: ROW, ["reports/a.md"])
QUESTION = "How much may a hotel cost a night?"


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return policies_in(tmp_path_factory.mktemp("policies"))


@pytest.mark.parametrize(
    ("typed", "text", "filters"),
    [
        ("Who pays? author:lee", "Who pays?", ["author:lee"]),
        ("Who pays after:2023?", "Who pays?", ["after:2023"]),
        ('Who pays author:"Ann Lee", and when?', "Who pays, and when?", ['author:"Ann Lee"']),
        ("-tag:draft who pays", "who pays", ["-tag:draft"]),
        ("who pays −tag:“draft”", "who pays", ["-tag:draft"]),
        ("Kind:mail TAGS:draft who pays in:reports/", "who pays", ["kind:mail", "tag:draft", "in:reports/"]),
        ("who pays since:2023-04-05.", "who pays.", ["since:2023-04-05"]),
    ],
)
def test_a_filter_is_taken_out_of_a_question(typed: str, text: str, filters: list[str]) -> None:
    found = read_filters(typed, FACTS)
    assert (found.text, list(map(str, found.filters))) == (text, filters)


@pytest.mark.parametrize(
    "question",
    [
        "What happened after: the war?",
        "What happened after:lunch and before:noon?",
        "Who is the author: Ann or Bo?",
        "What does https://example.com/a:b?kind=mail say?",
        "Is kind://host an address?",
        "mailto:ann@example.com",
        "Does the train at 12:30 stop?",
        "What does note:see mean?",
        'Where does it say "who pays after:2023"?',
        "Where does it say “author:lee”?",
        "std::vector or x:author:lee",
        "an unknown color:red",
        "Who pays, re:author:?",
        "tag:",
        "a -- tag :draft",
        "",
    ],
)
def test_an_ordinary_question_has_none(question: str) -> None:
    assert read_filters(question, FACTS).filters == ()
    assert read_filters(question, FACTS).text == question


@given(st.text(max_size=60).filter(lambda value: value.strip() == value != "" and not set(value) & set('"“”„«»\n\r')))
def test_a_filter_is_read_as_it_is_written(value: str) -> None:
    for excluded in (False, True):
        written = Filter(name="tag", value=" ".join(value.split()) or "x", excluded=excluded)
        assert parse_filters([str(written)]) == (written,)
        if not any(char in str(written) for char in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
            assert read_filters(f"Who? {written}", FACTS).filters in ((written,), ())
            assert read_filters(f"Who? {written}", FACTS).filters == (written,) or '"' not in str(written)


@pytest.mark.parametrize("written", ["author", "author:", ":x", "a b:c", "-", 'author:""'])
def test_what_stands_beside_a_question_is_a_filter_or_an_error(written: str) -> None:
    with pytest.raises(UsageError, match="is no filter"):
        parse_filters([written])
    with pytest.raises(UsageError, match="at most"):
        parse_filters(["a:b"] * (MOST_FILTERS + 1))


def places(answer: Answer) -> list[tuple[object, ...]]:
    return [(each.document, each.start, each.end, each.score, each.confidence) for each in answer.passages]


@pytest.mark.parametrize("path", PATHS)
def test_a_filter_that_leaves_one_document_finds_what_asking_it_alone_finds(policies: Assistant, path: str) -> None:
    alone = policies.ask(QUESTION, scope=Scope(documents=(path,)), top=10)
    filters = {
        "reports/2022/travel.md": "before:2023",
        "reports/2023/travel.md": "date:2023 tag:final",
        "reports/2024/travel.md": "author:kim",
        "hr/urlaub.md": "lang:de",
        "notes/bern.txt": "department:legal",
    }
    found = policies.ask(f"{QUESTION} {filters[path]}", top=10)
    assert places(found) == places(alone)
    assert {each.document for each in found.passages} == {path}
    assert (found.answered, found.lead, found.missing) == (alone.answered, alone.lead, alone.missing)
    beside = policies.ask(QUESTION, scope=Scope(filters=parse_filters(filters[path].split())), top=10)
    assert places(beside) == places(alone)


def test_filters_and_folders_must_both_hold(policies: Assistant) -> None:
    for filters, folders in itertools.product([(), ("tag:final",)], [(), ("reports/2023", "reports/2024")]):
        scope = Scope(folders=folders, filters=parse_filters(filters))
        documents = {each.document for each in policies.ask(QUESTION, scope=scope, top=10).passages}
        expected = {
            path
            for path in PATHS
            if (not filters or "final" in FILES[path]) and (not folders or path.startswith(folders))
        }
        assert documents <= expected
        assert filters + folders == () or documents == expected


def test_an_answer_says_its_filters_and_the_question_without_them(policies: Assistant) -> None:
    found = policies.ask(
        "How much may a hotel cost a night after:2023?", scope=Scope(filters=parse_filters(["tag:draft"]))
    )
    assert list(map(str, found.filters)) == ["tag:draft", "after:2023"]
    assert found.question == "How much may a hotel cost a night after:2023?"
    assert found.asked == found.unfiltered == QUESTION
    assert [each.date for each in found.passages] == ["2024-02"] * len(found.passages)
    assert Answer.model_validate(found.to_json()) == found
    plain = policies.ask(QUESTION)
    assert (plain.filters, plain.unfiltered, plain.asked) == ((), None, QUESTION)


def test_what_names_nothing_is_an_error(policies: Assistant) -> None:
    with pytest.raises(UsageError, match="no document has author:Zed"):
        policies.ask(f"{QUESTION} author:Zed")
    with pytest.raises(UsageError, match="no document passes all filters"):
        policies.ask(f"{QUESTION} author:Zoe lang:de")
    with pytest.raises(QuestionError, match="only filters"):
        policies.ask("author:Zoe after:2023")


def test_the_filters_of_earlier_turns_are_no_words_and_do_not_hold_on(policies: Assistant) -> None:
    history = (Turn("user", f"{QUESTION} tag:final"),)
    plain = (Turn("user", QUESTION),)
    assert places(policies.ask("And breakfast?", history=history)) == places(
        policies.ask("And breakfast?", history=plain)
    )


def test_finding_takes_them_too(policies: Assistant) -> None:
    found = policies.find("hotel -tag:draft in:reports")
    assert [each.document for each in found.documents] == ["reports/2022/travel.md", "reports/2023/travel.md"]
    assert list(map(str, found.filters)) == ["-tag:draft", "in:reports"]
    assert policies.find("hotel", scope=Scope(filters=found.filters)).places == found.places
    assert policies.find("tag:draft hotel").total == 1
    # In quotation marks, it is a phrase.
    assert policies.find('"tag:draft"').total == 0


def test_why_a_place_is_not_in_an_answer_names_the_filter(policies: Assistant) -> None:
    found = policies.why(f"{QUESTION} tag:final", "reports/2024/travel.md")
    assert found.reason == "out_of_scope"
    assert "tag:final" in found.message
