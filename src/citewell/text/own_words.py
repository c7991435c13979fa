"""The house's own words: a file that says which names mean the same, as the people who ask use them.

    # One rule a line
    leave = annual leave = PTO     each means the others
    PTO -> annual leave, holiday   only a question with the first is widened
    [hr/contracts]                 the following rules find documents of this folder only
    []                             of all folders again

Reading never fails: a line that is no rule is a fault, and all others count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

FILE = "citewell-words.txt"
MOST_BYTES = 1_000_000
MOST_RULES = 5_000
MOST_NAMES = 20
LONGEST_NAME = 100

# A comma between digits belongs to a number.
_BETWEEN = regex.compile(r"[=＝、，]|,(?!\d)")
_ARROW = regex.compile(r"->|→")
# In "C#" it is part of a name.
_COMMENT = regex.compile(r"(?<![^\s=＝,、，>→])#.*")
_FOLDER = regex.compile(r"\[([^\[\]]*)\]")
_SAYS_SOMETHING = regex.compile(r"[\p{L}\p{N}]")
_SPACES = regex.compile(r"[\s\p{Cc}]+")
_LINE_END = regex.compile(r"\r\n|\n|\r")
_UNUSED = "until then, the rules below it do not count"
# What separates names, starts a comment or a folder, or ends a line.
_UNWRITABLE = regex.compile(r"[=＝、，]|,(?!\d)|->|→|(?<![^\s>])#|[\p{Cc}\p{Zl}\p{Zp}]")


@dataclass(frozen=True, slots=True)
class Rule:
    """Names that mean the same, in the documents of one folder ("" is all).

    If ``one_way``, a question with the first name is widened by the others, and not the other way round.
    """

    names: tuple[str, ...]
    one_way: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is no rule, counted from 1, or 0 for a whole file: what is wrong, and how to fix it."""

    line: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The rules of a file and its faults. ``folder`` is the one that the last line is in; None is one that cannot be read."""

    rules: tuple[Rule, ...] = ()
    faults: tuple[Fault, ...] = ()
    folder: str | None = ""


class _LineError(ValueError):
    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def read_rules(text: str) -> OwnWords:
    """Read the rules of a file.

    Args:
        text: Its text.

    Returns:
        The rules in order, the faults, and the folder at the end.
    """
    rules: list[Rule] = []
    faults: list[Fault] = []
    overlong: list[Fault] = []
    folder: str | None = ""
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        content = _COMMENT.sub("", line).strip()
        if not content:
            continue
        try:
            if heading := _FOLDER.fullmatch(content):
                # Rules below a folder that cannot be read must not count everywhere.
                folder = None
                folder = _folder(heading[1])
            elif len(rules) == MOST_RULES:
                overlong.append(Fault(number, f"only the first {MOST_RULES:,} rules count", "remove rules"))
            else:
                rule = _rule(content)
                if folder is not None:
                    rules.append(Rule(*rule, folder))
        except _LineError as error:
            faults.append(Fault(number, error.message, error.hint))
    return OwnWords(tuple(rules), (*faults, *overlong[:1]), folder)


def with_rules(text: str, rules: Iterable[Rule]) -> str:
    """Return the text of a file with rules added at its end; what it has stays as it is.

    Args:
        text: The text of the file.
        rules: The rules.

    Raises:
        ValueError: A name or a folder cannot be written in such a file.
    """
    ends = _LINE_END.findall(text)
    end = ends[0] if ends else "\n"
    folder = read_rules(text).folder
    added = []
    for rule in rules:
        line = rule_line(rule)
        if rule.folder != folder:
            folder = rule.folder
            added.append(f"[{folder}]")
        added.append(line)
    between = end if text.removeprefix("\ufeff") and not text.endswith(("\n", "\r")) else ""
    return text + between + "".join(line + end for line in added)


def rule_line(rule: Rule) -> str:
    """Return a rule as a line of a file, without its folder.

    Raises:
        ValueError: A name or the folder cannot be written in such a file.
    """
    if read_rules(f"[{rule.folder}]").folder != rule.folder:
        raise ValueError(f"{rule.folder!r} is not a folder of a corpus")
    for name in rule.names:
        if _UNWRITABLE.search(name) or name != _tidy(name):
            raise ValueError(f"{name!r} has a sign that separates names")
    first, *others = rule.names
    line = f"{first} -> {', '.join(others)}" if rule.one_way else " = ".join(rule.names)
    if _rule(line) != (rule.names, rule.one_way):
        raise ValueError(f"{line!r} is not a rule")
    return line


def _rule(content: str) -> tuple[tuple[str, ...], bool]:
    sides = _ARROW.split(content)
    if len(sides) > 2:
        raise _LineError("it has two arrows", "write one rule a line")
    one_way = len(sides) == 2
    names = [_tidy(name) for side in sides for name in _BETWEEN.split(side)]
    if one_way and _BETWEEN.search(sides[0]):
        raise _LineError("it has several names before the arrow", "write a line for each of them")
    if len(names) < 2:
        raise _LineError("it has one name only", "write NAME = OTHER NAME, or NAME -> OTHER NAME")
    _check(names)
    distinct = _distinct(names)
    if len(distinct) < 2:
        raise _LineError("its names are the same", "remove the line; capitals do not count")
    return distinct, one_way


def _check(names: Sequence[str]) -> None:
    if len(names) > MOST_NAMES:
        raise _LineError(f"it has more than {MOST_NAMES} names", "write several lines")
    for name in names:
        if not name:
            raise _LineError("a name is missing beside a sign", "write a name on both sides")
        if len(name) > LONGEST_NAME:
            raise _LineError(f"a name has more than {LONGEST_NAME} characters", "shorten it")
        if not _SAYS_SOMETHING.search(name):
            raise _LineError(f"“{name}” has no letters or digits", "write a name")


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    # Written differently but equal in lower case ("PTO", "pto"), they are one name to a reader of the file.
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _folder(written: str) -> str:
    path = written.strip().strip("/")
    if "\\" in path:
        raise _LineError("a folder is written with a backslash", f"write / between folders; {_UNUSED}")
    if any(part in (".", "..") or part != part.strip() or not part for part in path.split("/")) and path:
        raise _LineError(f"“{path}” is not a folder of the corpus", f"write its path as in the corpus; {_UNUSED}")
    return path


def _tidy(name: str) -> str:
    return _SPACES.sub(" ", name).strip()
