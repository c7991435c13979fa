"""How often bytes are decoded rightly: sentences of 31 languages in each encoding that can hold them, at several lengths.

    python benchmarks/decoding.py
    python benchmarks/decoding.py --detail

``few`` is one sentence in the middle of 100,000 characters of English. A text is right when every character is; one in UTF-8
with bytes that are no UTF-8 in its middle, when all its characters are and U+FFFD stands for each of these bytes. chardet
alone is compared, and what is installed of charset-normalizer and chardetng-py.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import chardet
import yaml
from rich.console import Console
from rich.table import Table

from citewell.corpus.reading.decoding import decode
from citewell.errors import ReadingError

SENTENCES = Path(__file__).with_name("decoding.yaml")
WESTERN, CENTRAL, RUSSIAN = ["cp1252", "iso8859_1"], ["cp1250", "iso8859_2"], ["cp1251", "koi8_r", "iso8859_5"]
ENCODINGS = {
    **dict.fromkeys(["fr", "de", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "is", "ca"], WESTERN),
    **dict.fromkeys(["pl", "cs", "sk", "hu", "sl", "hr", "ro"], CENTRAL),
    "ru": RUSSIAN,
    "bg": ["cp1251", "koi8_r"],
    "uk": ["cp1251", "koi8_u"],
    "sr": ["cp1251"],
    "el": ["cp1253", "iso8859_7"],
    "tr": ["cp1254", "iso8859_9"],
    "he": ["cp1255"],
    "ar": ["cp1256"],
    "lt": ["cp1257"],
    "ja": ["shift_jis", "euc_jp"],
    "zh": ["gb18030"],
    "zh-Hant": ["big5"],
    "ko": ["euc_kr"],
}
UNICODE = ["utf-8", "utf-16", "utf-32"]
# What is found in files that are otherwise UTF-8, each between spaces.
DAMAGES = {
    "utf-8 with é of cp1252": b"\xe9",
    "utf-8 with FF FE": b"\xff\xfe",
    "utf-8 with half a dash": "—".encode()[:2],
    "utf-8 with surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
}
LENGTHS = (20, 100, 400, 5_000)
FEW = 100_000
TRIES = {20: 20, 100: 8, 400: 4, 5_000: 2}
ENGLISH = "The pump moves water out of the shaft. The crew checks the tickets at the gangway before the ferry leaves. "


class Case(NamedTuple):
    """A text in an encoding, or in UTF-8 with a damage, if ``encoding`` names one.

    ``length`` is None for a sentence in much English. ``text`` has a U+FFFD for each byte of the damage.
    """

    language: str
    encoding: str
    length: int | None
    text: str

    @property
    def data(self) -> bytes:
        """The text as a file has it."""
        damage = DAMAGES.get(self.encoding)
        if damage is None:
            return self.text.encode(self.encoding)
        return self.text.encode().replace(("\ufffd" * len(damage)).encode(), damage)


def cases(chance: random.Random) -> Iterator[Case]:
    """Yield texts in each encoding, cut from shuffled sentences, each with something beyond ASCII."""
    for language, sentences in yaml.safe_load(SENTENCES.read_text(encoding="utf-8")).items():
        for encoding in [*ENCODINGS[language], *UNICODE]:
            held = [each for each in sentences if each.encode(encoding, "ignore").decode(encoding) == each]
            for length, text in _texts(held, chance):
                yield Case(language, encoding, length, text)


def damaged(chance: random.Random) -> Iterator[Case]:
    """Yield texts in UTF-8 with bytes in their middle that are none."""
    for language, sentences in yaml.safe_load(SENTENCES.read_text(encoding="utf-8")).items():
        for name, damage in DAMAGES.items():
            for length, text in _texts(sentences, chance):
                at = text.find(" ", len(text) // 2) + 1 or len(text)
                replaced = "\ufffd" * len(damage)
                yield Case(language, name, length, f"{text[:at]} {replaced} {text[at:]}")


def _texts(sentences: list[str], chance: random.Random) -> Iterator[tuple[int | None, str]]:
    for length in LENGTHS:
        for _ in range(TRIES[length]):
            yield length, _piece(sentences, length, chance)
    before = ENGLISH * (FEW // 2 // len(ENGLISH))
    yield None, f"{before}{chance.choice(sentences)} {before}"


def _piece(sentences: list[str], length: int, chance: random.Random) -> str:
    while True:
        text = ""
        while len(text) < 2 * length:
            text += " ".join(chance.sample(sentences, len(sentences))) + " "
        start = text.rfind(" ", 0, chance.randrange(len(text) - length)) + 1
        piece = text[start : start + length]
        if not piece.isascii():
            return piece


def decoders() -> dict[str, Callable[[bytes], str]]:
    """Return what is compared."""
    found: dict[str, Callable[[bytes], str]] = {
        "citewell": lambda data: decode(data).text,
        "chardet": lambda data: data.decode(chardet.detect(data, max_bytes=len(data))["encoding"] or "ascii"),
    }
    with suppress(ImportError):
        normalizer = import_module("charset_normalizer")
        found["charset-normalizer"] = lambda data: str(normalizer.from_bytes(data).best())
    with suppress(ImportError):
        detector = import_module("chardetng_py")
        found["chardetng"] = lambda data: data.decode(detector.detect(data, allow_utf8=True))
    return found


def right(decoder: Callable[[bytes], str], case: Case) -> bool:
    """Return whether a decoder returns exactly the text."""
    try:
        return decoder(case.data).removeprefix("\ufeff") == case.text
    except (ReadingError, UnicodeDecodeError, LookupError):
        return False


def main() -> None:
    """Print the share of right texts, by encoding and length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detail", action="store_true", help="list each text that citewell decodes wrongly")
    arguments = parser.parse_args()
    out = Console(width=140)
    found = [*cases(random.Random(1)), *damaged(random.Random(1))]  # noqa: S311 - no secret
    for name, decoder in decoders().items():
        hits: Counter[tuple[str, int | None]] = Counter()
        total: Counter[tuple[str, int | None]] = Counter()
        for case in found:
            is_right = right(decoder, case)
            every = "all damaged" if case.encoding in DAMAGES else "all"
            for key in ((case.encoding, case.length), (every, case.length)):
                hits[key] += is_right
                total[key] += 1
            if name == "citewell" and arguments.detail and not is_right:
                out.print(f"{case.language} {case.encoding} {case.length}: {case.text[:40]!r}", markup=False)
        table = Table("encoding", *(str(length or "few") for length in (*LENGTHS, None)), title=name)
        for encoding in dict.fromkeys(encoding for encoding, _ in total):
            shares = (hits[encoding, length] / total[encoding, length] for length in (*LENGTHS, None))
            table.add_row(encoding, *(f"{share:.3f}" for share in shares))
        out.print(table)


if __name__ == "__main__":
    main()
