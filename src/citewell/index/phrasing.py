"""The passages that may have a phrase: those with its words, near each other first; whether they have it, their text tells.

The index has words as they are matched, stemmed and without function words, so it has more passages for a phrase than have it,
but none fewer.
"""

from __future__ import annotations

from collections.abc import Collection

import tantivy
from tantivy import Occur, Query

from citewell.index.lexical_queries import term
from citewell.index.postings import FORMS, PARTS, schema
from citewell.text.phrases import Phrase
from citewell.text.terms import Term, analyse
from citewell.text.words import Kind

# More than any passage scores for words that stand apart.
_NEAR = 1e4
# Words between those of a phrase that the index does not have as words of their own.
_SLOP = 2
# A long phrase is as rare by its first words.
_MOST_WORDS = 24


def may_have(phrase: Phrase, languages: Collection[str]) -> tantivy.Query | None:
    """Return a query for the passages that may have a phrase, or None if it has no word that the index has.

    Args:
        phrase: The phrase.
        languages: The languages in which documents were analysed.
    """
    # A name has a form of its own, which a phrase in other letters must not ask for.
    text = phrase.text.lower()
    readings = [analyse(text, language)[:_MOST_WORDS] for language in languages]
    required = [_any_form(forms) for forms in _forms(readings)]
    if not required:
        return None
    near = [_near([each.text for each in terms]) for terms in readings if len(terms) > 1]
    return Query.boolean_query([*((Occur.Must, each) for each in required), *((Occur.Should, each) for each in near)])


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


def _any_form(forms: Collection[str]) -> tantivy.Query:
    either = [(Occur.Should, term(field, form)) for form in forms for field in (FORMS, PARTS)]
    return Query.const_score_query(Query.boolean_query(either), 0.0)


def _near(words: list[str]) -> tantivy.Query:
    return Query.const_score_query(Query.phrase_query(schema(), FORMS, list(words), _SLOP), _NEAR)
