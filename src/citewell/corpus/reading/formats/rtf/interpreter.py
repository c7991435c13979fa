"""Follows the tokens of a file in Rich Text Format: groups, fonts and their charsets, and where text goes."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.office.symbols import without_private
from citewell.corpus.reading.formats.rtf.paragraphs import Paragraphs
from citewell.corpus.reading.formats.rtf.tokens import Token
from citewell.corpus.reading.formats.rtf.words import (
    APART,
    CHARACTERS,
    CHARSETS,
    CODE_PAGES,
    ENDS,
    NOTHING,
    OF_INFO,
    SYMBOLS,
    THROUGH,
)
from citewell.corpus.reading.raising import raised

_WESTERN = "cp1252"


class _State(NamedTuple):
    """What holds in a group, and ends with it: what its text is for, and how it is read."""

    target: str = ""
    is_hidden: bool = False
    is_deleted: bool = False
    is_raised: bool = False
    font: int | None = None
    skipped: int = 1
    captured: bool = False


class Interpreter:
    """Reads tokens.

    ``paragraphs`` are those of the text, ``facts`` what the file says about itself, ``furniture`` the texts of page heads and
    feet; ``hidden`` is how many words are hidden, ``bad`` how many characters the charsets do not have, and ``formulas`` how
    many there are, which are not read.
    """

    def __init__(self) -> None:
        self.paragraphs = Paragraphs()
        self.facts: list[tuple[str, str | None]] = []
        self.furniture: dict[str, None] = {}
        self.hidden = 0
        self.bad = 0
        self.formulas = 0
        self._state = _State()
        self._stack: list[_State] = []
        self._captures: list[list[str]] = []
        self._bytes = bytearray()
        self._skip = 0
        self._is_optional = False
        self._encoding = _WESTERN
        self._usual_font: int | None = None
        self._charsets: dict[int, str] = {}
        self._fonts: dict[int, str] = {}
        self._date = [0, 0, 0]
        self._commenter = ""

    def take(self, token: Token) -> None:
        """Take a token."""
        if token.kind == "bytes":
            self._take_bytes(token.data)
            return
        self._flush()
        if token.kind == "begin":
            self._stack.append(self._state)
            self._state = self._state._replace(captured=False)
            self._is_optional, self._skip = False, 0
        elif token.kind == "end":
            self._end()
        elif token.kind == "symbol":
            self._symbol(token.word)
        else:
            self._word(token.word, token.number)

    def finish(self) -> None:
        """End the file, also where its groups are not closed."""
        self._flush()
        while self._stack:
            self._end()
        self.paragraphs.finish()

    def _take_bytes(self, data: bytes) -> None:
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        self._bytes += data[skipped:]

    def _flush(self) -> None:
        """Decode the bytes that came last, in the charset of their font."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        if self._state.target == "nothing":
            return
        font = self._usual_font if self._state.font is None else self._state.font
        text = data.decode(self._encoding if font is None else self._charsets.get(font, self._encoding), "replace")
        self.bad += text.count("\ufffd")
        self._write(text)

    def _write(self, text: str) -> None:
        if self._state.target == "nothing" or self._state.is_deleted:
            return
        if self._state.is_hidden:
            self.hidden += len(text.split())
            return
        text = without_private(text, self._fonts.get(self._state.font or 0, ""))
        text = raised(text) if self._state.is_raised else text
        (self._captures[-1] if self._captures else self.paragraphs.pieces).append(text)

    def _end(self) -> None:
        """End a group, and do with its text what it is for."""
        state = self._state
        if state.target == "fonts" and state.font is not None and self._captures and not state.captured:
            self._fonts[state.font] = flat("".join(self._captures[-1]))
            self._captures[-1].clear()
        self._state = self._stack.pop() if self._stack else _State()
        self._skip = 0
        if state.captured and self._captures:
            self._use(state.target, "".join(self._captures.pop()))

    def _symbol(self, symbol: str) -> None:
        if self._skip:
            self._skip -= 1
        elif symbol == "*":
            self._is_optional = True
        elif symbol in SYMBOLS:
            self._write(SYMBOLS[symbol])
        elif symbol in "\r\n":
            self._end_paragraph()

    def _word(self, word: str, number: int | None) -> None:
        is_optional, self._is_optional = self._is_optional, False
        if word in NOTHING or (word == "moMath" and self._count_formula()):
            self._state = self._state._replace(target="nothing")
        elif word in APART and (word not in OF_INFO or self._state.target in {"info", *OF_INFO}):
            self._capture(APART[word])
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif word in ENDS:
            self._end_paragraph()
        elif not self._changes(word, number) and is_optional and word not in THROUGH:
            # What a reader does not know, it passes over, if the file says that it may.
            self._state = self._state._replace(target="nothing")

    def _changes(self, word: str, number: int | None) -> bool:
        """Take a word that changes what follows; return whether it is one."""
        return self._of_text(word, number) or self._of_paragraph(word, number) or self._of_table(word)

    def _capture(self, target: str) -> None:
        if self._state.target == "nothing":
            return
        if self._state.captured and self._captures:
            self._captures.pop()
        self._state = self._state._replace(target=target, captured=True, is_hidden=False)
        self._captures.append([])
        self._date = [0, 0, 0]

    def _count_formula(self) -> bool:
        self.formulas += self._state.target != "nothing"
        return True

    def _of_text(self, word: str, number: int | None) -> bool:
        """Take a word that changes how text is read; return whether it is one."""
        state = self._state
        if word == "u":
            self._unicode(number or 0)
        elif word == "uc":
            self._state = state._replace(skipped=max(0, number or 0))
        elif word == "v":
            self._state = state._replace(is_hidden=number != 0)
        elif word == "deleted":
            self._state = state._replace(is_deleted=number != 0)
        elif word == "plain":
            self._state = state._replace(is_hidden=False, is_deleted=False, is_raised=False, font=self._usual_font)
        elif word in {"super", "sub", "nosupersub"}:
            self._state = state._replace(is_raised=word == "super" and number != 0)
        elif word in {"f", "fcharset", "deff", "ansicpg"} or word in CODE_PAGES:
            self._font(word, number or 0)
        else:
            return False
        return True

    def _font(self, word: str, number: int) -> None:
        if word == "f":
            self._state = self._state._replace(font=number)
        elif word == "deff":
            self._usual_font = number
        elif word == "fcharset" and self._state.font is not None:
            if number in CHARSETS:
                self._charsets[self._state.font] = CHARSETS[number]
        elif word == "ansicpg":
            self._encoding = _known(f"cp{number}") or self._encoding
        elif word in CODE_PAGES:
            self._encoding = CODE_PAGES[word]

    def _unicode(self, number: int) -> None:
        code = number + 0x10000 if number < 0 else number
        if 0 < code <= 0xFFFF:
            self._write(chr(code))
        self._skip = self._state.skipped

    def _of_paragraph(self, word: str, number: int | None) -> bool:
        """Take a word about paragraphs; return whether it is one."""
        if self._state.target == "styles":
            self.paragraphs.take_style(word, number or 0)
            return word in {"s", "outlinelevel"}
        if self._captures:
            return self._of_date(word, number or 0)
        return self.paragraphs.take(word, number or 0)

    def _of_date(self, word: str, number: int) -> bool:
        if word in {"yr", "mo", "dy"}:
            self._date[("yr", "mo", "dy").index(word)] = number
            return True
        return False

    def _of_table(self, word: str) -> bool:
        if self._captures or self._state.target == "nothing":
            return False
        return self.paragraphs.take_table(word)

    def _end_paragraph(self) -> None:
        if self._state.target == "nothing":
            return
        if self._captures:
            self._captures[-1].append(" ")
        else:
            self.paragraphs.end()

    def _use(self, target: str, text: str) -> None:
        """Use the text of a group that is kept apart."""
        text = flat(text)
        if target in {"footnote", "box", "label"}:
            self.paragraphs.take_apart(target, text)
        elif target == "comment":
            self.paragraphs.add_beside(f"Comment ({self._commenter}): " if self._commenter else "Comment: ", text)
        elif target == "commenter":
            self._commenter = text
        elif target == "furniture" and any(map(str.isalpha, text)):
            self.furniture[text] = None
        else:
            self._use_fact(target, text)

    def _use_fact(self, target: str, text: str) -> None:
        if target in {"created", "date"}:
            if self._date[0]:
                self.facts.append((target, "{:04}-{:02}-{:02}".format(*self._date)))
        elif target in {"title", "author", "subject", "tag", "description"}:
            self.facts.append((target, text))


def _known(encoding: str) -> str | None:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return None
