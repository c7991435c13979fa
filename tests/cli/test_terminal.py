"""What the command line shows of an answer beside its passages."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from citewell import Assistant
from citewell.answer import Answer, Turn
from citewell.asked import Missing, Part
from citewell.cli import terminal
from citewell.cli.terminal import show_answer
from citewell.search.greeting import REPLIES

FOREIGN = "How do I bake sourdough bread?"


def test_a_courtesy_gets_only_its_reply(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(assistant.ask("Many thanks!"))
    assert capsys.readouterr().out == f"{REPLIES['thanks']}\n"


def test_a_refusal_says_what_could_be_asked_instead(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    answer = assistant.ask(FOREIGN)
    show_answer(answer)
    refused, suggested, nearest, *_ = capsys.readouterr().out.splitlines()
    assert refused == "The corpus does not seem to cover this."
    assert suggested == "You could ask about: " + "; ".join(answer.nearby())
    assert len(answer.nearby()) == 3
    assert nearest == "The nearest passages:"


def test_a_refused_follow_up_names_what_it_was_understood_with(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    show_answer(assistant.ask("And how long does it take?", history=[Turn("user", FOREIGN)]))
    understood, refused, *_ = capsys.readouterr().out.splitlines()
    assert understood == f"Context: {FOREIGN}"
    assert refused == "The corpus does not seem to cover this."


def test_a_slip_is_named(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(assistant.ask("What are the challenges of international cooperatoin?"))
    assert capsys.readouterr().out.startswith("Corrected “cooperatoin” to “cooperation”.\n")


def test_the_parts_of_a_question_are_named_with_their_passages(capsys: pytest.CaptureFixture[str]) -> None:
    parts = (
        Part(text="insulin", answered=True, confidence=0.9, ranks=(1, 3)),
        Part(
            text="KX-4410-C",
            answered=False,
            confidence=0.1,
            missing=(Missing(word="KX-4410-C", nearest=("KX-4410-B",)),),
        ),
    )
    show_answer(
        Answer(question="insulin and KX-4410-C", answered=True, confidence=0.9, parts=parts, passages=(), seconds=0)
    )
    assert capsys.readouterr().out.splitlines() == [
        "“insulin”: 1, 3",
        "“KX-4410-C” is not in the documents; nearest: KX-4410-B.",
        "The corpus does not seem to cover “KX-4410-C”.",
    ]


def test_an_answer_begins_with_its_sentences_and_passages_are_short(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = assistant.ask("What are the challenges of international cooperation?")
    first, lead = answer.passages[0], answer.lead[0]
    sentence = lead.span.shifted(-first.start).of(first.text)
    show_answer(answer)
    short = capsys.readouterr().out
    show_answer(answer, whole=True)
    whole = capsys.readouterr().out
    assert whole.startswith(f"{sentence} [1]\n")
    assert short[:100] == whole[:100]
    assert all(passage.text in whole for passage in answer.passages)
    assert 2 * len(short) < len(whole)
    for passage in answer.passages:
        place = f"({passage.start}-{passage.end})\n"
        quoted = short.split(place, 1)[1].split("\n\n", 1)[0]
        assert all(part.strip() in passage.text for part in quoted.split("…"))


def test_the_pages_of_a_scan_are_shown_only_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(terminal, "err", Console(file=shown, force_terminal=True, width=100))
    for rest, is_there in ((), True), ((("Reading", 3, 3),), False):
        with terminal.progress() as show:
            for step in (("Reading", 0, 3), ("Reading by OCR", 0, 9), ("Messages", 500, 0), *rest):
                show(*step)
        last = shown.getvalue().rpartition("\x1b[2K")[2]
        assert ("Reading" in last, "by OCR" in last, "500/?" in last) == (True, is_there, is_there)
