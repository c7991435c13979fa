"""Plain words: what a user sees, and all of ``src/``, uses the words that a reader of any other program expects.

Add what a review finds. A word or phrase belongs here if there is a plainer one, and it is not a term of the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import regex
from typer.main import get_command
from typer.testing import CliRunner

from citewell.cli.app import app

ROOT = Path(__file__).parents[1]
# Words and phrases, each with a plain one.
PLAIN = {
    "all the same": "anyway",
    "anew": "again, from scratch",
    "any more": "no longer",
    "are told": "are notified, read",
    "as it stands": "unchanged, exactly",
    "at the most": "at most",
    "be it": "whether",
    "beforehand": "before",
    "breaks off": "fails, stops",
    "broke off": "failed, stopped",
    "by itself": "automatically",
    "by themselves": "automatically",
    "came of": "was the result of",
    "comes of": "is the result of",
    "condemn": "mark as damaged",
    "condemned": "marked as damaged",
    "for want of": "without",
    "for who": "for users who",
    "go by that name": "have that name",
    "goes by": "is called, follows",
    "guessed at": "easy to guess",
    "hand on": "pass, forward",
    "handed on": "passed, forwarded",
    "handed out": "provided",
    "hands on": "passes, forwards",
    "hands out": "provides",
    "held against": "compared with",
    "henceforth": "from now on",
    "hold against": "compare with",
    "in the place of": "instead of",
    "is it whole": "is it complete",
    "is told": "is notified, reads",
    "it goes by": "it is called",
    "just now": "now, at the moment, temporarily",
    "leaned on": "used as context",
    "leant on": "used as context",
    "leans on": "uses as context",
    "left as it is": "unchanged",
    "let in": "admitted",
    "lets in": "admits",
    "look after": "maintain, manage",
    "looked after": "maintained, managed",
    "looked at again": "checked again",
    "looking after": "maintenance, managing",
    "looks after": "maintains, manages",
    "made otherwise": "built with other settings",
    "mend": "fix, repair",
    "mended": "fixed, repaired",
    "mending": "repair",
    "mends": "fixes, repairs",
    "once more": "again",
    "opinion": "feedback, rating",
    "opinions": "feedback, ratings",
    "put aside": "rejected",
    "read by nobody": "nobody reads",
    "says to whom": "is shown to a user",
    "slip of the hand": "typo",
    "slips": "typos, corrections",
    "slips of the hand": "typos",
    "stands there": "is there",
    "take up": "use, update",
    "taken up": "used, updated",
    "takes up": "uses, updates",
    "taken back": "withdrawn",
    "thereby": "so",
    "thereof": "of it",
    "thought better of": "cancelled",
    "throw of dice": "guess",
    "told that": "notified that",
    "what people wrote": "user data",
    "whence": "from where",
    "where there are any": "if there are any",
    "where there is none": "if there is none",
    "where there is one": "if there is one",
    "wherein": "in which",
    "who is signed in may": "users may",
    "whoever": "anyone who, a person who",
    "whosoever": "anyone who",
}
# Older programs read the key "mend" in JSON errors and checks, beside "command" and "hint". It stays until they are gone, and
# only as the quoted key or the field of the schema, in these files.
MEND = {
    "CHANGELOG.md",
    "docs/architecture.md",
    "src/citewell/errors.py",
    "src/citewell/index/finding.py",
    "src/citewell/web/api/schema.py",
    "src/citewell/web/problems.py",
}
MEND_KEY = regex.compile(r'"mend"|``?mend``?|^ +mend: ', regex.MULTILINE)
# Questions that people ask about anything, to calibrate: not words of this program.
# Data, not text for users.
EVERYDAY = ROOT / "src/citewell/search/everyday_questions"
FUNCTION_WORDS = ROOT / "src/citewell/text/function_words"
ORDINARY_WORDS = ROOT / "src/citewell/text/ordinary_words"
SUFFIXES = {".css", ".html", ".js", ".py", ".txt"}

# A phrase can be broken over the lines of a comment, or of a table of help.
_GAP = r"[\s#*/│]+"
_OFFENCE = regex.compile(
    r"\b(?:" + "|".join(word.replace(" ", _GAP) for word in sorted(PLAIN, key=len, reverse=True)) + r")\b",
    regex.IGNORECASE,
)


def offences(text: str) -> list[str]:
    """Return what is wrong with the words of a text, each with its line and the plain word."""
    found = []
    for match in _OFFENCE.finditer(text):
        phrase = " ".join(regex.split(_GAP, match[0])).lower()
        found.append(f"line {text.count(chr(10), 0, match.start()) + 1}: {phrase!r}: say {PLAIN[phrase]!r}")
    return found


def texts() -> Iterator[Path]:
    """Yield the files whose words are checked."""
    yield from (
        path
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and path.suffix in SUFFIXES and path.parent not in (EVERYDAY, FUNCTION_WORDS, ORDINARY_WORDS)
    )
    yield from (ROOT / "docs").glob("*.md")
    yield from (ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile"))


@pytest.mark.parametrize("path", [pytest.param(each, id=str(each.relative_to(ROOT))) for each in sorted(texts())])
def test_files_use_plain_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if str(path.relative_to(ROOT)) in MEND:
        text = MEND_KEY.sub("", text)
    assert not offences(text)


def commands(names: tuple[str, ...] = (), found: Mapping[str, object] | None = None) -> Iterator[tuple[str, ...]]:
    """Yield the names of the program's commands and their groups."""
    yield names
    for name, each in (get_command(app).commands if found is None else found).items():  # type: ignore[attr-defined]
        yield from commands((*names, name), getattr(each, "commands", {}))


@pytest.mark.parametrize("names", [pytest.param(each, id=" ".join(each)) for each in commands()])
def test_help_uses_plain_words(names: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*names, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output
    assert not offences(done.output)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Whoever runs it\nmends the index.", ["line 1: 'whoever'", "line 2: 'mends'"]),
        ("# It is made by\n# itself.", ["line 1: 'by itself'"]),
        ("│ It is taken  │\n│ up.          │", ["line 1: 'taken up'"]),
        ("Recommended amendments of opinionated people.", []),
    ],
)
def test_a_word_that_is_not_plain_is_found(text: str, found: list[str]) -> None:
    assert [each.split(": say")[0] for each in offences(text)] == found


def test_only_the_key_of_older_programs_may_be_mend() -> None:
    assert not offences(MEND_KEY.sub("", 'Returns ``mend``, `mend`, {"mend": fix}\n    mend: str | None'))
    assert offences(MEND_KEY.sub("", '"""Return what will mend it."""'))
