"""AsciiDoc, by lines: headings, paragraphs, lists, tables and listings; spans are positions in the unchanged file.

https://docs.asciidoctor.org/asciidoc/latest/. What is only for the processor is no text: attributes, comments, delimiters,
anchors. Other than there, a heading may follow a paragraph without a blank line, as people write it.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.formats.asciidoc_tables import table_rows
from citewell.corpus.reading.rows import Rows, not_inserted
from citewell.document import Fact
from citewell.text.dates import iso_date

_HEADING = regex.compile(r"(?P<signs>={1,6}|#{1,6})[ \t]+(?P<name>\S.*?)(?:[ \t]+(?P=signs))?")
_UNDERLINE = regex.compile(r"={2,}|-{2,}|~{2,}|\^{2,}|\+{2,}")
_UNDERLINES = "=-~^+"
# A line is an underline if it is as long as the title, give or take one.
_NEARLY = 1
_ATTRIBUTE = regex.compile(r":!?(?P<name>\w[\w-]*)!?:(?:[ \t]+(?P<value>.*))?")
_COMMENT = regex.compile(r"//(?!/).*")
_ITEM = r"[ \t]*(?:\*{1,6}|-|\.{1,6}|•|\d+\.|[a-zA-Z]\.|[ivxIVX]+\)|<(?:\d+|\.)>)[ \t]+"
_LIST = regex.compile(rf"{_ITEM}(?:\[[ xX*]\][ \t]+)?(?=\S)")
_TERM = regex.compile(r"[ \t]*+(?!//)[^\s:;][^:;]*+(?:[:;](?![:;])[^:;]*+)*+(?::{2,4}|;;)(?:[ \t]+.*)?")
_BLOCK_ATTRIBUTES = regex.compile(r"\[(?:|[\p{L}\d_.#%{,\"'].*|\[(?:|[\p{L}_:][\w\-:.]*(?:, *.+)?)\])\]")
_ATTRIBUTED = regex.compile(r"\[(?:quote|verse),[ \t]*(?P<text>.+)\]")
_TITLE = regex.compile(r"\.(?P<text>\.?[^ \t.].*)")
_FENCE = (
    r"(?P<verbatim>-{4,}|\.{4,}|`{3}.*|\+{4,})|(?P<comment>/{4,})|(?P<table>[|,:!]===+)"
    r"|(?P<compound>={4,}|\*{4,}|_{4,}|--)"
)
_DELIMITER = regex.compile(_FENCE)
_MACRO = regex.compile(r"(?P<name>[a-z]\w*)::(?P<target>\S*?)\[(?P<text>.*)\]")
_CONDITIONS = frozenset({"ifdef", "ifndef", "ifeval", "endif", "toc"})
_PICTURES = frozenset({"image", "video", "audio"})
# The first of the attributes of a picture; the others have names.
_DESCRIPTION = regex.compile(r"(?:[^,=\"]|\"[^\"]*\")*(?=,|$)")
_BREAK = regex.compile(r"'{3,}|<{3,}|-(?: ?-){2}|\*(?: ?\*){2}")
# A line that no paragraph goes on with.
_STARTS = regex.compile(
    rf"={{1,6}}[ \t]+\S.*|\+|\[.*\]|{_FENCE}|[ \t]*(?:\*{{1,6}}|-|\.{{1,6}}|\d+\.)[ \t]+\S.*"
    r"|(?:image|include|ifdef|ifndef|endif|ifeval)::.*|\|.*"
)
_REVISION = regex.compile(r"(?:v?[\w.]+,[ \t]*)?(?P<date>\d{4}-\d{2}(?:-\d{2})?)(?:[:,].*)?|v\d[\w.]*(?:[:,].*)?")
_AUTHOR = regex.compile(r"(?P<name>\p{L}[\w.'’-]*(?:[ \t]+\p{L}[\w.'’-]*){0,3})(?:[ \t]*<[^<>]*>)?")
_REFERENCE = regex.compile(r"\{(?P<name>\w[\w-]*)\}")
_MARKUP = regex.compile(r"\[\[[^\[\]]*\]\]|\[#[^\[\]]*\]|(?<!\w)[*_`#]{1,2}(?=\S)|(?<=\S)[*_`#]{1,2}(?!\w)")


def read(source: Source) -> Extract:
    """Read an AsciiDoc file.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    scanner = _Scanner(Rows(decoded.text))
    blocks = tuple(scanner.blocks())
    warnings = (*decoded.warnings, *not_inserted(scanner.included))
    return Extract(blocks, decoded.text, scanner.title, tuple(scanner.facts), warnings)


