"""Logs: an entry with the lines below it, at its line."""

from __future__ import annotations

from citewell.corpus.reading.formats.log import READER
from tests.support.extracts import extract, places, shown


def test_an_entry_is_its_line_and_what_is_indented_below_it() -> None:
    text = "12:00 started\n\n12:01 failed\n  at boat.py\n  at oar.py\n12:02 stopped\n"
    found = extract(READER, text)
    assert shown(found) == [
        ("verbatim", "12:00 started"),
        ("verbatim", "12:01 failed\n  at boat.py\n  at oar.py"),
        ("verbatim", "12:02 stopped"),
    ]
    assert places(found) == ["1", "3", "6"]
