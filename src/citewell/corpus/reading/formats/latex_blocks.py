"""LaTeX: sections, paragraphs, lists, tables and listings of the body; spans are positions in the unchanged file.

Text, commands inside it and formulas stay as they stand. The preamble, lines of comments, and commands that only set up the
page are no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.formats.latex_commands import LEADING, argument, has_text, option, plain
from citewell.corpus.reading.outline import trimmed
from citewell.corpus.reading.rows import not_inserted
from citewell.document import Fact, Span
from citewell.text.dates import iso_date

_LEVELS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "subsection": 4,
    "subsubsection": 5,
    "frametitle": 5,
    "paragraph": 6,
    "subparagraph": 7,
}
_AS_IT_IS = r"verbatim\*?|Verbatim\*?|lstlisting|minted|alltt|tikzpicture|comment|filecontents\*?"
_TABLES = r"tabular[*xy]?|longtable\*?|tabu|longtabu|tblr"
_EVENT = regex.compile(
    rf"(?P<kept>\\begin\{{(?P<kind>{_AS_IT_IS}|{_TABLES})\}})"
    r"|(?P<comment>(?<![^\r\n])[ \t]*+%[^\r\n]*+(?:\r\n|\n|\r|$))"
    r"|(?P<blank>(?:\r\n|\n|\r)[ \t]*+(?=[\r\n]))"
    rf"|\\(?P<heading>{'|'.join(_LEVELS)})\*?(?=[ \t\r\n]*[\[{{])"
    r"|(?P<item>\\(?:bib)?item(?![a-zA-Z]))"
    r"|(?P<break>\\par(?![a-zA-Z]))"
    r"|\\(?P<begin>begin)\{(?P<name>[^{}\r\n]*)\}|(?P<end>\\end\{(?P<ended>[^{}\r\n]*)\})"
    r"|(?P<caption>\\caption\*?(?=[ \t\r\n]*[\[{]))"
    r"|(?P<figure>\\includegraphics\*?(?=[ \t\r\n]*[\[{]))"
    r"|(?P<included>\\(?:input|include|subfile)(?=[ \t]*\{))"
)
# They are part of the paragraph that they stand in.
_FORMULA = regex.compile(
    r"(?:equation|align|gather|multline|eqnarray|math|displaymath|flalign|alignat|split|cases|subequations|[a-zA-Z]*matrix"
    r"|array|aligned)\*?"
)
_BODY = regex.compile(r"(?<![^\r\n])[^%\r\n]*?\\begin\{document\}")
_BODY_END = regex.compile(r"(?<![^\r\n])[^%\r\n]*?(?P<end>\\end\{document\})")
_NAMED = regex.compile(r"(?<![^\r\n])[^%\r\n]*?\\(?P<name>title|author|date)(?=[ \t\r\n]*[\[{])")
_AND = regex.compile(r"\\(?:and|AND|And)(?![a-zA-Z])")
_PLACEMENT = regex.compile(r"[htbpH!\d.\s]*|.*=.*", regex.DOTALL)
_HEAD = regex.compile(r"(?:[^\\]|\\(?!\\))*\\\\(?:\[[^\]]*\])?(?=\s*\\(?:hline|midrule|toprule|cline))")
_RULES = regex.compile(r"(?:\s*\\(?:hline|toprule|midrule|endhead|endfirsthead)(?![a-zA-Z]))*\s*")
# Environments whose first argument is no text.
_WITH_ARGUMENT = frozenset({"thebibliography", "multicols", "minipage", "wrapfigure", "spacing", "adjustbox", "column"})
_STOP = regex.compile(r"[.!?:;]['\"}\])]*\s*$")


def read(source: Source) -> Extract:
    """Read a LaTeX file; one without a preamble is a part of another, and all of it is its body.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    text = decoded.text
    starts, ends = _BODY.search(text), list(_BODY_END.finditer(text))
    start = starts.end() if starts else 0
    end = ends[-1].start("end") if ends and ends[-1].start("end") >= start else len(text)
    named = _named(text)
    scanner = _Scanner(text, Span(start, end))
    blocks = list(scanner.blocks())
    taken = [block.at for block in blocks if block.at]
    # They may stand in the body, too, and then in a paragraph of it.
    shown = [named[name] for name in ("author", "date") if name in named]
    shown = [span for span in shown if has_text(span.of(text)) and not any(map(span.overlaps, taken))]
    front = [RawBlock("prose", at=span) for span in shown]
    blocks = sorted([*front, *blocks], key=lambda block: (block.at or Span(0, 0)).start)
    title = plain(named["title"].of(text)) if "title" in named else None
    warnings = (*decoded.warnings, *not_inserted(scanner.included))
    return Extract(tuple(_from_one(blocks)), text, title, tuple(_facts(text, named)), warnings)


