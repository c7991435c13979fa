"""Guesses the encoding of a text that is not Unicode, from its letters.

chardet compares pairs of bytes with those of many languages. Added here: it sees only what is around bytes beyond ASCII, so
that three accents count in a long English text; Japanese is recognised by its syllables; and an encoding in which words mix
alphabets or contain signs is implausible, whatever its bytes. ``benchmarks/decoding.py`` measures the result.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import regex

# What documents are written in. Those of DOS, mainframes and old Macintoshes resemble them and are much rarer.
_ONE_BYTE = [
    *("windows-1252", "iso-8859-1", "windows-1250", "iso-8859-2", "windows-1251", "koi8-r", "koi8-u", "iso-8859-5"),
    *(
        "windows-1253",
        "iso-8859-7",
        "windows-1254",
        "iso-8859-9",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "cp874",
    ),
]
_TWO_BYTES = ["shift_jis", "cp932", "euc-jp", "gb18030", "big5", "euc-kr", "cp949"]
# Of each family, in this order: the standard, and what it was extended to.
_FAMILIES = (("shift_jis", "cp932"), ("euc_jp",), ("gb18030",), ("big5", "cp950", "big5hkscs"), ("euc_kr", "cp949"))
# The same letters, and more signs.
_EXTENDED = {"iso8859-1": "cp1252", "iso8859-9": "cp1254"}
_WESTERN = "cp1252"
# How often they occur decides where the letters leave several: Western European is the likeliest, Baltic the rarest.
_PRIORS = {_WESTERN: 1.15, "cp1257": 0.9}
# Around a byte beyond ASCII, in bytes: its word and some neighbours.
_CONTEXT = 30
_SAMPLE = 50_000
_BEYOND_ASCII = regex.compile(rb"[\x80-\xff]+")
_KANA = regex.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_KANA_SHARE = 0.3
# One byte in this many may be broken.
_UNBROKEN = 20

_OTHER = r"\p{Cyrillic}\p{Greek}\p{Hebrew}\p{Arabic}\p{Thai}"
_MIXED = regex.compile(rf"\p{{Latin}}[{_OTHER}]|[{_OTHER}]\p{{Latin}}")
_OTHER_WORD = regex.compile(rf"[{_OTHER}]+")
_SIGN_IN_WORD = regex.compile(r"(?<=\p{L})[^\p{L}\p{M}\p{Nd}\s\x00-\x7f\xad’‘“”„·–—-](?=\p{L})")
_SIGN_BEFORE_WORD = regex.compile(r"(?<![\p{L}\p{Nd}])[¤¥¦§¨©ª¬®¯±²³´¶¸¹º¼½¾](?=\p{Ll}\p{L})")
_CAPITAL_IN_WORD = regex.compile(r"(?<=\p{Ll})[^\P{Lu}A-Z](?=\p{Ll}|\s)|(?<=\p{Ll}{2})[^\P{Lu}A-Z]")
_NO_CHARACTER = regex.compile(r"[\x80-\x84\x86-\x9f\p{Cn}\p{Co}\p{Cs}]")


def guess(data: bytes) -> str:
    """Return the name of the codec that a text was most likely written with.

    Args:
        data: A text in an encoding that extends ASCII, but is not UTF-8.
    """
    sample = _sample(data)
    family = _japanese(sample) or _best(sample)
    return next((codec for codec in family if _breaks(data, codec) == 0), family[-1])


def _sample(data: bytes) -> bytes:
    """Return the beginning of what is around the bytes beyond ASCII."""
    parts: list[bytes] = []
    size = end = 0
    for match in _BEYOND_ASCII.finditer(data):
        start = max(end, match.start() - _CONTEXT)
        if start > end:
            parts.append(b"\n")
        end = min(len(data), match.end() + _CONTEXT)
        parts.append(data[start:end])
        size += end - start
        if size > _SAMPLE:
            break
    return b"".join(parts)[:_SAMPLE]


def _japanese(sample: bytes) -> tuple[str, ...] | None:
    """Return the family in which a good part of the text are the syllables of Japanese, which no other text gives."""
    for family in _FAMILIES[:2]:
        text = sample.decode(family[-1], "surrogateescape")
        beyond = sum(not character.isascii() for character in text)
        broken = _breaks(sample, family[-1])
        if len(_KANA.findall(text)) > _KANA_SHARE * beyond and broken * _UNBROKEN <= beyond:
            return family
    return None


def _best(sample: bytes) -> tuple[str, ...]:
    beyond = sum(len(match[0]) for match in _BEYOND_ASCII.finditer(sample))
    scores: dict[tuple[str, ...], float] = {(_WESTERN,): 0.0}
    for codec, confidence in _candidates(sample):
        family = next((names for names in _FAMILIES if codec in names), (codec,))
        text = sample.decode(codec, "surrogateescape")
        score = confidence * _plausibility(text, beyond) * _PRIORS.get(codec, 1.0)
        scores[family] = max(score, scores.get(family, 0.0))
    return max(scores, key=scores.__getitem__)


def _candidates(sample: bytes) -> Iterator[tuple[str, float]]:
    """Yield codecs with chardet's confidence.

    To chardet, a text with a broken byte cannot have two bytes a character, and capitals alone are rare letters. In KOI8-R they
    are the small letters of Windows-1251.
    """
    yield from _detected(sample, [*_ONE_BYTE, *_TWO_BYTES])
    for codec in _ONE_BYTE:
        text = sample.decode(codec, "ignore")
        if text.isupper():
            found = _detected(text.lower().encode(codec, "ignore"), _ONE_BYTE)
            yield from (each for each in found if each[0] == codecs.lookup(codec).name)
    for family in _FAMILIES:
        codec, broken = family[-1], _breaks(sample, family[-1])
        text = sample.decode(codec, "ignore")
        if 0 < broken * _UNBROKEN <= sum(not character.isascii() for character in text):
            found = _detected(text.encode(codec, "ignore"), [*_ONE_BYTE, *_TWO_BYTES])
            yield from (each for each in found if each[0] in family)


def _detected(sample: bytes, encodings: list[str]) -> Iterator[tuple[str, float]]:
    import chardet

    for each in chardet.detect_all(
        sample, include_encodings=encodings, ignore_threshold=True, max_bytes=max(1, len(sample))
    ):
        if each["encoding"]:
            codec = codecs.lookup(each["encoding"]).name
            yield _EXTENDED.get(codec, codec), each["confidence"]


def _breaks(data: bytes, codec: str) -> int:
    """Return how many bytes a codec cannot decode."""
    return sum("\ud800" <= character <= "\udfff" for character in data.decode(codec, "surrogateescape"))


def _plausibility(text: str, beyond: int) -> float:
    """Return a factor from 0 to 1: how few of the bytes beyond ASCII became what does not occur in words."""
    faults = 2 * len(_MIXED.findall(text)) + 2 * len(_NO_CHARACTER.findall(text))
    faults += len(_SIGN_IN_WORD.findall(text)) + len(_SIGN_BEFORE_WORD.findall(text))
    faults += len(_CAPITAL_IN_WORD.findall(text))
    words = _OTHER_WORD.findall(text)
    if max(map(len, words), default=2) < 2:
        # Another alphabet has words of more than one letter.
        faults += len(words)
    return float(max(0.0, 1 - faults / max(1, beyond)) ** 2)
