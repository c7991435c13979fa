"""Texts that are hard for a reader, of any length: each is one that some reader, somewhere, took the square of its time for."""

from __future__ import annotations

from collections.abc import Callable

Shape = Callable[[int], str]


def again(piece: str, *, before: str = "", after: str = "") -> Shape:
    """Return a shape that is one piece again and again, after a beginning and before an end."""

    def make(length: int) -> str:
        return before + piece * max(1, length // len(piece)) + after

    return make


def counted(piece: str, *, before: str = "", after: str = "") -> Shape:
    """Return a shape of pieces that are numbered, so that no two of them are alike."""

    def make(length: int) -> str:
        return before + "".join(piece.format(n=nth) for nth in range(max(1, length // len(piece)))) + after

    return make


def nested(opening: str, closing: str, inside: str = "x") -> Shape:
    """Return a shape that opens as often as it closes."""

    def make(length: int) -> str:
        times = max(1, length // (len(opening) + len(closing)))
        return opening * times + inside + closing * times

    return make


def _deeper(mark: str) -> Shape:
    """Return lines that are each one step further in, as long as they fit."""

    def make(length: int) -> str:
        depth = int((2 * length / len(mark)) ** 0.5)
        return "".join(mark * nth + "x\n" for nth in range(1, depth + 1))

    return make


def _steps(make_line: Callable[[int], str]) -> Shape:
    """Return lines that are all different and together as long as asked."""

    def make(length: int) -> str:
        found: list[str] = []
        size = 0
        while size < length:
            found.append(make_line(len(found)))
            size += len(found[-1])
        return "".join(found)

    return make


def _table(columns: int) -> Shape:
    row = "|" + "a|" * columns + "\n"
    return again(row, before=row + "|" + "-|" * columns + "\n")


def _wide_table(length: int) -> str:
    columns = max(1, length // 4)
    return "|" + "a|" * columns + "\n|" + "-|" * columns + "\n"


def _short_rows(length: int) -> str:
    """Return a table of one wide head and rows of one cell, which the parser fills up with empty ones."""
    columns = max(1, int(length**0.5 // 2))
    head = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n"
    return head + "|b|\n" * max(1, (length - len(head)) // 4)


def _bomb(length: int) -> str:
    levels = [f"a{nth}: &a{nth} [{','.join([f'*a{nth - 1}'] * 9)}]\n" for nth in range(1, max(2, length // 60))]
    return "---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(levels) + f"title: *a{len(levels)}\n---\n\nText here.\n"


_CODE = "aB3" * 30

SHAPES: dict[str, Shape] = {
    "words": again("plain words stand here and there. They end. "),
    "one word": again("a"),
    "one word and text": again("a", after=" and then some text follows. It ends.\n"),
    "short lines": again("word\n"),
    "short lines with marks": again("- word\n"),
    "numbered lines": counted("{n}. word\n"),
    "log lines": counted("2026-01-01 00:00:00 INFO request {n} served in 3 ms\n"),
    "blank lines": again("\n"),
    "spaces": again(" "),
    "spaces and text": again(" ", before="x", after="x"),
    "lines of spaces": again("   \n", before="x\n", after="x"),
    "tabs": again("\t", before="x", after="x"),
    "paragraphs": counted("Paragraph {n} says a thing. It ends.\n\n"),
    "headings": again("A Heading\n\n"),
    "headings and text": again("A Heading\n\nSome text stands below it, and it ends.\n\n"),
    "underlines": again("A Heading\n====\n\n"),
    "dashes": again("-"),
    "dashed lines": again("---\n"),
    "form feeds": again("\f", before="x", after="x"),
    "form feeds in text": again("page\f"),
    "carriage returns": again("word\r"),
    "carriage returns alone": again("\r", before="x", after="x"),
    "mixed line ends": again("a\r\nb\rc\n"),
    "escapes": again("\x1b[0m word "),
    "quotations": again('He said "Stop. Go home." and left. '),
    "typographic quotations": again("He said “Stop. Go home.” and left. "),
    "quotation marks": again('"'),
    "opening quotation marks": again("“"),
    "quotation marks with stops": again('".'),
    "quotations that go on": again('"Stop. Go. Now", '),
    "stops": again("."),
    "stops and letters": again("a."),
    "stops and spaces": again(". "),
    "exclamations": again("!"),
    "exclamations and spaces": again("! "),
    "question marks and letters": again("a?"),
    "ellipses": again("…"),
    "initials": again("A. B. "),
    "closing marks": again(")", before="Done."),
    "closing marks after stops": again('.")'),
    "abbreviations": again("e.g. i.e. Dr. "),
    "numbers": counted("{n}.5 "),
    "enumerators": again("(a). "),
    "addresses": again("http://a.b/c?d=e&"),
    "mail": again("a@b.c"),
    "signs of addresses in a table": lambda length: "aa,bb\n" + ("@" * (length // 6) + ",b\n") * 6,
    "signs of lists": again("*_", after=" word\n"),
    "base64": again("aGVsbG8gd29ybGQ"),
    "base64 lines": again("aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8g\n"),
    "long lines": again("word " * 100 + "\n"),
    "punctuation": again(".,;:!?-"),
    "commas": again("a,"),
    "combining marks": again("\u0301", before="e"),
    "two combining marks": lambda length: "a" + "\u0301" * (length // 2) + "\u0316" * (length // 2),
    "marks on letters": again("e\u0301"),
    "marks on spaces": again(" \u0301"),
    "flags": again("\U0001f1ec\U0001f1e7"),
    "one flag too many": again("\U0001f1ec"),
    "families": again("👩‍👩‍👧‍👦"),
    "joiners": again("\u200d"),
    "joined pictures": again("👩‍"),
    "skin tones": again("\U0001f3fd", before="👋"),
    "picture with marks": again("\ufe0f", before="👋", after="\u200d👋"),
    "hangul": again("\u1100\u1161\u11a8"),
    "hangul beginnings": again("\u1100"),
    "indic": again("क्"),
    "prepended": again("\u0600"),
    "zero width": again("\u200b"),
    "zero width lines": again("\u200b\n"),
    "zero width words": again("\u200b "),
    "zero width items": again("- \u200b\n"),
    "zero width sentences": again("\u200b. \u200bA"),
    "soft hyphens": again("so\u00adft "),
    "soft hyphens alone": again("\u00ad\n\n"),
    "byte order marks": again("\ufeff\n"),
    "direction marks": again("\u202e\u202c "),
    "variation selectors": again("\ufe0f\n"),
    "private": again("\ue000"),
    "chinese": again("中文句子没有空格。"),
    "chinese without stops": again("中文句子没有空格"),
    "thai": again("ภาษาไทย"),
    "arabic": again("السلام عليكم "),
    "capitals that grow": again("İß"),
    "line separators": again("a\u2028"),
    "vertical tabs": again("a\x0b"),
    "next lines": again("a\x85"),
    "comments": again("<!-- a -->", after="x"),
    "comment lines": again("<!-- a -->\n", after="x\n"),
    "open comments": again("<!-- a "),
    "comment ends": again("-->", before="<!--"),
    "open comments in text": again("x <!-- a "),
    "comment beginnings": again("<!-", before="x "),
    "instructions": again("x <?"),
    "declarations": again("x <!A "),
    "data sections": again("x <![CDATA["),
    "angles": again("<"),
    "angles and letters": again("<a"),
    "tags": again("<a href='x'>"),
    "open tags": again("<a href='"),
    "attributes": again(" a='b'", before="x <a"),
    "tag lines": again("<div>\n"),
    "closing tags": again("</a"),
    "autolinks": again("<http://a"),
    "brackets": again("["),
    "brackets in text": again("[x", before="a "),
    "closing brackets": again("]"),
    "brackets nested": nested("[", "]"),
    "links nested": nested("[", "](x)"),
    "images nested": nested("![", "](x)"),
    "images": again("!["),
    "open links": again("[a](b"),
    "open links with angles": again("[a](<b"),
    "open links with titles": again('[a](b "'),
    "links": again("[a](b) "),
    "parentheses": again("("),
    "links and parentheses": again("(", before="[a]("),
    "references": counted("[a{n}]: /b\n\n"),
    "references in a row": counted("[a{n}]: /b\n"),
    "references used": again("[a] ", before="[a]: /b\n\n"),
    "references to nothing": again("[a][b] "),
    "reference titles": again('[a]: b "x\n'),
    "reference labels": again("[a\n"),
    "long labels": lambda length: "[" + "a" * (length // 2) + "]: b\n\n[" + "a" * (length // 2) + "]",
    "reference beginnings": again("[a]:\n"),
    "quotes": again(">"),
    "quotes with spaces": again("> "),
    "quote lines": again("> a\n"),
    "quotes ever deeper": _deeper(">"),
    "quotes and lists": again("> - "),
    "lists in a line": again("- "),
    "lists ever deeper": _deeper("  - "),
    "numbered lists in a line": again("1. "),
    "list items": again("- a\n"),
    "loose list items": again("- a\n\n"),
    "items of two lists": again("- a\n* b\n"),
    "numbered items": again("1. a\n"),
    "indented": _deeper(" "),
    "lazy lines": again("a\n", before="> "),
    "lazy lines, deep": lambda length: "> " * 40 + "a\n" * (length // 2),
    "code spans": again("`a` "),
    "backticks": again("`"),
    "backticks, all different": _steps(lambda nth: "`" * (nth + 1) + " "),
    "backticks, descending": lambda length: " ".join("`" * nth for nth in range(int((2 * length) ** 0.5), 0, -1)),
    "fences": again("```\na\n"),
    "open fence": again("a\n", before="```\n"),
    "tildes": again("~~~\n"),
    "fences, all different": _steps(lambda nth: "`" * (nth + 3) + "\n"),
    "emphasis": again("*"),
    "emphasised": again("*a "),
    "emphasis closed": again("a* "),
    "emphasis both": again("*a_ "),
    "emphasis of three": again("a**b" + "c* "),
    "emphasis nested": nested("*a ", " a*"),
    "emphasis alternating": nested("*a_b", "_*"),
    "strong": again("**a "),
    "strong nested": nested("**a ", " a**"),
    "underscores": again("_a "),
    "underscores alone": again("_"),
    "emphasis left and right": again("*a**b***c*"),
    "entities": again("&amp;"),
    "open entities": again("&"),
    "long entities": again("&a"),
    "numbered entities": again("&#12345678"),
    "backslashes": again("\\"),
    "backslash lines": again("a\\\n"),
    "hard breaks": again("a  \n"),
    "trailing spaces": lambda length: "a\n" + " " * length + "\nb",
    "spaces before line ends": lambda length: "a" + " " * length + "\nb",
    "lines of spaces before text": again(" " * 20 + "\n", before="- a\n"),
    "table": _table(4),
    "table of one column": _table(1),
    "wide table": _wide_table,
    "table of short rows": _short_rows,
    "table rows alone": again("|a|b|\n"),
    "pipes": again("|"),
    "pipe lines": again("|\n"),
    "table rules": again("|-|-|\n"),
    "dashes and pipes": again("-|"),
    "head of dashes": lambda length: "a|b\n" + "-" * length + "|-\n",
    "escaped pipes": again("\\|", before="|a|b|\n|-|-|\n|"),
    "hash headings": again("# a\n"),
    "hash headings and text": counted("# Heading {n}\n\nText.\n\n"),
    "headings ever deeper": again("# a\n## a\n### a\n#### a\n##### a\n###### a\n\ntext.\n\n"),
    "hashes": again("#"),
    "hashes after": again("#", before="# a "),
    "spaces in a heading": again(" ", before="# a", after="#x"),
    "line over dashes": again("a\n", after="---\n"),
    "addresses of data": again(f"data:a/b,{_CODE} "),
    "addresses of no data": again("data:a/b;c,"),
    "lines of data": again(f"{_CODE}\n"),
    "lines of data and of text": again(f"{_CODE}\n{_CODE}\nwords\n"),
    "keys that do not end": again("-----BEGIN A-----\nAAAA\n"),
    "files that do not end": again("begin 644 a\nM!!!!\n"),
    "front matter": again("a: b\n", before="---\n", after="---\n\ntext\n"),
    "front matter keys": counted("a{n}: b\n", before="---\n", after="---\n\ntext\n"),
    "front matter unclosed": again("a: b\n", before="---\n"),
    "front matter title": again("a", before="---\ntitle: ", after="\n---\n\ntext\n"),
    "front matter title of spaces": again(" ", before="---\ntitle: a", after="b\n---\n\ntext\n"),
    "front matter brackets": again("[", before="---\na: ", after="\n---\n\ntext\n"),
    "front matter braces": again("{a: ", before="---\n", after="\n---\n\ntext\n"),
    "front matter lists": again("- ", before="---\n", after="\n---\n\ntext\n"),
    "front matter keys in keys": again("? ", before="---\n", after="\n---\n\ntext\n"),
    "front matter ever deeper": lambda length: f"---\n{_deeper(' ')(length).replace('x', 'a:')}---\n\ntext\n",
    "front matter anchors": counted("a{n}: &a{n} b\n", before="---\n", after="---\n\ntext\n"),
    "front matter aliases": again("a: *a\n", before="---\nb: &a x\n", after="---\n\ntext\n"),
    "front matter merges": again("<<: *a\n", before="---\nb: &a {x: y}\n", after="---\n\ntext\n"),
    "front matter quotes": again("'", before="---\na: ", after="\n---\n\ntext\n"),
    "front matter text": again("a\n", before="---\na: |\n ", after="---\n\ntext\n"),
    "front matter digits": again("1", before="---\ntitle: ", after="\n---\n\ntext\n"),
    "front matter sixties": again("1:", before="---\ntitle: ", after="0\n---\n\ntext\n"),
    "front matter bomb": _bomb,
}
