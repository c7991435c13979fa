"""Any bytes are a document or a reason, soon, and what is split of them stays inside; long by `--hypothesis-profile=long`."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citewell.corpus.reading.assembling import Assembled
from citewell.corpus.reading.formats.front_matter import read_front_matter
from citewell.corpus.reading.packing import packed, unpacked
from citewell.corpus.reading.parsing import parse
from citewell.corpus.splitting import split
from citewell.document import Document
from citewell.errors import ReadingError
from citewell.settings import Splitting
from tests.corpus.reading.shapes import SHAPES
from tests.support.outlines import check_spans, words

PIECES = st.one_of(
    st.sampled_from([shape(30) for shape in SHAPES.values()]),
    st.sampled_from(
        ["---\n", "\n\n", "\r\n", "title: ", "<!--", "-->", "```\n", "| a |\n|---|\n", "> ", "- ", "# ", "&a ", "*a "]
    ),
    st.text(max_size=20),
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be", "cp1252", "shift_jis"])
BYTES = st.one_of(
    st.binary(max_size=2_000),
    st.builds(lambda text, encoding: text.encode(encoding, "replace"), TEXTS, ENCODINGS),
    st.builds(lambda one, other: one.encode("utf-8", "replace") + other, TEXTS, st.binary(max_size=100)),
)


@pytest.mark.parametrize("path", ["a.txt", "a.md"])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=BYTES)
def test_any_bytes_are_a_document_or_a_reason(path: str, data: bytes) -> None:
    began = time.process_time()
    with suppress(ReadingError):
        check_document(parse(path, data))
    assert time.process_time() - began < 5


def check_document(document: Document) -> None:
    """What is read comes back from another process as it is, and passages are what they say."""
    check_spans(document.text, Assembled(document.text, None, document.sections))
    assert 0 < len(document.title) <= 300
    assert unpacked(document.path, *packed(document)) == document
    assert document.text.encode("utf-8").decode("utf-8") == document.text
    for passage in split(document, Splitting(), words):
        assert passage.text == passage.span.of(document.text)
        for window in passage.windows:
            assert passage.span.start <= window.span.start < window.span.end <= passage.span.end
            assert window.key


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*"[]{}:,-?&*!|>'\"%@` \n#a1~.<=\\", "title: ", "\n- ", "<<: "]), max_size=300).map(
        "".join
    )
)
def test_any_front_matter_has_a_title_or_none(text: str) -> None:
    title = read_front_matter(text).title
    assert title is None or 0 < len(title) <= 300


@pytest.mark.parametrize(
    ("front_matter", "title"),
    [
        ("title: The Guide", "The Guide"),
        ("title: 'No'", "No"),
        ("title: 1984", "1984"),
        ("title: 2024-01-01", "2024-01-01"),
        ("title: >\n  Folded\n  lines", "Folded lines"),
        ("a: {title: inside}\ntitle: outside", "outside"),
        ("title: &a anchored", "anchored"),
        ("title: No", None),
        ("title: ~", None),
        ("title:", None),
        ("title: [a, b]", None),
        ("title: {a: b}", None),
        ("a: &a b\ntitle: *a", None),
        ("title: !!binary aGk=", None),
        ('title: "\\ud800"', None),
        ("- title: a", None),
        ("title: a: b", None),
        ("title: x\n" + "a" * 60_000, None),
        ("title: " + "word " * 100, ("word " * 59).strip() + "…"),
        ("title: " + "a" * 1000, "a" * 299 + "…"),
    ],
)
def test_a_title_is_one_line(front_matter: str, title: str | None) -> None:
    assert read_front_matter(front_matter).title == title
