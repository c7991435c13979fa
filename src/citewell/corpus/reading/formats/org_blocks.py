"""Org, by lines: headlines, paragraphs, lists, tables and blocks; spans are positions in the unchanged file.

https://orgmode.org/worg/org-syntax.html. Keywords, comments, properties and the log of a headline are no text; dates to plan by
are.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.rows import Rows, not_inserted
from citewell.document import Fact
from citewell.text.dates import iso_date

_HEADLINE = regex.compile(r"(?P<stars>\*+)[ \t]+(?P<words>\S.*)")
_PRIORITY = regex.compile(r"\[#\w\][ \t]*")
_TAGS = regex.compile(r"(?:^|[ \t])[ \t]*:[\w@#%:]+:$")
_KEYWORD = regex.compile(r"[ \t]*#\+(?P<key>[\w-]+)(?:\[.*\])?:(?P<value>.*)")
_BEGIN = regex.compile(r"[ \t]*#\+begin_(?P<name>\S+)(?:[ \t].*)?", regex.IGNORECASE)
_END = regex.compile(r"[ \t]*#\+end_(?P<name>\S+)[ \t]*", regex.IGNORECASE)
_COMMENT = regex.compile(r"[ \t]*#(?:[ \t].*)?")
_DRAWER = regex.compile(r"[ \t]*:(?P<name>[\w-]+):[ \t]*")
_PLAN = regex.compile(r"[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):.*")
_RULE = regex.compile(r"[ \t]*-{5,}[ \t]*")
_ITEM = regex.compile(
    r"[ \t]*(?:[-+]|(?<=[ \t])\*|(?:\d+|[a-zA-Z])[.)])[ \t]+(?:\[@\w+\][ \t]*)?(?:\[[ X-]\][ \t]+)?(?=\S)"
)
_FIXED = regex.compile(r"[ \t]*:(?:[ \t].*)?")
_TABLE = regex.compile(r"[ \t]*\|.*")
_TABLE_RULE = regex.compile(r"[ \t]*\|-[-+|]*[ \t]*")
_LINK = regex.compile(r"\[\[([^\[\]]*)\](?:\[([^\[\]]*)\])?\]")
_MARKS = regex.compile(r"(?<![\w*/=~_+])([*/=~_+])(?=\S)(.+?)(?<=\S)\1(?![\w*/=~_+])")
_VERBATIM = frozenset({"src", "example", "export", "verse"})
_UNSEEN_DRAWERS = frozenset({"properties", "logbook", "end"})
_FACTS = {"author": "author", "date": "date", "language": "language", "filetags": "tag", "keywords": "tag"}
_SHOWN = _FACTS.keys() | {"caption", "description"}
# A longer headline is a paragraph, whose markup is quoted with it.
_LONGEST_MARKED = 1_000
_DRAWER_END = ":end:"
_STATES = frozenset({"TODO", "DONE"})


def read(source: Source) -> Extract:
    """Read an Org file.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    scanner = _Scanner(Rows(decoded.text))
    blocks = tuple(scanner.blocks())
    warnings = (*decoded.warnings, *not_inserted(scanner.included))
    return Extract(blocks, decoded.text, " ".join(scanner.title) or None, tuple(scanner.facts), warnings)