class _Scanner:
    """Goes through the lines of a file; ``_at`` is the next one."""

    def __init__(self, rows: Rows) -> None:
        self.title: str | None = None
        self.facts: list[Fact] = []
        self.included: list[str] = []
        self._rows = rows
        self._at = 0
        self._attributes: dict[str, str] = {}
        # The attributes above a block, and whether there was a heading.
        self._above = ""
        self._is_headed = False
        # Delimiters that do not come again; to look for each of them would take the square of the time.
        self._unclosed: set[str] = set()

    def blocks(self) -> Iterator[RawBlock]:
        """Yield the blocks of the file."""
        while self._at < len(self._rows):
            line = self._rows.contents[self._at]
            if not line.strip():
                self._at += 1
            elif not self._skipped(line):
                yield from self._block(line)

    def _skipped(self, line: str) -> bool:
        """Go past a line that is for the processor only."""
        attribute = _ATTRIBUTE.fullmatch(line)
        if attribute:
            self._set(attribute["name"], (attribute["value"] or "").strip())
        elif _BLOCK_ATTRIBUTES.fullmatch(line) and not _ATTRIBUTED.fullmatch(line):
            self._above = line
        elif not (_COMMENT.fullmatch(line) or line == "+" or _BREAK.fullmatch(line)):
            return False
        self._at += 1
        return True

    def _set(self, name: str, value: str) -> None:
        # The last one counts from here on.
        self._attributes[name] = value
        known = {"author": "author", "lang": "language", "revdate": "date", "keywords": "tag"}.get(name)
        for each in value.split(",") if known == "tag" else [value]:
            self._add(known, iso_date(each) if known == "date" else each.strip())

    def _add(self, name: str | None, value: str | None) -> None:
        self.facts += [Fact(name, value, "file properties")] if name and value else []

    def _block(self, line: str) -> Iterator[RawBlock]:
        first, rows, above = self._at, self._rows, self._above
        self._above = ""
        marker = _LIST.match(line)
        if heading := self._heading(line):
            yield heading
            if heading.level == 1 and not self._is_headed:
                yield from self._header()
            self._is_headed = True
        elif delimiter := _DELIMITER.fullmatch(line):
            yield from self._delimited(delimiter, above)
        elif macro := _MACRO.fullmatch(line):
            self._at += 1
            yield from self._macro(macro, first)
        elif named := _ATTRIBUTED.fullmatch(line) or _TITLE.fullmatch(line):
            self._at += 1
            yield RawBlock("prose", at=rows.part(first, *named.span("text")))
        elif marker or _TERM.fullmatch(line):
            self._at = self._end_of_paragraph(first)
            yield from rows.item(first, self._at, marker.end() if marker else 0)
        elif line.startswith("|"):
            self._at = rows.end_of(first, lambda each: each.startswith("|"))
            yield from rows.verbatim(first, self._at)
        else:
            self._at = self._end_of_paragraph(first)
            yield from rows.verbatim(first, self._at) if line[0] in " \t" else rows.prose(first, self._at)

    def _heading(self, line: str) -> RawBlock | None:
        """Take a heading, if there is one."""
        first, rows = self._at, self._rows
        if found := _HEADING.fullmatch(line):
            level, words, end = len(found["signs"]), rows.part(first, *found.span("name")), first + 1
        elif self._is_underlined(first):
            level, words = 1 + _UNDERLINES.index(rows.contents[first + 1][0]), rows.span(first, first + 1)
            end = first + 2
        else:
            return None
        name, self._at = self._named(words.of(rows.text)), end
        if level == 1 and not self._is_headed:
            self.title = name
        return RawBlock("heading", level=level, at=rows.span(first, end), words=words, name=name)

    def _is_underlined(self, first: int) -> bool:
        if first + 1 >= len(self._rows):
            return False
        line, below = self._rows.contents[first], self._rows.contents[first + 1]
        return bool(_UNDERLINE.fullmatch(below) and line[:1].isalnum() and abs(len(line) - len(below)) <= _NEARLY)

    def _named(self, marked: str) -> str:
        whole = _REFERENCE.sub(lambda each: self._attributes.get(each["name"]) or each[0], marked)
        return " ".join(_MARKUP.sub("", whole).split())

    def _header(self) -> Iterator[RawBlock]:
        """Yield what stands below a title: the author and the date."""
        contents, first = self._rows.contents, self._at
        if first >= len(contents) or not (author := _AUTHOR.fullmatch(contents[first])):
            return
        self._add("author", author["name"])
        self._at += 1
        revision = _REVISION.fullmatch(contents[first + 1]) if first + 1 < len(contents) else None
        if revision:
            self._add("date", revision["date"])
            self._at += 1
        yield from self._rows.prose(first, self._at)

    def _delimited(self, delimiter: regex.Match[str], above: str) -> Iterator[RawBlock]:
        """Yield the block between two delimiters; what a sidebar or an example holds is parsed like the rest."""
        first, rows = self._at + 1, self._rows
        if delimiter["compound"] and not above.startswith("[verse"):
            self._at = first
            return
        sign = "```" if delimiter[0].startswith("```") else delimiter[0]
        end = rows.end_of(first, lambda each: each != sign) if sign not in self._unclosed else len(rows)
        if end == len(rows) and not delimiter["comment"]:
            # It is not closed: a line of dashes.
            self._unclosed.add(sign)
            self._at = first
            return
        self._at = min(end + 1, len(rows))
        if delimiter["table"]:
            yield from table_rows(rows, first, end, above)
        elif not delimiter["comment"]:
            yield from rows.verbatim(first, end)

    def _macro(self, macro: regex.Match[str], line: int) -> Iterator[RawBlock]:
        """Yield what a macro stands for: of a picture, the text that describes it."""
        if macro["name"] == "include":
            self.included.append(macro["target"])
        elif macro["name"] in _PICTURES:
            described = _DESCRIPTION.match(macro["text"])
            start = macro.start("text")
            at = self._rows.part(line, start, start + (described.end() if described else 0))
            yield RawBlock("figure", at=at, reference=macro["target"])
        elif macro["name"] not in _CONDITIONS:
            yield from self._rows.prose(line, line + 1)

    def _end_of_paragraph(self, first: int) -> int:
        """Return the line after a paragraph or an item: a blank one, or one that starts something else."""
        return self._rows.end_of(first + 1, lambda line: bool(line.strip()) and not _STARTS.fullmatch(line))
