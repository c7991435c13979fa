"""A question that a sentence answers, in its own words: "A relief valve is a valve that ..." makes "What is a relief valve?".

Each language has a file of forms (``question_forms``): how a sentence goes on after its subject, and the question that this
answers. A form is only there if its question is right whatever the words are, and an unclear subject makes no question, so most
sentences make none. There is no language model and no parser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import regex

from citewell.text.language import function_words
from citewell.text.lists import groups_of, phrases
from citewell.text.terms import SPACELESS_LANGUAGES

# A longer sentence says more than what would be asked of it.
_LONGEST_SENTENCE = 240
_MOST_WORDS = 7
# Of a subject in a script without spaces.
_MOST_CHARACTERS = 16
_SLOT = regex.compile(r"(?<!\\p)\{([a-z]+)(?::((?:\\p\{\w+\}|\{[\d,]+\}|[^{}])+))?\}")
# Links, emphasis and code of Markdown; what they say stays.
_LINK = regex.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)")
_SIGNS = regex.compile(r"[*`]+|\b__|__\b")
# A subject, and what may explain it in a parenthesis.
_SUBJECT = regex.compile(
    r"([^\s\p{P}\p{S}][^\n.,;:!?()（）。，、：；？！\[\]{}|<>=/\\\"“”„«»《》「」『』…—–@#]{0,80}?)"
    r"(?:\s?[(（][^()（）]{0,60}[)）])?"
)
_NUMBER = r"(?:(?:[€$£¥]|EUR|USD|CHF)\s?)?\d[\d.,  ]*(?![\d/:-])"
_YEAR = r"(?:1[1-9]|20)\d\d"
_DAY = rf"(?:[\p{{L}}\d.]{{1,12}},?\s(?:de\s)?){{0,3}}{_YEAR}"
# A year is not the count of what follows it.
_DATE = rf"{_DAY}(?=\s*[.,;)]|\s*$|\s\p{{Ll}}{{1,4}}\b)"
# Cut off in the text, or a part of it that is not a word.
_LOOSE = regex.compile(r"\s['’-]|['’-]\s")
_DEFINITION, _FACT, _EVENT = "definition", "facts", "events"
_WORD = regex.compile(r"[^\s'’]+")
# "l'eau": an article without a space.
_ELIDED = regex.compile(r"^(?:l|un)['’]", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of a sentence after its subject, and of the question it answers.

    A ``definition`` says what something is, and an ``event`` what happened to something once; a ``fact`` is said of either.
    """

    pattern: regex.Pattern[str]
    question: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms of a language, and its small words that say what a subject can be."""

    forms: tuple[_Form, ...]
    articles: frozenset[str]
    definite: frozenset[str]
    inside: frozenset[str]


def question_from(
    sentence: str, language: str | None, *, is_small: Callable[[str], bool | None], opens: bool = False
) -> str | None:
    """Return a question that a sentence answers, or None.

    Args:
        sentence: The sentence, unchanged.
        language: The language of its document (ISO 639-1).
        is_small: Whether a word is written without capitals elsewhere, so that it is no name; None where nothing tells.
        opens: Whether the sentence opens its paragraph, where things are defined.
    """
    known = _forms(language) if language else None
    text = _plain(sentence)
    if (
        known is None
        or language is None
        or not 0 < len(text) <= _LONGEST_SENTENCE
        or _begins_small(text, language, known)
    ):
        return None
    for form in known.forms:
        match = form.pattern.search(text) if opens or form.kind != _DEFINITION else None
        found = _SUBJECT.fullmatch(text, 0, match.start()) if match else None
        if match is None or found is None:
            continue
        written = _written(found[1], language, known, is_small, form.kind)
        if written:
            return _filled(form.question, match.groupdict() | {"subject": written})
    return None


def _filled(question: str, words: Mapping[str, str]) -> str:
    made = _SLOT.sub(lambda slot: words[slot[1]], question)
    return made[0].upper() + made[1:]


def _plain(sentence: str) -> str:
    return " ".join(_SIGNS.sub("", _LINK.sub(r"\1", sentence)).split())


def _begins_small(text: str, language: str, known: _Forms) -> bool:
    """Return whether a sentence begins with a word that is no article and no name: most do, and have no subject to ask for."""
    if _ELIDED.match(text):
        return False
    first = _WORD.match(text)
    word = first.group().lower() if first else ""
    return first is None or (word in function_words(language) and word not in known.articles)


def _written(
    subject: str, language: str, known: _Forms, is_small: Callable[[str], bool | None], kind: str
) -> str | None:
    """Return a subject as it is written inside a sentence, or None if a question about it would be unclear."""
    if language in SPACELESS_LANGUAGES:
        return None if _points_back(subject, language, known) else subject
    if not subject[0].isalpha() or subject[0].islower():
        # The rest of another sentence, or a row of a table.
        return None
    words = _WORD.findall(subject)
    elided = bool(_ELIDED.match(subject))
    first = words[0].lower()
    article = elided or first in known.articles
    own = words[1:] if article else words
    if not own or len(words) > _MOST_WORDS or not _is_whole(own, language, known) or _LOOSE.search(subject):
        return None
    if kind == _EVENT and first in known.articles - known.definite:
        return None
    telling = [word for word in own if word.lower() not in function_words(language)]
    named = any(not word.islower() for word in (telling if article else telling[1:]))
    coded = any(not word[1:].islower() and len(word) > 1 for word in telling)
    if (elided or first in known.definite) and not (named or len(telling) > 1):
        return None
    small = True if article else None if coded else is_small(words[0])
    if small is None and not (named or coded):
        return None
    if kind == _DEFINITION and not (article or coded or telling[-1].islower() or (len(telling) == 1 and small)):
        # The name of somebody: who, not what.
        return None
    return subject[0].lower() + subject[1:] if small else subject


def _points_back(subject: str, language: str, known: _Forms) -> bool:
    """Return whether a subject in a script without spaces is a clause, or only clear from what was said before."""
    small = any(word in subject for word in function_words(language))
    return small or len(subject) > _MOST_CHARACTERS or subject[0] in known.definite


def _is_whole(words: Sequence[str], language: str, known: _Forms) -> bool:
    """Return whether words are one phrase: no small word at its ends or between them that does not join nouns."""
    small = function_words(language)
    lowered = [word.lower() for word in words]
    if lowered[0] in small or lowered[-1] in small:
        return False
    for before, word in pairwise(lowered):
        if word in small and word not in known.inside and word not in known.articles:
            return False
        joined = word in known.inside or (word in known.definite and before in known.inside)
        if word in known.articles and not joined:
            return False
    return True


@cache
def _forms(language: str) -> _Forms | None:
    groups = groups_of("question_forms", language)
    if not groups:
        return None
    articles, definite, inside = (frozenset(phrases(groups[name])) for name in ("articles", "definite", "inside"))
    spaced = language not in SPACELESS_LANGUAGES or language == "ko"
    return _Forms(
        tuple(
            _form(line, kind, spaced=spaced)
            for kind in (_DEFINITION, _FACT, _EVENT)
            for line in groups[kind].splitlines()
            if line
        ),
        articles,
        definite,
        inside,
    )


def _form(line: str, kind: str, *, spaced: bool) -> _Form:
    sentence, question = line.split(" => ")
    known = {"number": _NUMBER, "day": _DAY, "date": _DATE if spaced else _YEAR}
    pattern = _SLOT.sub(lambda slot: f"(?P<{slot[1]}>{slot[2] or known[slot[1]]})", sentence.removeprefix("{subject}"))
    return _Form(regex.compile(pattern + (r"\b" if spaced and not pattern.endswith("$") else "")), question, kind)
