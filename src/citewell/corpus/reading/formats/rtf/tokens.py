"""The bytes of a file in Rich Text Format as tokens (RTF 1.9.1, "RTF syntax")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import regex

_TOKEN = regex.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?+ ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]++)|[\r\n]++|\\",
    regex.DOTALL,
)


class Token(NamedTuple):
    """A piece of a file: the begin or end of a group, a control word with its number, a control symbol, or bytes of text."""

    kind: Literal["begin", "end", "word", "symbol", "bytes"]
    word: str = ""
    number: int | None = None
    data: bytes = b""


_BEGIN, _END = Token("begin"), Token("end")


def tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of a file; what is binary in it, such as pictures, is passed over."""
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        word, number, hexadecimal, symbol, brace, text = match.groups()
        if word:
            value = None if number is None else int(number)
            if word == b"bin" and value and value > 0:
                at += value
            yield Token("word", word.decode("ascii"), value)
        elif text:
            yield Token("bytes", data=text)
        elif brace:
            yield _BEGIN if brace == b"{" else _END
        elif hexadecimal:
            yield Token("bytes", data=bytes.fromhex(hexadecimal.decode("ascii")))
        elif symbol:
            yield Token("symbol", symbol.decode("latin-1"))
