"""HTML that says exactly what the corpus says, and runs none of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant, IndexFolder, Settings
from citewell.answer import Answer, FoundPassage, Lead, Place, TableHead
from citewell.asked import Missing, Part
from citewell.document import Span
from citewell.errors import IndexDamagedError
from citewell.index.stored import StoredDocument, StoredHeading
from citewell.web.chat.answers import (
    render_answer,
    render_reply,
    render_welcome,
)
from citewell.web.chat.cards import answer_key, render_card
from citewell.web.chat.source import render_document
from citewell.web.faults import render_error, render_fault

Noun = TypeVar("Noun", Answer, FoundPassage)
HOSTILE = st.text(alphabet="<>&\"'/= abimgscriptonerror${}`\n", max_size=60)


class Seen(HTMLParser):
    """What a reader sees: the text, and the text inside marks; and which elements there are."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.marks = "", ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._depth = 0
        # Markup would escape whatever is added to it, and so hide what it is tested for.
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attributes
        self._depth += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._depth:
            self.marks += data


def passage(text: str, mark: Span, *, at: int = 0, rank: int = 1, title: str = "T", heading: str = "H") -> FoundPassage:
    return FoundPassage(
        rank=rank,
        document="d.txt",
        title=title,
        section=(heading,),
        start=at,
        end=at + len(text),
        text=text,
        score=0.5,
        highlights=(mark.shifted(at),),
    )


def answered(*passages: FoundPassage, confidence: float = 0.9, **more: Any) -> Answer:
    return Answer(
        **{"question": "q", **more}, answered=confidence > 0.5, confidence=confidence, passages=passages, seconds=0.1
    )


def changed(noun: Noun, **fields: object) -> Noun:
    return noun.model_copy(update=fields)


