"""What in the text of a file looks as if it had been extracted wrongly: named as a warning, by page where there are pages.

All of it is decided by shape, whatever the format: signs that no text has, words that run together or fall apart, letters that
make no words, lines in the wrong order. Scripts without spaces (Chinese, Japanese, Thai) are judged by the first alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from unicodedata import normalize

import regex

from citewell.corpus.reading.assembling import Assembled
from citewell.corpus.reading.extract import Extract
from citewell.document import Block
from citewell.text.lists import languages_of, words_of

_REPLACED = "\ufffd"
_CONTROL = regex.compile(r"[\p{Cc}--[\t\n\r\f\v]]", regex.V1)
_PRIVATE = regex.compile(r"\p{Co}")
# Scripts with spaces between words; of Korean and the scripts of India, one letter can be a word.
_SPACED = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Georgian}\p{Hebrew}\p{Arabic}"
_WORD = regex.compile(rf"[{_SPACED}][{_SPACED}\p{{M}}]*")
# Letters of a word that fell apart follow one another; a formula, a number ("6.5e-01") and a code ("\\u0930") have single ones.
_SPELT = regex.compile(rf"(?<!\S)[{_SPACED}]\p{{M}}*(?:\s+[{_SPACED}]\p{{M}}*(?!\S))+")
_LETTER = regex.compile(r"\p{L}")
_SMALL_START = regex.compile(r"\p{Ll}{2}")
_END = regex.compile(r"[\p{P}\p{S}][\p{P}\p{S}\s]*$")
_CUT = regex.compile(r"\p{Ll}{2}[-\u00ad\u2010]\s+\p{Ll}{2}")
# Letters of Latin, Greek and Cyrillic that make syllables, with all accents; of other scripts, vowels are not written.
_VOWEL = regex.compile(r"[aeiouyæœøıαεηιουωаеиоуыэюяіїєё]", regex.IGNORECASE)
# Not those of an address, a path or a code.
_PLAIN = regex.compile(
    r"(?<![\p{L}\p{N}_./@\\-])[\p{Latin}\p{Greek}\p{Cyrillic}]{4,}(?![\p{L}\p{N}_/@\\]|[.-][\p{L}\p{N}])"
)
# A page with fewer is hardly text, and a judgement needs as many words.
_FEW_LETTERS = 60
_FEW_WORDS = 40
_MANY_LETTERS = 200
# Longer words are rare in any language (German, Finnish); an address or a name of code has other signs in it.
_LONGEST_WORD = 40
_GLUED = 0.2
_SINGLE = 0.5
_MUTE = 0.06
_KNOWN = 0.1
# Of two letters, wrong ones make a word too often.
_LEAST_KNOWN = 3
_LISTS = "function_words"
_PRIVATE_SHARE = 0.01
# One in so many characters.
_REPLACED_SHARE = 2_000
_CUT_SHARE = 0.02
_FEW_CUTS = 5
_LONG_BLOCK = 40
_FEW_BLOCKS = 8
_SHOWN = 5


@dataclass(frozen=True)
class _Part:
    """A page, or a whole document: its text, and its paragraphs and items alone. Tables and code are no language.

    ``paragraphs`` are those that are no items, which may begin in any way.
    """

    text: str
    blocks: Sequence[str]
    paragraphs: Sequence[str]
    page: int | None = None

    @cached_property
    def prose(self) -> str:
        return "\n".join(self.blocks)

    @cached_property
    def words(self) -> list[str]:
        return [match[0] for match in _WORD.finditer(self.prose)]


def suspicions(extract: Extract, found: Assembled) -> list[str]:
    """Return what looks wrong in the text of a file, in words; nothing that its reader has already said.

    Args:
        extract: What its reader gave.
        found: What became of it.
    """
    whole, pages = _parts(found)
    checks = list(_CHECKS)
    if not any(_REPLACED in each for each in extract.warnings):
        checks.append((_has_replaced, _MISSING))
    if extract.text is None:
        # Otherwise the file itself is shown, in its own order, and its control characters were named when it was decoded.
        checks.append((_is_out_of_order, _OUT_OF_ORDER))
    said = [_said(fault, check, whole, pages) for check, fault in checks]
    return [each for each in (*said, _controls(extract), _empty(pages)) if each]


def _said(fault: str, check: Callable[[_Part], bool], whole: _Part, pages: Sequence[_Part]) -> str:
    if len(pages) < 2:
        return fault if check(whole) else ""
    there = [each.page for each in pages if check(each)]
    if check(whole) or len(there) == len(pages):
        return fault
    return f"{fault} ({_listed(there)})" if there else ""


def _listed(pages: Sequence[int | None]) -> str:
    shown = ", ".join(str(each) for each in pages[:_SHOWN])
    more = f" and {len(pages) - _SHOWN:,} more" if len(pages) > _SHOWN else ""
    return f"page{'s' if len(pages) > 1 else ''} {shown}{more}"


def _parts(found: Assembled) -> tuple[_Part, list[_Part]]:
    """Return a document as a whole, and by its pages."""
    blocks = [block for section in found.sections for block in section.blocks if block.kind != "verbatim"]
    starts = [each for each in found.locations if each.location.kind == "page"]
    pages, at = [], 0
    for nth, place in enumerate(starts, 1):
        end = starts[nth].start if nth < len(starts) else len(found.text)
        first = at
        while at < len(blocks) and blocks[at].span.start < end:
            at += 1
        pages.append(_part(found.text, place.start, end, blocks[first:at], place.location.page))
    return _part(found.text, 0, len(found.text), blocks, None), pages


def _part(text: str, start: int, end: int, blocks: Sequence[Block], page: int | None) -> _Part:
    paragraphs = [block.span.of(text) for block in blocks if block.kind == "prose"]
    return _Part(text[start:end], [block.span.of(text) for block in blocks], paragraphs, page)


def _has_replaced(part: _Part) -> bool:
    """Return whether characters are missing; a text about characters has one or two."""
    return part.text.count(_REPLACED) * _REPLACED_SHARE >= max(1, len(part.text))


def _has_private(part: _Part) -> bool:
    """Return whether many characters are those of one font alone. A few are bullets and logos."""
    private = len(_PRIVATE.findall(part.text))
    return private >= _FEW_CUTS and private >= _PRIVATE_SHARE * len(part.text)


def _is_glued(part: _Part) -> bool:
    letters = sum(map(len, part.words))
    glued = sum(len(word) for word in part.words if len(word) > _LONGEST_WORD)
    return letters >= _MANY_LETTERS and glued >= _GLUED * letters


def _is_spelt(part: _Part) -> bool:
    single = sum(len(run.split()) for run in _SPELT.findall(part.prose))
    return len(part.words) >= _FEW_WORDS and single >= _SINGLE * len(part.words)


def _is_mute(part: _Part) -> bool:
    """Return whether many words have no vowel, and few are the function words of any language.

    Names of files and people, and the ends of checksums, have no vowel either. Words in capitals are often abbreviations; they
    count if most are.
    """
    words = _PLAIN.findall(part.prose)
    small = [word for word in words if not word.isupper()]
    counted = {word.lower() for word in (small if 2 * len(small) > len(words) else words)}
    mute = sum(not _VOWEL.search(_bare(word)) for word in counted)
    if len(counted) < _FEW_WORDS or mute < _MUTE * len(counted):
        return False
    long = [word for word in part.words if len(word) >= _LEAST_KNOWN]
    known = sum(word.lower() in _function_words() for word in long)
    return known < _KNOWN * len(long)


@cache
def _function_words() -> frozenset[str]:
    return frozenset().union(*(words_of(_LISTS, language) for language in languages_of(_LISTS)))


def _bare(word: str) -> str:
    return word if word.isascii() else normalize("NFD", word)


def _is_out_of_order(part: _Part) -> bool:
    """Return whether many words are cut, or many paragraphs begin with a small letter where the one before has no end."""
    cuts = len(_CUT.findall(part.prose))
    if cuts >= _FEW_CUTS and cuts >= _CUT_SHARE * len(part.words):
        return True
    long = [block for block in part.paragraphs if len(block) >= _LONG_BLOCK]
    torn = sum(bool(_SMALL_START.match(after)) and not _END.search(before) for before, after in pairwise(long))
    return len(long) >= _FEW_BLOCKS and 2 * torn >= len(long)


def _controls(extract: Extract) -> str:
    if extract.text is not None:
        return ""
    count = sum(len(_CONTROL.findall(piece)) for block in extract.blocks for piece in block.pieces)
    return f"{count:,} control character{'s' if count > 1 else ''} left out" if count else ""


def _empty(pages: Sequence[_Part]) -> str:
    """Say which pages have hardly any text, if they are most of them: a title page has little, too."""
    few = [each.page for each in pages if len(_letters(each)) < _FEW_LETTERS]
    return f"most pages have hardly any text ({_listed(few)})" if len(few) > max(1, len(pages) / 2) else ""


def _letters(part: _Part) -> list[str]:
    return _LETTER.findall(part.text)


_MISSING = "characters are missing: the file does not say which they are"
_OUT_OF_ORDER = "sentences may be out of order: many lines begin or end in the middle of one"
_CHECKS: tuple[tuple[Callable[[_Part], bool], str], ...] = (
    (_has_private, "many characters are signs of one font, which have no meaning without it"),
    (_is_glued, "words run together: spaces are missing"),
    (_is_spelt, "most words are single letters: there may be spaces inside words"),
    (_is_mute, "many words have no vowel: the letters may be wrong"),
)
