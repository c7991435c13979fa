"""Compounds: what is asked of a "Beitrag" is said of the "Mitgliedsbeitrag".

A word that no document has is found in longer ones that end with it, because those are kinds of it; not the other way round. It
is so in languages that write every noun with a capital: a longer word that is never written small is a noun, too. Names
are no such words: a "Johansen" is no "Hansen".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from citewell.encoder.encoding import Encoder
from citewell.index.storage import Snapshot
from citewell.index.weights import OtherName, TermWeights, Weighted
from citewell.search.names import looks_like_a_name, looks_like_a_noun
from citewell.text.language import detect
from citewell.text.terms import CAPITALS_SAY_LITTLE, stem
from citewell.text.vocabulary import SHORTEST
from citewell.text.words import Kind

# Of a longer word, what is before the asked one; shorter ones are mostly no words.
_SHORTEST_FIRST = 3
_MOST = 16


def with_compounds(text: str, weights: TermWeights, snapshot: Snapshot, encoder: Encoder) -> TermWeights:
    """Return the concepts of a text, those that no document has with the longer words of the documents that end with them.

    Args:
        text: The text.
        weights: Its concepts.
        snapshot: The snapshot.
        encoder: The encoder of the snapshot.
    """
    unknown = [each for each in weights.concepts if not each.is_found and _may_be_a_noun(each)]
    if not unknown:
        return weights
    languages = CAPITALS_SAY_LITTLE.intersection(snapshot.languages)
    asked = detect(text) if languages else None
    if not languages or (asked and asked not in languages):
        return weights
    compounds = {
        each: found
        for each in unknown
        if (found := tuple(islice(_compounds(each, sorted(languages), snapshot), _MOST)))
        and _is_a_noun(each.concept.word, snapshot, encoder)
    }
    return replace(weights, concepts=tuple(each.widened(compounds.get(each, ())) for each in weights.concepts))


def _is_a_noun(word: str, snapshot: Snapshot, encoder: Encoder) -> bool:
    return (word[0].isupper() and looks_like_a_noun(word, snapshot, encoder)) or not looks_like_a_name(word, encoder)


def _may_be_a_noun(weighted: Weighted) -> bool:
    word = weighted.concept.word
    return weighted.concept.kind is Kind.WORD and word.isalpha() and len(word) >= SHORTEST and not word.isupper()


def _compounds(weighted: Weighted, languages: list[str], snapshot: Snapshot) -> Iterator[OtherName]:
    """Yield the nouns of the documents that end with a word, in any inflection."""
    word = weighted.concept.word.lower()
    for longer in snapshot.catalogue.vocabulary.names_with(word[:SHORTEST], _SHORTEST_FIRST):
        for language in languages:
            end, form = stem(word, language), stem(longer, language)
            found = form.endswith(end) and len(form) - len(end) >= _SHORTEST_FIRST
            name = snapshot.other_name(longer, ((form,),)) if found else None
            if name:
                yield name