@given(HOSTILE, st.integers(0, 60), st.integers(0, 60))
def test_the_text_is_the_text_and_the_mark_is_the_mark(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    html = render_card(passage(text, Span(start, end)), [], None)
    seen = Seen(html[html.index("<blockquote") : html.index("<footer")].strip())
    assert seen.text == text
    assert seen.marks == text[start:end]
    assert set(seen.tags) <= {"blockquote", "mark", "span"}


LONG = "The offices open at nine. " * 20
ANSWER = "A weekly ticket for zone seven costs thirty-four crowns."


def test_a_card_shows_the_mark_with_a_little_around_it_and_holds_the_rest() -> None:
    mark = Span(len(LONG), len(LONG) + len(ANSWER))
    html = render_card(passage(LONG + ANSWER + LONG, mark), [], None)
    assert Seen(html[html.index("<blockquote") : html.index("<footer")].strip()).text == LONG + ANSWER + LONG
    hidden = re.findall(r'<span class="cw-rest" hidden>(.*?)</span>', html)
    assert len(hidden) == 2
    assert all(ANSWER not in each and len(each) > 400 for each in hidden)
    assert "Whole passage" in html
    assert "Whole passage" not in render_card(passage(ANSWER, Span(0, len(ANSWER))), [], None)


def test_an_answer_begins_with_its_sentences_and_the_numbers_of_their_passages() -> None:
    found = (passage("First. Second.", Span(0, 6), at=40, title="<One>"), passage("Third.", Span(0, 6), rank=2))
    lead = (Lead(rank=1, start=40, end=46), Lead(rank=2, start=0, end=6))
    html = render_answer(answered(*found, lead=lead))
    before = html[: html.index("<article")]
    seen = Seen(before)
    assert " ".join(seen.text.split()) == "First. 1 Third. 2"
    assert seen.attributes.count(("data-to", "1")) == seen.attributes.count(("data-to", "2")) == 1
    assert ("aria-label", "Passage 1, <One>") in seen.attributes
    assert 'class="cw-lead"' not in render_answer(answered(*found, confidence=0.1))


def test_a_sentence_at_the_beginning_has_the_head_of_its_table_and_unfolds_if_it_is_long() -> None:
    head = TableHead(start=0, end=20, text="| Zone | Price |\n|---|---|")
    row = changed(passage("| 7 | 34 crowns |", Span(0, 17), at=30), head=head)
    html = render_answer(answered(row, lead=(Lead(rank=1, start=30, end=47),)))
    before = html[: html.index("<article")]
    assert "| Zone | Price |</p>" in before
    assert "---" not in before
    assert "data-unfold" not in before
    long = passage(LONG, Span(0, len(LONG)))
    html = render_answer(answered(long, lead=(Lead(rank=1, start=0, end=len(LONG)),)))
    assert "data-unfold" in html[: html.index("<article")]
    assert Seen(html[html.index('<span class="cw-words"') : html.index("<a ")]).text.rstrip("\xa0") == LONG


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_of_a_passage_becomes_markup(text: str, title: str, heading: str) -> None:
    def seen(text: str, title: str, heading: str) -> Seen:
        found = passage(text, Span(0, len(text)), title=title, heading=heading)
        return Seen(render_answer(answered(found, lead=(Lead(rank=1, start=0, end=len(text)),))))

    ours, theirs = seen("x" * 2000, "T", "H"), seen(text, title, heading)
    assert set(theirs.tags) <= set(ours.tags)
    assert {name for name, _ in theirs.attributes} <= {name for name, _ in ours.attributes}
    assert text in theirs.text
    assert title in theirs.text
    assert heading in theirs.text


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_that_a_reader_said_becomes_markup(question: str, before: str, word: str) -> None:
    def seen(question: str, before: str, word: str) -> Seen:
        found = (passage("x", Span(0, 1)),)
        lacking = Part(text=word, answered=False, confidence=0, missing=(Missing(word=before, nearest=(word,)),))
        parts = (Part(text=before, answered=True, confidence=1, ranks=(1,)), lacking)
        answer = answered(*found, question=question, understood_with=(before,), read_as={word: word}, parts=parts)
        return Seen(render_answer(answer))

    ours, theirs = seen("q", "b", "w"), seen(question, before, word)
    assert theirs.tags == ours.tags
    assert [name for name, _ in theirs.attributes] == [name for name, _ in ours.attributes]
    assert f"Context: “{before}”" in theirs.text
    assert f"“{word}” to “{word}”" in theirs.text
    assert f"“{before}”: 1." in theirs.text
    assert f"“{before}” is not in the documents." in theirs.text
    assert f"does not seem to cover “{word}”." in theirs.text
    assert ("data-ask", question) in theirs.attributes


@given(HOSTILE, st.data())
def test_a_document_is_shown_whole_with_the_place_marked(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    heading = StoredHeading(Span(0, min(3, len(text))), ("Part", text))
    document = StoredDocument("d.txt", "T", "", text, (heading,))
    seen = Seen(render_document(document, Span(start, end), [Span(start, end)]))
    assert text in seen.text
    assert seen.marks == text[start:end]
    assert "script" not in seen.tags
    assert "img" not in seen.tags


def test_the_outline_shows_what_stands_under_what() -> None:
    paths = [("Food", "Fish"), ("Food", "Crabs"), ("Play",), ("Food",)]
    headings = tuple(StoredHeading(Span(10 * n, 10 * n + 5), path) for n, path in enumerate(paths))
    html = render_document(StoredDocument("d.txt", "T", "", "x" * 50, headings), Span(45, 50), [Span(45, 50)])
    entries = re.findall(r'--cw-depth: (\d)"><button [^>]*data-go="(\d+)"[^>]*>(\w+)<', html)
    assert entries == [
        ("0", "0", "Food"), ("1", "0", "Fish"), ("1", "10", "Crabs"), ("0", "20", "Play"), ("0", "30", "Food"),
    ]  # fmt: skip


def test_further_passages_fold_away() -> None:
    passages = tuple(passage(f"Text {n}.", Span(0, 4), at=100 * n, rank=n + 1) for n in range(7))
    html = render_answer(answered(*passages))
    before, _, after = html.partition('<details class="cw-more"')
    assert before.count("<article") == 5
    assert after.count("<article") == 2
    assert "2 further passages" in after


def test_a_refusal_says_so_and_folds_everything() -> None:
    html = render_answer(answered(passage("Text.", Span(0, 4)), confidence=0.1))
    before, _, after = html.partition('<details class="cw-more"')
    assert "does not seem to cover this" in before
    assert "<article" not in before
    assert "<article" in after


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_of_a_refusal_becomes_markup(heading: str, title: str, before: str) -> None:
    def seen(heading: str, title: str, before: str) -> Seen:
        bare = changed(passage("x", Span(0, 1), title=title), section=())
        found = (passage("x", Span(0, 1), heading=heading), changed(bare, rank=2))
        return Seen(render_answer(answered(*found, confidence=0.1, understood_with=(before,))))

    ours, theirs = seen("H", "T", "b"), seen(heading, title, before)
    same = heading == title
    assert [tag for tag in theirs.tags if tag != "button"] == [tag for tag in ours.tags if tag != "button"]
    assert theirs.tags.count("button") == ours.tags.count("button") - same
    for near in {heading, title}:
        assert ("data-ask", near) in theirs.attributes
    assert f"Context: “{before}”" in theirs.text


def test_what_is_said_of_an_answer_stands_under_its_passages_and_above_other_questions() -> None:
    passages = tuple(passage(f"Text {n}.", Span(0, 4), at=100 * n, rank=n + 1, heading=f"H{n}") for n in range(7))
    html = render_answer(answered(*passages))
    assert html.index("2 further passages") < html.index("This does not help") < html.index("Related:")


def test_an_answer_is_named_by_what_it_shows(assistant: Assistant, bundled_index: Path) -> None:
    question = "What is joint curriculum development?"
    answer = assistant.ask(question)
    assert answer_key(Assistant(IndexFolder(bundled_index)).ask(question)) == answer_key(answer)
    weights = Settings().searching.model_copy(update={"bm25_weight": 0.0})
    otherwise = Assistant(IndexFolder(bundled_index), Settings(searching=weights)).ask(question)
    assert otherwise.snapshot == answer.snapshot
    others = [otherwise, changed(answer, snapshot="another"), changed(answer, passages=answer.passages[:-1])]
    first, second, *rest = answer.passages
    others.append(changed(answer, passages=(second, first, *rest)))
    others.append(changed(answer, passages=(changed(first, highlights=(first.span,)), second, *rest)))
    assert len({answer_key(each) for each in [answer, *others]}) == 6


def test_a_reply_is_escaped_and_says_how_to_go_on() -> None:
    seen = Seen(render_reply("Hello <b>you</b>", ["Food <i>"]))
    assert seen.tags == ["p", "div", "button"]
    assert seen.text.startswith("Hello <b>you</b>")
    assert ("data-ask", "Food <i>") in seen.attributes


def test_near_duplicates_are_named() -> None:
    found = passage("Text.", Span(0, 4))
    again = changed(found, repeated=(Place(document="e<b>.txt", start=0, end=5),))
    seen = Seen(render_answer(answered(again)))
    assert "Almost the same in e<b>.txt" in seen.text


def test_errors_and_examples_are_escaped() -> None:
    assert "<img" not in render_error("<img src=x>")
    assert "<img" not in render_fault(IndexDamagedError("<img src=x>", command="<img src=x>", hint="<img src=x>"))
    seen = Seen(render_reply("Hello", ['"><img src=x onerror=1>', "Plain"]))
    assert seen.tags == ["p", "div", "button", "button"]
    assert Seen(render_reply("Hello", [])).tags == ["p"]


def test_the_welcome_text_has_the_examples_or_says_how_to_ask() -> None:
    hostile = '"><script>window.hacked=1</script> who?'
    asks = Seen(render_welcome(["One"], [hostile], [], ""))
    assert ("data-ask", hostile) in asks.attributes
    assert "script" not in asks.tags
    silent = Seen(render_welcome(["One"], [], [], ""))
    assert "button" not in silent.tags
    assert "Ask a question in the language of the documents" in silent.text
    assert "Ask a question in the language of the documents" not in asks.text


@pytest.mark.parametrize(
    ("titles", "text"),
    [
        (["One"], "One"),
        (["One", "Two"], "One and Two"),
        (["A", "B", "<C>", "D"], "A, B, <C> and 1 more document"),
        (list("ABCDEF"), "A, B, C and 3 more documents"),
    ],
)
def test_the_subject_names_the_first_titles(titles: list[str], text: str) -> None:
    assert f"You can ask about {text}. Answers are" in Seen(render_welcome(titles, [], [], "")).text


def test_an_answer_in_another_language_says_so() -> None:
    german = changed(passage("x", Span(0, 1)), language="de")
    assert "Asked in English, found in German." in Seen(render_answer(answered(german, language="en"))).text
    for other in (
        answered(german, language="de"),
        answered(german),
        answered(passage("x", Span(0, 1)), language="en"),
        answered(german, language="en", confidence=0.1),
    ):
        assert "Asked in" not in Seen(render_answer(other)).text


def test_a_refusal_says_that_the_language_of_the_question_is_not_known() -> None:
    refused = answered(passage("x", Span(0, 1)), confidence=0.1, language="de", unread_language=True)
    assert "These documents cannot be searched in German." in Seen(render_answer(refused)).text
    assert "cannot be searched" not in Seen(render_answer(changed(refused, unread_language=False))).text
