"""The sentences of windows are read back as they were split, and so are the windows of a sentence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant
from citewell.corpus.splitting import slide
from citewell.document import Span
from citewell.index.sentence_spans import Sentences, SentencesWriter

# The sizes of the sentences of some documents; a gap of one is between two of them.
DOCUMENTS = st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=12), min_size=1, max_size=4)


def windows_of(sizes: list[int]) -> list[list[Span]]:
    spans, at = [], 0
    for size in sizes:
        spans.append(Span(at, at + size))
        at += size + 1
    return [spans[group] for group in slide(sizes, 40, 4)]


@given(documents=DOCUMENTS)
def test_what_is_written_is_read(documents: list[list[int]]) -> None:
    writer, written = SentencesWriter(), []
    for sizes in documents:
        writer.start_document()
        windows = windows_of(sizes)
        for window in windows:
            writer.add(window)
        written.append(windows)
    found = Sentences.unpacked(*writer.packed())
    first = 0
    for sizes, windows in zip(documents, written, strict=True):
        numbered = range(first, first + len(windows))
        assert [list(found.of_window(number)) for number in numbered] == windows
        numbers = found.inside(Span(0, windows[-1][-1].end), numbered)
        assert len(numbers) == len(sizes)
        lows, ends = found.windows_with(numbers)
        for span, low, end in zip(found.spans(numbers), lows.tolist(), ends.tolist(), strict=True):
            having = [number for number, window in zip(numbered, windows, strict=True) if span in window]
            assert list(range(low, end)) == having
        first += len(windows)
    assert found.window_count == first


def test_a_passage_has_the_sentences_inside_it(assistant: Assistant) -> None:
    catalogue = assistant.snapshot.catalogue
    (document,) = catalogue.documents()
    text = catalogue.document(document.path).text
    for passage in catalogue.passages(range(catalogue.passage_count)):
        spans = catalogue.sentences_of(passage).spans
        assert (spans[0].start, spans[-1].end) == (passage.span.start, passage.span.end)
        between = [text[one.end : other.start] for one, other in pairwise(spans)]
        assert not "".join(between).strip()


def packed(*pairs: tuple[int, int]) -> bytes:
    return np.array(pairs, dtype="<u4").tobytes()


TWO = packed((0, 4), (5, 9))


@pytest.mark.parametrize(
    ("spans", "windows"),
    [
        (TWO[:12], packed((0, 0))),
        (TWO, packed((2, 2))),
        (TWO, packed((1, 0))),
        (TWO, packed((0, 1), (1, 1))),
        (TWO, packed((0, 0), (0, 1))),
    ],
    ids=["half a span", "no such sentence", "ends before it begins", "the same last one", "the same first one"],
)
def test_what_does_not_fit_together_is_refused(spans: bytes, windows: bytes) -> None:
    assert Sentences.unpacked(TWO, packed((0, 0), (1, 1))).window_count == 2
    with pytest.raises(ValueError, match=r"order|reshape"):
        Sentences.unpacked(spans, windows)
