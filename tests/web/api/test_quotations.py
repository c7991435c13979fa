"""Quotations in Markdown: they look as they are written, whatever a document says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from citewell.answer import Answer, FoundPassage, Locator
from citewell.document import Span
from citewell.web.api.quotations import REFUSAL, first_quotation, quoted

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What Markdown is made of, and words between.
TEXTS = st.text(st.sampled_from("a B1.)#>*+-_~`|=:![](){}<&;/\\$^ \n\tß中"), min_size=1, max_size=60).filter(str.strip)


def answered(*texts: str, marks: Sequence[Span] = (), document: str = "a.txt", **more: Any) -> Answer:
    passages = tuple(
        FoundPassage(
            rank=nth, document=document, title="A", start=10, end=10 + len(text), text=text, score=0.5,
            highlights=tuple(mark.shifted(10) for mark in marks), **more,
        )
        for nth, text in enumerate(texts, 1)
    )  # fmt: skip
    return Answer(question="?", answered=True, confidence=0.9, passages=passages, seconds=0.1)


def shown(markdown: str) -> tuple[list[str], set[str]]:
    """Return the paragraphs that a reader of rendered Markdown sees, and the kinds of marks that are rendered."""
    texts, kinds = [], set()
    for token in MARKDOWN.parse(markdown):
        kinds |= {token.type, *(child.type for child in token.children or ())}
        if token.type == "inline":
            parts = (child.content if child.type == "text" else "\n" for child in token.children or ())
            texts.append("".join(parts))
    return texts, kinds


PLAIN = {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak"}


@given(TEXTS, TEXTS)
@example("![](https://evil.example/x.png)", "<img src=x>")
@example("a | b\n--|--\n1 | 2", "# x\n===")
@example("1. a\n2) b\n- c\n+ d", "```\nx\n```")
@example("&amp; &#35; __init__ ~~gone~~", "[a]: https://evil.example")
@pytest.mark.promise("text-stays-text")
def test_what_is_quoted_looks_as_it_is_written(text: str, name: str) -> None:
    (piece,) = quoted(answered(text, document=name))
    texts, kinds = shown(piece)
    assert kinds <= PLAIN
    *quotation, citation = texts
    assert " ".join(quotation).split() == text.split()
    assert citation.split() == ["[1]", *name.split()]


@given(TEXTS)
def test_an_earlier_quotation_is_read_back(text: str) -> None:
    content = "\n\n".join(quoted(answered(text, "another")))
    lines = [line.strip() for line in text.strip().splitlines()]
    assert first_quotation(content) == "\n".join(lines)


def test_only_the_answering_parts_are_quoted_and_each_names_its_place() -> None:
    answer = answered(
        "One. Two. Three.",
        marks=[Span(0, 4), Span(10, 16)],
        section=("Top", "Sub"),
        place=Locator(kind="page", label="iv"),
    )
    (piece,) = quoted(answer)
    assert piece == "> One.\n> \n> \\[…]\n> \n> Three.\n\n[1] a.txt › Top › Sub › page iv"
    assert first_quotation(piece) == "One."


def test_a_refusal_is_one_sentence_and_says_nothing_of_the_documents() -> None:
    refused = answered("near").model_copy(update={"answered": False})
    assert [*quoted(refused)] == [REFUSAL]
    assert first_quotation(REFUSAL) is None
    assert first_quotation("What another assistant said.") == "What another assistant said."
