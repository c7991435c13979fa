"""Plain words: everything a user reads, and all of ``src/``, uses the words that a reader of any other program expects.

The list grows with what reviews find. A word belongs here if a plainer one exists and it is not a term of the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from citewell.cli.app import app
from tests.support.environment import ROOT

# Words and phrases, each with the plain one. A space matches any white space.
PLAIN = {
    "mend": "fix",
    "mends": "fixes",
    "mended": "fixed",
    "mending": "repair",
    "anew": "again, from scratch",
    "whoever": "anyone who, a person who",
    "whatever it is": "in any case",
    "slip of the hand": "typo",
    "slips of the hand": "typos",
    "by itself": "automatically",
    "by themselves": "automatically",
    "of itself": "automatically",
    "is told": "is called, is sent, reads",
    "are told": "are called, are sent, read",
    "told that": "reported that",
    "held against": "compared with",
    "hold against": "compare with",
    "opinion": "feedback",
    "opinions": "feedback",
    "made otherwise": "built with other settings",
    "handed out": "available",
    "hands out": "provides",
    "handed on": "forwarded",
    "hands on": "forwards",
    "looked after": "maintained",
    "looks after": "maintains",
    "look after": "maintain",
    "looking after": "maintenance",
    "goes by that name": "has that name",
    "go by that name": "have that name",
    "it goes by": "it has",
    "is none": "is not one, does not exist",
    "are none": "are not, do not exist",
    "there is none": "it does not exist",
    "takes up": "uses, opens",
    "take up": "use, open",
    "taken up": "used, opened",
    "just now": "now, temporarily",
    "once more": "again",
    "for want of": "without, because there is no",
    "in the place of": "instead of",
    "what people wrote": "user data",
    "where there is one": "if there is one",
    "where there are any": "if there are any",
    "where there is none": "if there is none",
    "for who": "for those who",
    "as many as": "as many as",
    "throw of dice": "guess",
    "so that there": "so there",
    "thought better of": "cancelled",
    "beforehand": "before",
    "henceforth": "from now on",
    "whence": "from where",
    "thereof": "of it",
    "thereby": "so",
    "wherein": "in which",
    "wherever": "where",
    "let in": "given access, admitted",
    "lets in": "gives access to, admits",
    "guessed at": "easy to guess",
    "made of it": "built from it",
    "stands in": "is in",
    "stand in": "are in",
    "broke off": "failed, stopped",
    "breaks off": "fails, stops",
    "came of it": "was the result",
    "comes of it": "is the result",
    "says so": "says so",
    "of its own": "separate, its own",
    "put aside": "rejected",
    "as it is written": "unchanged",
    "not covered by": "not in",
    "asked about": "asked about",
    "at the most": "at most",
    "a page a": "a page per",
    "any more": "no longer",
    "is it whole": "is it complete",
    "left as it was": "unchanged",
    "left as it is": "unchanged",
    "shall": "must, will",
    "nobody": "no one, nothing",
    "somebody": "a person, someone",
    "everybody": "everyone",
    "foreign": "unrelated, unanswerable, other",
    "coverable": "answerable",
    "condemn": "mark as damaged",
    "condemned": "marked as damaged",
}