def _named(text: str) -> dict[str, Span]:
    """Return where the title, the author and the date are."""
    found: dict[str, Span] = {}
    for match in _NAMED.finditer(text):
        inside = argument(text, match.end())
        if inside:
            found.setdefault(match["name"], trimmed(text, inside.start, inside.end))
    return found


def _facts(text: str, named: dict[str, Span]) -> Iterator[Fact]:
    if "author" in named:
        for each in _AND.split(named["author"].of(text)):
            # What stands on the lines after the name is where somebody works.
            name = plain(each.strip().split("\\\\")[0])
            yield from [Fact("author", name, "file properties")] if name else []
    if "date" in named and (date := iso_date(plain(named["date"].of(text)))):
        yield Fact("date", date, "file properties")


def _from_one(blocks: list[RawBlock]) -> Iterator[RawBlock]:
    """Yield blocks with the levels of headings counted from 1."""
    top = min((block.level for block in blocks if block.kind == "heading"), default=1) - 1
    yield from (replace(block, level=block.level - top) if block.kind == "heading" else block for block in blocks)


class _Scanner:
    """Goes through a body from one event to the next; the text since the last one is a paragraph or a part of one."""

    def __init__(self, text: str, body: Span) -> None:
        self.included: list[str] = []
        self._text = text
        self._body = body
        self._start = body.start
        self._is_item = False
        # Environments that no longer have an end; to look for each would take the square of the time.
        self._unclosed: set[str] = set()

    def blocks(self) -> Iterator[RawBlock]:
        """Yield the blocks of the body."""
        at = self._start
        while event := _EVENT.search(self._text, at, self._body.end):
            at = event.end()
            if event["comment"] and not self._is_between(event.start()):
                continue
            found = list(self._event(event))
            at = max(at, self._start) if found or self._start > event.start() else at
            yield from found
        yield from self._paragraph(self._body.end)

    def _is_between(self, at: int) -> bool:
        """Return whether a place is between sentences: a comment inside one cannot be cut out of it."""
        before = self._text[max(self._start, at - 200) : at].rstrip()
        return not before or bool(_STOP.search(before)) or at == self._start

    def _paragraph(self, end: int) -> Iterator[RawBlock]:
        """Yield the text up to a place, without the commands at its start that are no text."""
        leading = LEADING.match(self._text, self._start, end)
        at = trimmed(self._text, leading.end() if leading else self._start, end)
        if at.start < at.end and has_text(at.of(self._text)):
            yield RawBlock("item" if self._is_item else "prose", at=at)
        self._is_item = False

    def _event(self, event: regex.Match[str]) -> Iterator[RawBlock]:
        name = event["name"] or event["ended"]
        if name and _FORMULA.fullmatch(name):
            return
        needs_argument = event["heading"] or event["caption"] or event["figure"] or event["included"]
        inside = argument(self._text, event.end()) if needs_argument else None
        if needs_argument and not inside:
            return
        yield from self._paragraph(event.start())
        self._start = event.end()
        if event["kept"]:
            yield from self._kept(event)
        elif event["item"]:
            self._is_item = True
            key = argument(self._text, event.end()) if event["item"].endswith("bibitem") else None
            self._start = key.end + 1 if key else self._start
        elif event["begin"]:
            yield from self._begin(event["name"], event.end())
        elif inside:
            self._start = inside.end + 1
            yield from self._named(event, inside)

    def _named(self, event: regex.Match[str], inside: Span) -> Iterator[RawBlock]:
        """Yield what a command with an argument stands for."""
        at = trimmed(self._text, inside.start, inside.end)
        words = at.of(self._text)
        if event["heading"]:
            whole, level = Span(event.start(), inside.end + 1), _LEVELS[event["heading"]]
            yield RawBlock("heading", level=level, at=whole, words=at, name=plain(words))
        elif event["caption"]:
            yield RawBlock("prose", at=at)
        elif event["figure"]:
            yield RawBlock("figure", at=Span(at.start, at.start), reference=words)
        else:
            self.included.append(words)

    def _begin(self, name: str, at: int) -> Iterator[RawBlock]:
        """Go past the start of an environment; its name may be a heading, and its option the name of a theorem."""
        text = self._text
        inside = argument(text, at) if name == "frame" else None
        if name == "abstract":
            start = at - len("abstract}")
            yield RawBlock("heading", level=_LEVELS["section"], at=Span(start, at - 1), name="Abstract")
        elif inside and not text[at : inside.start].count("\n"):
            self._start = inside.end + 1
            yield RawBlock("heading", level=_LEVELS["frametitle"], at=inside, name=plain(inside.of(text)))
        elif found := option(text, at):
            self._start = found.end + 1
            at_name = trimmed(text, found.start, found.end)
            if not _PLACEMENT.fullmatch(found.of(text)) and has_text(at_name.of(text)):
                yield RawBlock("prose", at=at_name)
        elif name in _WITH_ARGUMENT and (inside := argument(text, at)):
            self._start = inside.end + 1

    def _kept(self, event: regex.Match[str]) -> Iterator[RawBlock]:
        """Yield a table or a listing up to its end; what is a comment is not yielded."""
        kind, text, start = event["kind"], self._text, event.end()
        end = -1 if kind in self._unclosed else text.find(f"\\end{{{kind}}}", start, self._body.end)
        if end < 0:
            self._unclosed.add(kind)
            return
        self._start = end + len(f"\\end{{{kind}}}")
        if kind == "comment":
            return
        is_table = bool(regex.fullmatch(_TABLES, kind))
        if is_table or kind in {"lstlisting", "minted", "tikzpicture"}:
            start = self._after_arguments(start, 2 if kind in {"tabular*", "tabularx", "tabulary"} else 1)
        yield from self._rows(start, end) if is_table else _lines_as_they_are(text, start, end)

    def _after_arguments(self, at: int, most: int) -> int:
        """Return the end of the arguments of an environment, such as the columns of a table."""
        while (found := option(self._text, at)) or (most and self._text[at : at + 1] == "{"):
            inside = found or argument(self._text, at)
            if inside is None:
                break
            most -= found is None
            at = inside.end + 1
        return at

    def _rows(self, start: int, end: int) -> Iterator[RawBlock]:
        rules = _RULES.match(self._text, start, end)
        at = trimmed(self._text, rules.end() if rules else start, end)
        head = _HEAD.match(self._text, at.start, at.end)
        if at.start < at.end and has_text(at.of(self._text)):
            is_head = head is not None and head.end() < at.end
            yield RawBlock("verbatim", at=at, head=Span(at.start, head.end()) if is_head and head else None)


def _lines_as_they_are(text: str, start: int, end: int) -> Iterator[RawBlock]:
    at = trimmed(text, start, end)
    if at.start < at.end:
        yield RawBlock("verbatim", at=at)
