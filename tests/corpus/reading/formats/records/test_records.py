"""JSON and JSON Lines: records, headings, texts, and what is in the way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.assembling import assemble
from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.records import json_file, json_lines
from citewell.errors import ReadingError
from tests.support.spreadsheets import shown, texts

LONG = "The depot in the north keeps all the spare parts that are older than ten years, and is open on Mondays."


def read(value: object) -> Extract:
    text = value if isinstance(value, str) else json.dumps(value)
    return json_file.READER.read(Source("file.json", text.encode()))


def read_lines(text: str) -> Extract:
    return json_lines.READER.read(Source("file.jsonl", text.encode()))


def test_records_are_rows_with_their_place() -> None:
    value = {"customers": [{"name": "Ada", "address": {"town": "Rome"}}, {"name": "Bob", "tags": ["new", "north"]}]}
    assert shown(read(value)) == [
        ("heading", "customers", "customers"),
        ("row", "customers, record 1", "name: Ada | address town: Rome"),
        ("row", "customers, record 2", "name: Bob | tags: new, north"),
    ]


def test_a_list_of_records_needs_no_name() -> None:
    assert shown(read([{"name": "Ada"}, {"name": "Bob"}])) == [("row", "1", "name: Ada"), ("row", "2", "name: Bob")]


def test_an_object_of_objects_has_headings() -> None:
    value = {"rooms": {"A1": {"seats": 12, "beamer": True}, "B2": {"seats": 4, "note": None}}, "version": 2.50}
    found = assemble(read('{"version": 2.50, ' + json.dumps(value)[1:].rsplit(",", 1)[0] + "}"))
    assert [(section.path, section.span.of(found.text)) for section in found.sections] == [
        ((), "version: 2.50"),
        (("rooms", "A1"), "seats: 12 | beamer: true"),
        (("rooms", "B2"), "seats: 4"),
    ]


def test_long_texts_are_paragraphs() -> None:
    found = shown(read([{"title": "Depot", "body": f"{LONG}\n\nIt is closed in May.", "id": 7}]))
    assert found == [
        ("row", "1", "title: Depot | id: 7"),
        ("prose", "1", f"body: {LONG}"),
        ("prose", "1", "It is closed in May."),
    ]


def test_numbers_keep_their_digits_and_names_that_occur_twice_both_count() -> None:
    number = "9" * 6_000
    assert texts(read('{"a": 1.50, "a": 2, "b": 1e400}')) == ["a: 1.50 | a: 2 | b: 1e400"]
    assert texts(read(f'{{"a": {number}}}')) == [f"a: {number}"]


def test_long_lists_of_numbers_are_left_out_and_named() -> None:
    extract = read({"name": "curve", "points": [[number, 2 * number] for number in range(50)], "few": [1, 2]})
    assert texts(extract) == ["name: curve | few: 1, 2"]
    assert extract.warnings == ("long lists of numbers are left out (1)",)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "[" * 900 + "]" * 900])
def test_deep_nesting_is_refused_or_read(text: str) -> None:
    try:
        read(text)
    except ReadingError as error:
        assert error.message == "is nested too deeply"  # noqa: PT017 - the depth that is read depends on Python


def test_a_deep_value_that_can_be_parsed_is_read() -> None:
    assert texts(read('{"a": ' * 200 + '"the end"' + "}" * 200))[-1] == "a: the end"
    assert "the end" in texts(read("[" * 200 + '"the end"' + "]" * 200))[-1]


def test_what_is_not_json_is_read_as_text() -> None:
    extract = read('{"name": "Depot", // the old one\n "open": "Monday"}')
    assert extract.text is not None
    assert "the old one" in extract.text
    [warning] = extract.warnings
    assert warning.startswith("is not JSON (line 1:")
    assert warning.endswith("it is read as plain text")


def test_lines_of_json_in_a_file_of_another_name() -> None:
    assert shown(read('{"id": 1}\n{"id": 2}\n')) == [("row", "1", "id: 1"), ("row", "2", "id: 2")]


def test_each_line_is_a_record() -> None:
    extract = read_lines('{"id": 1, "q": "What?"}\n\nnot JSON\r\n{"id": 2, "t": ["a", "b"]}\n')
    assert shown(extract) == [
        ("row", "1", "id: 1 | q: What?"),
        ("prose", "3", "not JSON"),
        ("row", "4", "id: 2 | t: a, b"),
    ]
    assert extract.warnings == ("lines that are not JSON are read as text (1, the first is line 3)",)


def test_records_are_bounded_and_the_rest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_file, "_MOST_RECORDS", 3)
    monkeypatch.setattr(json_lines, "_MOST_RECORDS", 3)
    assert read([{"id": number} for number in range(9)]).warnings == ("only the first 3 records are read",)
    extract = read_lines("\n".join(f'{{"id": {number}}}' for number in range(9)))
    assert (len(extract.blocks), extract.warnings) == (3, ("only the first 3 records are read",))


WORDS = st.text(alphabet="abcdé ", min_size=1, max_size=6).filter(str.strip)
VALUES = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_no_text_is_lost(value: object) -> None:
    found = " ".join(texts(read([value])))
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending += each.values()
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, str):
            assert " ".join(each.split()) in found
