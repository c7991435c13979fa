"""Where sentences end, and where they do not."""

from __future__ import annotations

import pytest

from citewell.document import Block, Span
from citewell.text.sentences import Graphemes, sentences


def cut(text: str, kind: str = "prose") -> list[str]:
    block = Block(Span(0, len(text)), kind)  # type: ignore[arg-type]
    return [span.of(text) for span in sentences(text, block, Graphemes(text))]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith met Mrs. Jones at 5 p.m. on Friday.", "They spoke for an hour."],
        ["The U.S. economy grew by 3.5 per cent in 2023.", "Growth slowed later."],
        ["J. R. R. Tolkien wrote the book.", "It sold well."],
        ["See Fig. 3 and Eq. 2 for details.", "The effect is clear."],
        ["Use tools, e.g. a hammer, i.e. something heavy.", "Then stop."],
        ["Visit https://example.org/a.b?c=1.2 for more.", "It is free."],
        ["He paused... and then went on.", "Nobody moved."],
        ["“Is it true?” she asked.", "“Yes.”"],
        ['She said "Stop. Go home." and left.', "He stayed."],
        ["She said “Stop. Go home.”, and left.", "He stayed."],
        ["The values were 0.05, 1.2 and 3.14.", "All were significant."],
        ["Smith et al. reported a rise (p < 0.001).", "Others did not."],
        ["He works at Acme Inc. in Boston.", "She works elsewhere."],
        ["It costs $1.50 vs. $2.00 last year.", "Prices rise."],
        ["Email me at a.b@example.com.", "I will reply."],
        ["Wait!", "Are you sure?", "Yes."],
    ],
    ids=lambda expected: expected[0][:30],
)
def test_sentences(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


def test_a_wrapped_sentence_is_one() -> None:
    text = "A sentence that an editor\nwrapped at a short line\nis still one. So is this."
    assert cut(text) == ["A sentence that an editor\nwrapped at a short line\nis still one.", "So is this."]


def test_the_end_of_a_long_line_is_an_end() -> None:
    long = "words and more words without a stop " * 8
    assert cut(f"{long.strip()}\nanother line") == [long.strip(), "another line"]


def test_code_is_cut_at_line_ends_only() -> None:
    assert cut("x = 1. + 2.\r\nprint(x). Done.\n", "verbatim") == ["x = 1. + 2.", "print(x). Done."]


def test_no_cut_inside_a_grapheme() -> None:
    text = "One ends here. \u0301Two begins with a stray accent. 👩‍👩‍👧 Three."
    edges = {0, *range(15)} | {len(text)}
    for sentence in cut(text):
        start = text.index(sentence)
        assert start == 0 or text[start] != "\u0301"
        edges.add(start)
    assert "".join("".join(cut(text)).split()).replace("\u0301", "") == "".join(text.split()).replace("\u0301", "")


def test_a_long_block_is_cut_as_its_sentences_are_alone() -> None:
    parts = [
        "Dr. Smith met Mrs. Jones at 5 p.m. on Friday.",
        "They spoke for an hour, e.g. about rain, and “It rains. It pours.” was said, and so on.",
        "See Fig. 3 for details of what they measured there.",
        "He paused . . . and then went on to speak of plain and simple things without end?",
        "Yes!",
    ]
    for shift in range(0, 60, 7):
        expected = ["So it began in " + "many " * shift + "words.", *parts * 60]
        assert cut(" ".join(expected)) == [part.strip() for part in expected]
