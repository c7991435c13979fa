"""The passages that may have a phrase: those with its words, near each other first; whether they have it, their text tells.

The index has words as they are matched, stemmed and without function words, so it has more passages for a phrase than have it,
but none fewer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from citewell.text.phrases import Phrase
from citewell.text.terms import Term, analyse
from citewell.text.words import Kind

# A long phrase is as rare by its first words.
_MOST_WORDS = 24


@dataclass(frozen=True, slots=True)
class Required:
    """The words that a passage must have: of each, any of its ``forms``.

    One that has all words of any of ``near`` side by side scores more than any that has them far apart.
    """

    forms: tuple[tuple[str, ...], ...]
    near: tuple[tuple[str, ...], ...] = ()


def may_have(phrase: Phrase, languages: Collection[str]) -> Required | None:
    """Return what passages require that may have a phrase, or None if it has no word that the index has.

    Args:
        phrase: The phrase.
        languages: The languages in which documents were analysed.
    """
    # A name has a form of its own, which a phrase in other letters must not ask for.
    text = phrase.text.lower()
    readings = [analyse(text, language)[:_MOST_WORDS] for language in languages]
    forms = _forms(readings)
    near = dict.fromkeys(tuple(each.text for each in terms) for terms in readings if len(terms) > 1)
    return Required(tuple(forms), tuple(near)) if forms else None


def _forms(readings: list[list[Term]]) -> list[tuple[str, ...]]:
    """Return the forms of each word that documents of every language have."""
    places: dict[tuple[int, int], dict[str, None]] = {}
    counts: dict[tuple[int, int], int] = {}
    for terms in readings:
        for each in terms:
            # Signs of a script without spaces may be parted at the end of a line.
            pieces = each.kind is Kind.PIECE and each.parts
            for nth, forms in enumerate([(part,) for part in each.parts] if pieces else [(each.text, *each.parts)]):
                at = (each.span.start, nth)
                places.setdefault(at, {}).update(dict.fromkeys(forms))
                counts[at] = counts.get(at, 0) + 1
    return list(dict.fromkeys(tuple(forms) for at, forms in places.items() if counts[at] == len(readings)))
