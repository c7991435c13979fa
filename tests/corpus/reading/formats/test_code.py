"""Source code: definitions are sections, comments are prose, code is lines."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.formats.code import READER
from citewell.corpus.reading.formats.code_languages import LANGUAGES
from citewell.errors import ReadingError
from tests.support.extracts import extract, places, shown

PYTHON = '''#!/usr/bin/env python
"""Rows boats.

It is slow."""
import os

# How many oars
# a boat has.
OARS = 2


# Moves.
@cached
def row(boat):
    """Row a boat."""
    return boat


class Boat:
    """A boat."""

    def sink(self):
        def inside(): pass

    depth = 1


row(1)
'''


def test_python_is_parsed_by_itself() -> None:
    found = extract(READER, PYTHON, "tools/boat.py")
    assert found.title == "boat.py"
    assert shown(found) == [
        ("verbatim", "#!/usr/bin/env python"),
        ("prose", "Rows boats."),
        ("prose", "It is slow."),
        ("verbatim", "import os"),
        ("prose", "How many oars\n# a boat has."),
        ("verbatim", "OARS = 2"),
        ("h1", "row"),
        ("prose", "Moves."),
        ("verbatim", "@cached\ndef row(boat):"),
        ("prose", "Row a boat."),
        ("verbatim", "return boat"),
        ("h1", "Boat"),
        ("verbatim", "class Boat:"),
        ("prose", "A boat."),
        ("h2", "sink"),
        ("verbatim", "def sink(self):\n        def inside(): pass"),
        ("h1", "Boat"),
        ("verbatim", "depth = 1"),
        ("break", ""),
        ("verbatim", "row(1)"),
    ]
    assert places(found)[1:3] == ["2", "4"]


def test_python_that_cannot_be_parsed_is_read_by_its_lines() -> None:
    text = "print 'old'\n\ndef row(boat):\n    return boat\n\nclass Boat:\n    def sink(self):\n        pass\n"
    found = shown(extract(READER, text, "old.py"))
    assert [each for each in found if each[0].startswith("h")] == [("h1", "row"), ("h1", "Boat"), ("h2", "sink")]


C = """/*
 * Copyright Ada.
 */
#include <oar.h>
struct boat;
class Boat : public Ship {
 public:
  // Sinks it
  // slowly.
  void sink(int depth = 3) const {
    if (depth) { fall(); }
out:
    return;
  }
  int oars(int);
};

int
main (int argc, char **argv)
{
#ifdef WAR
  row("x", [] {
    y();
  });
#endif
}
"""


def test_braces_end_what_they_begin() -> None:
    found = shown(extract(READER, C, "boat.cpp"))
    assert [each for each in found if each[0].startswith("h")] == [
        ("h1", "Boat"),
        ("h2", "sink"),
        ("h1", "Boat"),
        ("h1", "main"),
    ]
    assert ("prose", "Copyright Ada.") in found
    assert ("prose", "Sinks it\n  // slowly.") in found
    assert ("verbatim", "void sink(int depth = 3) const {\n    if (depth) { fall(); }\nout:\n    return;\n  }") in found


@pytest.mark.parametrize(
    ("path", "text", "headings"),
    [
        ("a.js", "export async function row(a) {\n  x();\n}\nconst sink = (a) => {\n};\n", ["row", "sink"]),
        (
            "a.ts",
            "interface Boat { a: string }\nclass Ship {\n  get name() { return 1; }\n}\n",
            ["Boat", "Ship", "name"],
        ),
        ("a.test.js", "describe('boats', () => {\n  it('sinks', () => {\n  });\n});\n", []),
        ("a.go", "package main\n\ntype Boat struct {\n}\n\nfunc (b *Boat) Row() error {\n}\n", ["Boat", "Row"]),
        ("a.rs", "impl Boat {\n    pub fn row(&self) -> u32 {\n    }\n}\n", ["Boat", "row"]),
        ("A.java", "public class Boat {\n    private int row(int a) throws X {\n    }\n}\n", ["Boat", "row"]),
        ("a.rb", "class Boat\n  def row\n    x\n  end\nend\n", ["Boat", "row"]),
        ("a.lua", "function Boat.row(a)\nend\nlocal function sink()\nend\n", ["Boat.row", "sink"]),
        ("a.sh", "#!/bin/sh\nrow() {\n  ls\n}\nfunction sink {\n}\n", ["row", "sink"]),
        ("a.sql", "CREATE TABLE IF NOT EXISTS boats (\n  id int\n);\nselect 1;\n", ["boats"]),
        ("a.php", "<?php\nfunction row($a) {\n}\n", ["row"]),
        ("a.el", "(defun row (boat)\n  (sink))\n", ["row"]),
        ("a.hs", "row :: Boat -> Int\nrow b = 1\n", ["row"]),
        ("a.ex", "defmodule Boat do\n  def row(a) do\n  end\nend\n", ["Boat", "row"]),
        ("a.mk", "all: boat\n\tcc boat.c\nX := 1\n", ["all"]),
        ("a.r", "row <- function(a) {\n}\n", ["row"]),
        ("a.ps1", "function Get-Boat {\n}\n", ["Get"]),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and "\n" not in value else "",
)
def test_definitions_of_many_languages(path: str, text: str, headings: list[str]) -> None:
    assert [name for kind, name in shown(extract(READER, text, path)) if kind.startswith("h")] == headings


def test_long_code_is_cut_so_that_the_line_of_a_quotation_is_near() -> None:
    found = extract(READER, "".join(f"x{nth} = {nth}\n" for nth in range(100)), "a.py")
    assert places(found) == ["1", "21", "41", "61", "81"]


def test_minified_code_is_named() -> None:
    with pytest.raises(ReadingError, match="minified"):
        extract(READER, "var a=1;" * 2_000, "a.js")


def test_an_unclosed_comment_is_prose_to_the_end() -> None:
    assert shown(extract(READER, "int a;\n/* It never\nends.\n", "a.c")) == [
        ("verbatim", "int a;"),
        ("prose", "It never\nends."),
    ]


def test_every_language_has_its_suffixes() -> None:
    assert READER.suffixes == LANGUAGES.keys()