class _Scanner:
    """Goes through the lines of a file; ``_at`` is the next one."""

    def __init__(self, rows: Rows) -> None:
        self.title: list[str] = []
        self.facts: list[Fact] = []
        self.included: list[str] = []
        self._rows = rows
        self._at = 0
        self._states = set(_STATES)
        # Blocks that no longer have an end; to look for each would take the square of the time.
        self._unclosed: set[str] = set()

    def blocks(self) -> Iterator[RawBlock]:
        """Yield the blocks of the file."""
        while self._at < len(self._rows):
            line = self._rows.contents[self._at]
            if not line.strip() or _RULE.fullmatch(line) or _END.fullmatch(line) or _TABLE_RULE.fullmatch(line):
                self._at += 1
            elif begin := _BEGIN.fullmatch(line):
                yield from self._begun(begin["name"].lower())
            elif keyword := _KEYWORD.fullmatch(line):
                yield from self._keyword(keyword)
            elif _COMMENT.fullmatch(line):
                self._at += 1
            elif drawer := _DRAWER.fullmatch(line):
                self._at = self._after_drawer(drawer["name"].lower())
            else:
                yield from self._block(line)

    def _block(self, line: str) -> Iterator[RawBlock]:
        first, rows = self._at, self._rows
        if headline := _HEADLINE.fullmatch(line):
            self._at += 1
            yield self._headline(headline, first)
        elif _PLAN.fullmatch(line):
            self._at += 1
            yield from rows.prose(first, self._at)
        elif _TABLE.fullmatch(line):
            self._at = rows.end_of(first, lambda each: bool(_TABLE.fullmatch(each)))
            yield from self._table(first, self._at)
        elif _FIXED.fullmatch(line):
            self._at = rows.end_of(first, lambda each: bool(_FIXED.fullmatch(each)))
            yield from rows.verbatim(first, self._at)
        else:
            self._at = rows.end_of(first + 1, lambda each: bool(each.strip()) and not _starts(each))
            marker = _ITEM.match(line)
            yield from rows.item(first, self._at, marker.end()) if marker else rows.prose(first, self._at)

    def _headline(self, found: regex.Match[str], line: int) -> RawBlock:
        """Return a headline; its state, priority and tags are not its name."""
        start, end = found.span("words")
        word = found["words"].split(maxsplit=1)[0]
        if word in self._states and len(found["words"]) > len(word):
            start += len(word) + 1
        whole = found[0]
        priority = _PRIORITY.match(whole, start, end)
        start = priority.end() if priority else start
        tags = _TAGS.search(whole, start, end)
        words = self._rows.part(line, start, tags.start() if tags and tags.start() > start else end)
        name = _plain(words.of(self._rows.text))
        at = self._rows.span(line, line + 1)
        return RawBlock("heading", level=len(found["stars"]), at=at, words=words, name=name)

    def _begun(self, name: str) -> Iterator[RawBlock]:
        """Yield the block between ``#+begin_NAME`` and its end; what a quotation holds is parsed like the rest."""
        first, rows = self._at + 1, self._rows
        self._at = first
        if name not in _VERBATIM and name != "comment":
            return
        end = len(rows)
        if name not in self._unclosed:
            end = rows.end_of(
                first, lambda each: not ((found := _END.fullmatch(each)) and found["name"].lower() == name)
            )
        if end == len(rows):
            self._unclosed.add(name)
            return
        self._at = end + 1
        if name != "comment":
            yield from rows.verbatim(first, end)

    def _keyword(self, found: regex.Match[str]) -> Iterator[RawBlock]:
        key, value = found["key"].lower(), found["value"].strip()
        line = self._at
        self._at += 1
        if key in {"title", "subtitle"}:
            self.title += [_plain(value)] if value else []
        elif key in {"todo", "seq_todo", "typ_todo"}:
            self._states |= {word.partition("(")[0] for word in value.split() if word != "|"}
        elif key == "include":
            self.included.append(value.split(maxsplit=1)[0].strip('"') if value else "")
        elif key in _SHOWN and value:
            if key in _FACTS:
                self._add(_FACTS[key], value)
            yield RawBlock("prose", at=self._rows.part(line, found.start("value")))

    def _add(self, name: str, value: str) -> None:
        found = [iso_date(value.strip("[<>] "))] if name == "date" else [value]
        if name == "tag":
            found = [word for word in regex.split(r"[:,\s]+", value) if word]
        self.facts += [Fact(name, each, "file properties") for each in found if each]

    def _after_drawer(self, name: str) -> int:
        """Return the line after the drawer at the next line; only properties and logs are left out as a whole."""
        if name not in _UNSEEN_DRAWERS or name == "end":
            return self._at + 1
        if _DRAWER_END in self._unclosed:
            return self._at + 1
        end = self._rows.end_of(
            self._at, lambda line: line.strip().lower() != _DRAWER_END and not _HEADLINE.fullmatch(line)
        )
        if end == len(self._rows):
            self._unclosed.add(_DRAWER_END)
        is_closed = end < len(self._rows) and not _HEADLINE.fullmatch(self._rows.contents[end])
        return end + 1 if is_closed else self._at + 1

    def _table(self, first: int, end: int) -> Iterator[RawBlock]:
        rule = next((nth for nth in range(first + 1, end) if _TABLE_RULE.fullmatch(self._rows.contents[nth])), None)
        has_head = rule is not None and rule + 1 < end
        head = self._rows.span(first, rule) if has_head and rule is not None else None
        yield RawBlock("verbatim", at=self._rows.span(first, end), head=head)


def _starts(line: str) -> bool:
    """Return whether a line starts something else than a paragraph."""
    starts = (_HEADLINE, _BEGIN, _END, _KEYWORD, _COMMENT, _DRAWER, _TABLE, _FIXED, _RULE)
    return any(pattern.fullmatch(line) for pattern in starts) or bool(_ITEM.match(line))


def _plain(marked: str) -> str:
    if len(marked) > _LONGEST_MARKED:
        return marked
    words = _LINK.sub(lambda each: each[2] or each[1], marked)
    return " ".join(_MARKS.sub(r"\2", words).split())
