"""Files of settings: sections and keys, comments, values."""

from __future__ import annotations

from citewell.corpus.reading.formats.settings_file import READER
from tests.support.extracts import extract, places, shown


def test_sections_in_brackets_are_headings() -> None:
    text = '; of the boat\n; and its oars\nsize = 1\n[core]\nb = 2\n# deep\nc = 3\n\n[remote "origin"]\nurl = x\n'
    found = extract(READER, text, "boat.ini")
    assert shown(found) == [
        ("prose", "of the boat\n; and its oars"),
        ("verbatim", "size = 1"),
        ("h1", "core"),
        ("verbatim", "b = 2"),
        ("prose", "deep"),
        ("verbatim", "c = 3"),
        ("h1", 'remote "origin"'),
        ("verbatim", "url = x"),
    ]
    assert places(found)[-1] == "10"


def test_outer_keys_of_yaml_are_headings_and_long_texts_are_prose() -> None:
    text = (
        "# Boats\nversion: 3\nboats:\n  wal:\n    oars: 2\n    about: |\n      It leaks.\n\n      Badly.\n  hai:\n    oars: 4\n"
        "harbours:\n- name: Kiel\n  depth: 9\nend: yes\n---\nother: 1\n"
    )
    assert shown(extract(READER, text, "boats.yaml")) == [
        ("prose", "Boats"),
        ("verbatim", "version: 3"),
        ("h1", "boats"),
        ("h2", "wal"),
        ("verbatim", "oars: 2\n    about: |"),
        ("prose", "It leaks."),
        ("prose", "Badly."),
        ("h2", "hai"),
        ("verbatim", "oars: 4"),
        ("h1", "harbours"),
        ("verbatim", "- name: Kiel\n  depth: 9"),
        ("break", ""),
        ("verbatim", "end: yes"),
        ("break", ""),
        ("verbatim", "other: 1"),
    ]
