"""Commands of LaTeX: their arguments, which of them are no text, and a text without them."""

from __future__ import annotations

import unicodedata

import regex

from citewell.document import Span

# What an argument may have; a longer one is an unclosed brace.
_LONGEST_ARGUMENT = 20_000
_DEEPEST = 50
_BRACKET = regex.compile(r"\\.|[][{}]", regex.DOTALL)
# They set up pages, counters and names; what they are given is not read by anybody.
_SETUP = (
    "addbibresource|addcontentsline|addto\\w*|addtolength|author|bibliography|bibliographystyle|centering|clearpage|cleardoublepage"
    "|color|date|def|documentclass|DeclareMathOperator|enlargethispage|frontmatter|backmatter|mainmatter|graphicspath"
    "|hfill|hline|hspace|include|includeonly|includegraphics|index|input|label|let|linebreak|listoffigures|listoftables"
    "|maketitle|makeatletter|makeatother|markboth|markright|medskip|bigskip|smallskip|newcommand|newcounter|newenvironment"
    "|newlength|newpage|newtheorem|nocite|nopagebreak|noindent|pagebreak|pagenumbering|pagestyle|par|phantomsection"
    "|printbibliography|printindex|providecommand|raggedright|raggedleft|renewcommand|renewenvironment|selectlanguage|setcounter"
    "|setlength|settowidth|tableofcontents|thispagestyle|title|usepackage|usetheme|usetikzlibrary|vfill|vspace|vskip"
    "|toprule|midrule|bottomrule|appendix|titlepage|footnotesize|small|large|Large|normalsize|scriptsize|tiny"
)
_OPTIONS = r"(?:\[[^\[\]]*+\])"
_BRACED = r"(?:\{(?:[^{}]|\{[^{}]*+\})*+\})"
_SET_UP = regex.compile(rf"\\(?:{_SETUP})\*?(?![a-zA-Z@])(?:[ \t]*(?:{_OPTIONS}|{_BRACED}))*+")
# At the start of a paragraph.
LEADING = regex.compile(rf"(?:\s*+\\(?:{_SETUP})\*?(?![a-zA-Z@])(?:[ \t]*+(?:{_OPTIONS}|{_BRACED}))*+)*+\s*+")
_COMMAND = regex.compile(r"\\[a-zA-Z@]+\*?|\\.|(?<!\\)%[^\r\n]*", regex.DOTALL)
_DROPPED = regex.compile(
    r"\\(?:thanks|footnote|footnotemark|label|inst|index|href|email|texorpdfstring)"
    rf"\*?[ \t]*{_OPTIONS}?[ \t]*{_BRACED}?"
)
_ACCENT = regex.compile(
    r"\\(?P<letter>[uvHckdbr])(?:[ \t]*\{\\?(?P<in_braces>[a-zA-Z])\}|[ \t]+\\?(?P<after>[a-zA-Z])(?![a-zA-Z]))"
    r"|\\(?P<sign>[`'^\"~=.])[ \t]*\{?\\?(?P<accented>[a-zA-Z])\}?"
)
_COMBINING = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "d": "\u0323",
    "b": "\u0331",
    "r": "\u030a",
}
_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "ldots": "…",
    "dots": "…",
    "and": ", ",
}
_LETTER = regex.compile(r"\\(LaTeX|TeX|ldots|dots|and|ss|o|O|l|L|ae|AE|oe|OE|aa|AA|i)(?![a-zA-Z])(?:\{\}|[ \t])?")
_SIGN = regex.compile(r"\\([&%$#_{}])")


def argument(text: str, at: int) -> Span | None:
    """Return the inside of the first argument in braces at a place, after options in brackets; None without one.

    Args:
        text: The text of the file.
        at: The end of the name of the command.
    """
    at = _after_space(text, at)
    while text[at : at + 1] == "[":
        close = _closing(text, at, "[", "]")
        if close is None:
            return None
        at = _after_space(text, close + 1)
    if text[at : at + 1] != "{":
        return None
    close = _closing(text, at, "{", "}")
    return Span(at + 1, close) if close is not None else None


def option(text: str, at: int) -> Span | None:
    """Return the inside of the option in brackets at a place, or None."""
    close = _closing(text, at, "[", "]") if text[at : at + 1] == "[" else None
    return Span(at + 1, close) if close is not None else None


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _closing(text: str, at: int, opens: str, closes: str) -> int | None:
    """Return where the bracket at a place is closed; braces inside it are whole."""
    depth = braces = 0
    for match in _BRACKET.finditer(text, at, min(len(text), at + _LONGEST_ARGUMENT)):
        sign = match[0]
        if sign == opens and not braces:
            depth += 1
        elif sign == closes and not braces:
            depth -= 1
            if depth == 0:
                return match.start()
        elif sign in "{}":
            braces = max(0, braces + (1 if sign == "{" else -1))
        if depth + braces > _DEEPEST:
            break
    return None


def has_text(part: str) -> bool:
    """Return whether something is left of a part of a file without the commands that are no text."""
    return any(map(str.isalnum, _COMMAND.sub("", _SET_UP.sub("", part))))


def plain(marked: str) -> str:
    """Return a title or a heading without its commands; formulas stay as they are written."""
    words = _DROPPED.sub("", marked)
    words = _ACCENT.sub(_accented, words)
    words = _LETTER.sub(lambda each: _LETTERS[each[1]], words)
    words = _SIGN.sub(r"\1", regex.sub(r"\\\\(?:\[[^\]]*\])?|(?<!\\)~|\\[ ,;]", " ", words))
    if "$" not in words:
        words = regex.sub(r"[{}]", "", _COMMAND.sub("", words)).replace("---", "—").replace("--", "–")
    return unicodedata.normalize("NFC", " ".join(words.split()))


def _accented(found: regex.Match[str]) -> str:
    letter = found["in_braces"] or found["after"] or found["accented"]
    return f"{letter}{_COMBINING[found['letter'] or found['sign']]}"
