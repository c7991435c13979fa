"""Terms: the form in which the words of a text are matched, in its language.

Function words are left out, words are stemmed (Snowball; Porter, 2001, https://snowballstem.org) and folded: case and accents
do not count, nor whether Chinese is traditional or simplified. A word keeps its place in the text, so that what is matched can
be shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import regex
import Stemmer

from citewell.document import Span
from citewell.text.capitals import Case, Cases
from citewell.text.han import simplified
from citewell.text.language import detect, function_words, latin_letters
from citewell.text.plain_form import PlainForm
from citewell.text.words import SPACELESS, Kind, Word, words

# Texts that do not tell their language, such as lists of names.
DEFAULT_LANGUAGE = "en"
_LONGEST_WORD = 64
# So many characters are a question, as far as it pays to remember its words; so many of them are remembered.
_QUESTION = 500
_REMEMBERED = 64
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_DECIMAL_POINT = {"en", "zh", "ja", "ko", "th", "he", "hi", "ne", "ta", "ga"}
# Languages that write a pronoun of address or every noun with a capital.
CAPITALS_SAY_LITTLE = frozenset({"de"})
# Short words before an apostrophe are articles and pronouns there ("l'école", "dell'arte").
_ELIDING = {"fr", "it", "ca"}
_APOSTROPHES = "'’ʼ"
_APOSTROPHE = regex.compile(f"[{_APOSTROPHES}]")
_LONGEST_ELIDED = 5
_LONGEST_CLITIC = 2
# Letters that have no accent to drop, but are typed without one.
_ALIKE = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ħ": "h"}
)
# The accents of these scripts may be left out; those of others are letters of their own.
_ACCENTED = regex.compile(r"[\p{Latin}\p{Greek}\p{Arabic}\p{Hebrew}]\p{M}+|[\p{Cyrillic}][\u0300\u0301]", regex.V1)
_LATIN = regex.compile(r"\p{Latin}")
_HAN = regex.compile(r"\p{Han}")
_SPACELESS = regex.compile(f"[{SPACELESS}]")
SPACELESS_LANGUAGES = ("zh", "ja", "ko", "th")


class Term(NamedTuple):
    """A word as it is matched.

    ``text`` is its form; ``parts`` are those of the words that it is made of, if there are several, matched as well. At their
    end are those of ``also``: how else it may be asked for. ``span`` is its place in the text, ``word`` the word itself,
    ``kind`` and ``case`` how it is written.
    """

    text: str
    parts: tuple[str, ...]
    span: Span
    word: str
    kind: Kind
    case: Case
    also: tuple[str, ...] = ()

    @property
    def own_parts(self) -> tuple[str, ...]:
        """The parts that it is made of."""
        return self.parts[: len(self.parts) - len(self.also)]


def analyse(text: str, language: str | None, start: int = 0) -> list[Term]:
    """Return the terms of a text, in order.

    Args:
        text: The text.
        language: Its language (ISO 639-1); None is one that is not known.
        start: Where it stands in its document, in whose code points places are given.
    """
    language = language or DEFAULT_LANGUAGE
    plain, found, cases = _read(text, start, decimal_comma=language not in _DECIMAL_POINT)
    cut = {match.start() for match in _APOSTROPHE.finditer(plain.text)}
    terms = []
    for nth, word in enumerate(found):
        if word.text.islower() and word.kind is Kind.WORD and not word.parts:
            # Nearly all words of a text are like this.
            case, form = Case.SMALL, _small(word.text, language)
            if form is not None and (word.end in cut or word.start - 1 in cut):
                form = None if _is_clitic(plain.text, word, language) else form
        else:
            case = cases.of(nth, language)
            form = _form(plain.text, word, case, language)
        if form is not None:
            parts = (*_parts(word, language), *word.also) if word.parts or word.also else ()
            place = plain.place(word.start, word.end)
            terms.append(Term(form, parts, place, word.text, word.kind, case, word.also))
    return terms


def _read(text: str, start: int = 0, *, decimal_comma: bool) -> tuple[PlainForm, Sequence[Word], Cases]:
    """Return the normalised form of a text, its words, and how they are written."""
    # A question is read several times: for each language, and for what it is.
    return (_read_question if len(text) <= _QUESTION else _read_text)(text, start, decimal_comma=decimal_comma)


def _read_text(text: str, start: int, *, decimal_comma: bool) -> tuple[PlainForm, Sequence[Word], Cases]:
    plain = PlainForm(text, start)
    found = tuple(words(plain.text, decimal_comma=decimal_comma))
    return plain, found, Cases(plain.text, found)


_read_question = lru_cache(maxsize=_REMEMBERED)(_read_text)


@lru_cache(maxsize=1 << 17)
def _small(word: str, language: str) -> str | None:
    """Return the form of a word in small letters; None if it is a function word or too long."""
    if len(word) > _LONGEST_WORD or word in function_words(language):
        return None
    return _stem(word, language)


def terms_of(text: str, language: str | None = None) -> list[str]:
    """Return the distinct forms of the words of a text, in order."""
    return list(dict.fromkeys(term.text for term in analyse(text, language)))


def forms_of(terms: Iterable[Term]) -> frozenset[str]:
    """Return every form of some terms, those of their parts included."""
    return frozenset(form for term in terms for form in (term.text, *term.parts))


@lru_cache(maxsize=_REMEMBERED)
def is_keywords(text: str, language: str | None = None) -> bool:
    """Return whether a text consists of keywords only, without function words."""
    language = language or DEFAULT_LANGUAGE
    plain, found, cases = _read(text, decimal_comma=False)
    return bool(found) and all(
        _form(plain.text, word, cases.of(nth, language), language) for nth, word in enumerate(found)
    )


def function_pieces(text: str, spans: Sequence[Span], languages: Collection[str]) -> set[Span]:
    """Return which pairs of characters of a text consist of function words, in scripts without spaces.

    All of a text's pairs are never meant: then they are its subject.
    """
    found = set() if text.isascii() else {span for span in spans if _SPACELESS.match(text, span.start)}
    if not found:
        return set()
    pattern = _function_pattern(frozenset({*languages, *SPACELESS_LANGUAGES}))
    asked = simplified(text, detect(text) or DEFAULT_LANGUAGE)
    taken = {place for match in pattern.finditer(asked) for place in range(*match.span())}
    dropped = {span for span in found if any(place in taken for place in range(span.start, span.end))}
    return dropped if dropped < set(spans) else set()


def split_at_function_words(run: str) -> list[str]:
    """Return the parts of a run of characters between function words, in a script without spaces."""
    return [part for part in _function_pattern(frozenset(SPACELESS_LANGUAGES)).split(run) if part]


@cache
def _function_pattern(languages: frozenset[str]) -> regex.Pattern[str]:
    """Return the pattern of the function words of some languages, the longest first."""
    stops = {word for language in languages for word in function_words(language)}
    return regex.compile("|".join(map(regex.escape, sorted(stops, key=len, reverse=True))))


def stem(word: str, language: str) -> str:
    """Return the form of one word, without regard to function words and capitals."""
    return _stem(word, language)


def is_stemmed(language: str | None) -> bool:
    """Return whether the words of a language lose their endings."""
    return (language or DEFAULT_LANGUAGE) in _STEMMERS


def _form(text: str, word: Word, case: Case, language: str) -> str | None:
    """Return the form of a word, or None if it is a function word or too long."""
    if word.end - word.start > _LONGEST_WORD:
        return None
    if word.kind is Kind.PIECE:
        return simplified(fold(word.text.lower()), language)
    if word.kind is not Kind.WORD:
        return fold(word.text.lower())
    small = _lower(word.text, language)
    if _is_clitic(text, word, language):
        return None
    if small in function_words(language):
        named = case is Case.CAPITALS or (case is Case.NAME and language not in CAPITALS_SAY_LITTLE and len(small) > 1)
        return fold(small) if named else None
    return _stem(small, language)


def _parts(word: Word, language: str) -> tuple[str, ...]:
    if word.kind is Kind.PIECE:
        return tuple(simplified(part, language) for part in word.parts if _HAN.match(part))
    stops = function_words(language)
    small = [(part, _lower(part, language)) for part in word.parts]
    forms = (_stem(low, language) if part.isalpha() else fold(low) for part, low in small if low not in stops)
    return tuple(form for form in forms if len(form) > 1 or word.kind is not Kind.WORD)


def _is_clitic(text: str, word: Word, language: str) -> bool:
    """Return whether a word is what an apostrophe has cut off: the end of "it's", the start of "l'école"."""
    length = word.end - word.start
    if length <= _LONGEST_CLITIC and word.start and text[word.start - 1] in _APOSTROPHES and language not in _ELIDING:
        return word.start > 1 and text[word.start - 2].isalpha()
    follows = text[word.end : word.end + 3]
    if len(follows) < 2 or follows[0] not in _APOSTROPHES or not follows[1].isalpha():
        return False
    if language in _ELIDING:
        return length <= _LONGEST_ELIDED
    return language == "en" and follows[1] == "t" and not follows[2:].isalpha()


def _lower(word: str, language: str) -> str:
    if language == "tr":
        word = word.replace("I", "ı").replace("İ", "i")
    return word.lower()


@lru_cache(maxsize=1 << 17)
def _stem(word: str, language: str) -> str:
    stemmer = _stemmer(language)
    return fold(stemmer.stemWord(_without_foreign_accents(word, language)) if stemmer else word)


def _without_foreign_accents(word: str, language: str) -> str:
    """Return a word without the accents that its language does not have: its stemmer takes such letters for consonants."""
    letters = latin_letters(language)
    if word.isascii() or letters is None:
        return word
    return "".join(sign if sign in letters or not _LATIN.match(sign) else fold(sign) for sign in word)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


def fold(word: str) -> str:
    """Return a word without its accents, where a reader may leave them out."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    bare = _ACCENTED.sub(lambda match: match.group()[0], apart)
    return unicodedata.normalize("NFC", bare).translate(_ALIKE)
