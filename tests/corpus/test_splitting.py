"""Passages and windows: the promises of the design, for any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citewell.corpus.splitting import TokenRuler, grow, slide, split
from citewell.document import Document, Passage, Span
from citewell.encoder.encoding import Encoder
from citewell.settings import Splitting
from citewell.text.graphemes import Graphemes
from citewell.text.sentences import sentences
from tests.support.outlines import read_markdown, read_plain

SMALL = Splitting(passage_tokens=24, window_tokens=12, window_sentences=3, sentence_tokens=16)

PIECES = st.sampled_from(
    [
        "A Heading\n\n",
        "## Deep heading\n\n",
        "Short one. ",
        "Dr. Who said 3.5 times that it rains. ",
        "A much longer sentence goes on and on about rain, wind, snow, hail, fog and the sea before it ends. ",
        "word" * 40 + " ",
        "e\u0301te\u0301 👩‍👩‍👧‍👦 🇬🇧🇫🇷 \u0301 ",
        "中文句子没有空格。" * 3,
        "aGVsbG8gd29ybGQ" * 30,
        "- an item\n",
        "\n\n",
        "\r\n",
        "    code()\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
    ]
)


def document(text: str, *, markdown: bool) -> Document:
    outline = read_markdown(text) if markdown else read_plain(text)
    return Document("a.md", "A", text, outline.sections, "")


STRAY = ["word" * 40 + " ", "word" * 40 + " ", "e\u0301te\u0301 👩‍👩‍👧‍👦 🇬🇧🇫🇷 \u0301 ", "## Deep heading\n\n"]


LIST = ["A Heading\n\n", "- an item\n", "- an item\n", "| a | b |\n|---|---|\n| 1 | 2 |\n"]


@settings(max_examples=150, deadline=None)
@example(pieces=STRAY, markdown=False)
@example(pieces=LIST, markdown=True)
@given(pieces=st.lists(PIECES, max_size=25), markdown=st.booleans())
def test_promises_of_splitting(encoder: Encoder, pieces: list[str], markdown: bool) -> None:  # noqa: FBT001
    text = "".join(pieces)
    source = document(text, markdown=markdown)
    passages = split(source, SMALL, encoder.token_offsets)
    assert_inside_sections(source, passages)
    assert_every_sentence_is_covered(source, passages)
    for passage in passages:
        assert_windows_are_sentences_of_the_passage(passage)
    assert_passages_reach_as_far_as_they_may(source, passages, encoder)
    assert_no_grapheme_is_cut(text, passages)
    assert_sizes(text, passages, encoder)
    assert [passage.id for passage in split(source, SMALL, encoder.token_offsets)] == [each.id for each in passages]


def assert_inside_sections(source: Document, passages: list[Passage]) -> None:
    assert len({passage.span for passage in passages}) == len(passages)
    for passage in passages:
        assert passage.text == passage.span.of(source.text)
        (home,) = [
            section
            for section in source.sections
            if section.span.start <= passage.span.start and passage.span.end <= section.span.end
        ]
        assert home.path == passage.section


def assert_every_sentence_is_covered(source: Document, passages: list[Passage]) -> None:
    graphemes = Graphemes(source.text)
    wanted = [
        sentence
        for section in source.sections
        for block in section.blocks
        for sentence in sentences(source.text, block, graphemes)
        # The head of a table is in no window of its own, but belongs to each of its rows.
        if not block.head or sentence.start >= block.head.end
    ]
    shown = [False] * len(source.text)
    for window in (window for passage in passages for window in passage.windows):
        shown[window.span.start : window.span.end] = [True] * (window.span.end - window.span.start)
    for sentence in wanted:
        assert all(shown[at] or source.text[at].isspace() for at in range(sentence.start, sentence.end))


def assert_windows_are_sentences_of_the_passage(passage: Passage) -> None:
    assert passage.windows
    assert all(one.span.start < other.span.start for one, other in pairwise(passage.windows))
    for window in passage.windows:
        assert passage.span.start <= window.span.start < window.span.end <= passage.span.end
        local = Span(window.span.start - passage.span.start, window.span.end - passage.span.start)
        assert window.text == local.of(passage.text)
        assert len(window.sentences) <= SMALL.window_sentences
        assert (window.sentences[0].start, window.sentences[-1].end) == (window.span.start, window.span.end)


def assert_passages_reach_as_far_as_they_may(source: Document, passages: list[Passage], encoder: Encoder) -> None:
    """A passage ends where its section does, or where one more sentence would be too much."""
    ruler = TokenRuler(encoder.token_offsets(source.text))
    pieces = sorted({span for passage in passages for window in passage.windows for span in window.sentences})
    for passage in passages:
        (home,) = [each for each in source.sections if each.span.start <= passage.span.start < each.span.end]
        before = [each for each in pieces if home.span.start <= each.start and each.end <= passage.span.start]
        after = [each for each in pieces if each.start >= passage.span.end and each.end <= home.span.end]
        for wider in [Span(before[-1].start, passage.span.end)] if before else []:
            assert ruler(wider) > SMALL.passage_tokens
        for wider in [Span(passage.span.start, after[0].end)] if after else []:
            assert ruler(wider) > SMALL.passage_tokens


def assert_no_grapheme_is_cut(text: str, passages: list[Passage]) -> None:
    edges = {match.start() for match in regex.finditer(r"\X", text)} | {len(text)}
    for passage in passages:
        for window in passage.windows:
            for span in (passage.span, window.span, *window.sentences):
                assert {span.start, span.end} <= edges


def assert_sizes(text: str, passages: list[Passage], encoder: Encoder) -> None:
    ruler = TokenRuler(encoder.token_offsets(text))
    for passage in passages:
        assert ruler(passage.span) <= SMALL.passage_tokens
        for window in passage.windows:
            assert ruler(window.span) <= max(SMALL.window_tokens, SMALL.sentence_tokens)


def test_a_sentence_is_cut_only_where_it_alone_is_too_long(encoder: Encoder) -> None:
    long = "The list has " + ", ".join(f"item number {number}" for number in range(200)) + "."
    text = f"A short one stands first. {long} A short one stands last."
    passages = split(document(text, markdown=False), Splitting(), encoder.token_offsets)
    assert len(passages) > 2
    for passage in passages:
        before, after = text[passage.span.start - 1 : passage.span.start], text[passage.span.end : passage.span.end + 1]
        assert before in {"", " "}
        assert after in {"", " "}


def test_splitting_does_not_cross_sections(encoder: Encoder) -> None:
    text = "# T\n\n## One\n\nShort.\n\n## Two\n\nAlso short.\n"
    passages = split(document(text, markdown=True), Splitting(), encoder.token_offsets)
    assert [(passage.section, passage.text) for passage in passages] == [
        (("One",), "Short."),
        (("Two",), "Also short."),
    ]


@pytest.mark.parametrize(
    ("sizes", "limit", "most", "expected"),
    [
        ([], 10, 3, []),
        ([3, 3, 3], 6, 3, [[0, 1], [1, 2]]),
        ([20, 1, 1], 6, 3, [[0], [1, 2]]),
        ([1, 20, 1], 6, 3, [[0], [1], [2]]),
        ([1, 1, 1, 1], 10, 3, [[0, 1, 2], [1, 2, 3]]),
        ([1, 1], 10, 3, [[0, 1]]),
    ],
)
def test_a_window_starts_at_every_sentence_unless_it_is_the_end_of_another(
    sizes: list[int], limit: int, most: int, expected: list[list[int]]
) -> None:
    assert [list(range(len(sizes)))[group] for group in slide(sizes, limit, most)] == expected


@pytest.mark.parametrize(
    ("sizes", "group", "limit", "expected"),
    [
        ([1, 1, 1, 1, 1], slice(2, 3), 3, slice(1, 4)),
        ([1, 1, 1, 1, 1], slice(2, 3), 4, slice(0, 4)),
        ([1, 1, 1, 1, 1], slice(0, 1), 3, slice(0, 3)),
        ([1, 1, 1, 1, 1], slice(4, 5), 3, slice(2, 5)),
        ([9, 1, 1, 1, 1], slice(1, 2), 4, slice(1, 5)),
        ([9], slice(0, 1), 4, slice(0, 1)),
    ],
)
def test_a_passage_grows_to_both_sides_of_its_window(
    sizes: list[int], group: slice, limit: int, expected: slice
) -> None:
    assert grow(sizes, [0] * len(sizes), group, limit) == expected


def test_what_leads_to_the_first_item_takes_no_room() -> None:
    # Each item of 3 has a marker of 1 before it: the first two together are 2 + 3.
    assert grow([3, 3, 3], [1, 1, 1], slice(1, 2), 5) == slice(0, 2)
    assert grow([3, 3, 3], [1, 1, 1], slice(1, 2), 4) == slice(1, 2)
    assert grow([3, 3, 3], [1, 1, 1], slice(1, 2), 8) == slice(0, 3)


def test_ids_follow_the_content(encoder: Encoder) -> None:
    one, other = (
        split(document(text, markdown=False), Splitting(), encoder.token_offsets)[0]
        for text in ("It rains here today.", "It snows here today.")
    )
    assert one.id != other.id
    assert one.windows[0].key != other.windows[0].key


def test_what_has_no_token_makes_no_passage_without_end(encoder: Encoder) -> None:
    for line in ("\u200b\n\n", "- \u200b\n", "\u200b. \u200bA", "\ufeff" * 900 + "\n\n"):
        text = "Words begin. " + line * 3000 + " Words end."
        passages = split(document(text, markdown=False), Splitting(), encoder.token_offsets)
        assert max(len(passage.text) for passage in passages) < 40_000
        assert max(len(window.sentences) for passage in passages for window in passage.windows) <= 4


def test_flags_stand_in_pairs_however_many_there_are() -> None:
    for text in ("🇬🇧" * 50, "🇬🇧" * 50 + "🇬", "a🇬🇧\u0301🇫🇷\u200d🇬🇧🇬", "🇬\u0301🇧🇫🇷x"):
        graphemes = Graphemes(text)
        edges = sorted({match.start() for match in regex.finditer(r"\X", text)} | {len(text)})
        assert [graphemes.ceil(at) for at in range(len(text) + 1)] == [
            next(edge for edge in edges if edge >= at) for at in range(len(text) + 1)
        ]


_TABLE = "# Tariff\n\n| Zone | Day | Week |\n|---|---:|---:|\n" + "".join(
    f"| Z{nth} | {nth}.00 | {nth}5.00 |\n" for nth in range(60)
)


def test_a_row_travels_with_its_head(encoder: Encoder) -> None:
    source = document(_TABLE, markdown=True)
    passages = split(source, SMALL, encoder.token_offsets)
    windows = [window for passage in passages for window in passage.windows]
    assert len(passages) > 3
    for passage in passages:
        assert passage.head is not None
        assert passage.head.of(source.text) == "| Zone | Day | Week |\n|---|---:|---:|"
        assert "Zone" not in passage.text
    for window in windows:
        assert window.measured == f"| Zone | Day | Week |\n{window.text}"
        assert window.sentences[0].of(source.text).startswith("| Z")


def test_a_head_inside_a_passage_is_not_shown_twice(encoder: Encoder) -> None:
    source = document(_TABLE.replace("# Tariff\n\n", "# Tariff\n\nPrices in crowns.\n\n"), markdown=True)
    first, *others = split(source, Splitting(), encoder.token_offsets)
    assert "| Zone | Day | Week |" in first.text
    assert first.head is None
    assert others[-1].head is not None
    assert first.windows[0].measured == first.windows[0].text


def test_rows_without_a_head_and_heads_without_a_row(encoder: Encoder) -> None:
    (only,) = split(document("| Zone | Day |\n|---|---|\n", markdown=True), SMALL, encoder.token_offsets)
    assert only.head is None
    assert "| Zone | Day |" in only.text
    long = "| " + " | ".join(f"column {nth}" for nth in range(60)) + " |"
    wide = document(f"{long}\n{'|---' * 60}|\n| 1 | 2 |\n", markdown=True)
    assert all(passage.head is None for passage in split(wide, SMALL, encoder.token_offsets))
