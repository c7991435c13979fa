"""Files that a reader should fear: bombs, nesting, cut and mixed encodings, noise, endless lines; the same each time."""

from __future__ import annotations

import codecs
import gzip
import random
from collections.abc import Iterator

from tests.corpus.reading.shapes import SHAPES

_TEXT = "Ein Satz über Käse – “cheap”. Δοκιμή 中文句子。 Another sentence stands here.\n"
_CODES = [
    "utf-16-le",
    "utf-16-be",
    "utf-32-le",
    "utf-32-be",
    "cp1252",
    "gb18030",
    "shift_jis",
    "koi8-r",
    "cp037",
    "utf-7",
]
_MARKS = [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE]


def hostile_files(count: int, length: int, seed: int = 13) -> dict[str, bytes]:
    """Make files by name.

    Args:
        count: How many, at most what there is.
        length: How long each is, about.
        seed: Of what is random.
    """
    found = dict(_made(length, random.Random(seed)))
    return dict(list(found.items())[:count])


def _made(length: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    yield from _encodings(length, chance)
    yield from _noise(length, chance)
    yield from _entities()
    for suffix in ("md", "txt"):
        for nth, (name, shape) in enumerate(SHAPES.items()):
            yield f"shape {nth:03} {name.replace(',', '')}.{suffix}", shape(length).encode("utf-8")


def _encodings(length: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    text = _TEXT * (length // len(_TEXT) + 1)
    for code in _CODES:
        data = text.encode(code, "replace")
        yield f"code {code}.txt", data
        yield f"code {code} cut.txt", data[: len(data) // 2 * 2 - 1]
        yield f"code {code} in utf-8.md", text.encode() + data
    for nth, mark in enumerate(_MARKS):
        yield f"mark {nth} before utf-8.txt", mark + text.encode()
        yield f"mark {nth} twice.txt", mark + mark + text.encode("utf-16-le")
        yield f"mark {nth} alone.md", mark
        yield f"mark {nth} odd.txt", mark + text.encode("utf-16-le")[:-1]
    broken = bytearray(text.encode())
    for _ in range(20):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    yield "broken utf-8.txt", bytes(broken)
    yield "overlong.txt", b"\xc0\xaf\xe0\x80\xaf" * (length // 5)
    yield "surrogates.txt", b"\xed\xa0\x80" * (length // 3)
    yield "cut in a character.txt", "中".encode() * length + b"\xe4\xb8"


def _noise(length: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for nth in range(5):
        yield f"encrypted {nth}.txt", chance.randbytes(10 * length)
        yield f"encrypted {nth}.md", b"Salted__" + chance.randbytes(length)
        yield f"controls {nth}.txt", bytes(chance.randrange(32) for _ in range(length))
        yield f"letters and controls {nth}.md", bytes(chance.choice(b"ab \n\t\x07\x1b\x7f") for _ in range(length))
        anything = "".join(chr(chance.randrange(0xD800)) for _ in range(length))
        yield f"any characters {nth}.txt", anything.encode()
        signs = "".join(chance.choice("[](){}<>*_`~#|-+>!\\&;:\"' \n\ta1.") for _ in range(length))
        yield f"signs {nth}.md", signs.encode()
    yield "nothing.txt", b""
    yield "zeros.txt", bytes(100 * length)
    yield "packed.txt", gzip.compress(bytes(1_000_000))
    yield "sound.md", b"RIFF" + chance.randbytes(length)


def _entities() -> Iterator[tuple[str, bytes]]:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + nth)} "{f"&{chr(97 + nth)};" * 10}">' for nth in range(9)
    )
    yield "entity bomb.md", f"{bomb}]>\n\n&j;\n".encode()
    yield "entity bomb.txt", f"{bomb}]>\n\n&j;\n".encode()
