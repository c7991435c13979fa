"""Whether a word is a name where its capitals do not tell, as far as the encoder knows it.

People type "how many cars does the carla carry", and German has capitals for every noun. A linear classifier (ridge regression)
on the vectors of a few names and of a few other words tells them apart; it needs no list of names, and works in the languages
of the encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from citewell.encoder.encoding import Encoder, Vectors
from citewell.index.storage import Snapshot
from citewell.index.weights import TermWeights, Weighted
from citewell.search.bundled_vectors import remembered
from citewell.text.capitals import Case
from citewell.text.language import detect
from citewell.text.terms import CAPITALS_SAY_LITTLE

# People, places, ships, firms and brands of several countries; and words of all kinds that are no names.
_NAMES = (
    "anna peter maria john olga hassan yuki pierre ingrid carlos smith müller rossi kowalski tanaka novak johansen garcia "
    "lopez ivanov paris norway boston nile sahara toyota nokia titanic bismarck victoria"
)
_OTHERS = (
    "table house price doctor water garden carry repair strong quickly machine letter animal colour money summer travel "
    "contract engine bread window question begin teach forest salary visit light answer ticket storage heavy cheap open lose "
    "medicine holiday report manager vessel"
)
# The same with capitals, as German has them: names against nouns, many of them of two words.
_WITH_CAPITALS = (
    "Anna Peter Maria John Olga Hassan Yuki Pierre Ingrid Carlos Smith Müller Rossi Kowalski Tanaka Novak Johansen Garcia "
    "Lopez Ivanov Paris Norwegen Boston Nil Sahara Toyota Nokia Titanic Bismarck Victoria Schmidt Krüger Lindner Weber Becker "
    "Köln Dresden Rhein Bosch Astrid Jonas Heike"
)
_NOUNS = (
    "Tisch Haus Preis Arzt Wasser Garten Maschine Brief Tier Geld Sommer Reise Vertrag Motor Brot Fenster Frage Wald Gehalt "
    "Besuch Licht Antwort Karte Lager Urlaub Bericht Leiter Schiff Straße Leute Gruppe Lehrer Nachbar Mitarbeiterin Kunde "
    "Vorsitzender Rechnung Versicherung Öffnungszeit Kündigungsfrist Arbeitsplatz Telefonnummer Haltestelle Fahrkarte "
    "Schwimmbecken Küchengerät Untersuchung Zusammenfassung Abteilung Gebäude Geschwindigkeit Anmeldeschluss Durchmesser "
    "Werkzeug Schulden Möglichkeit Bezahlung Besprechung Jahreszeit Treppenhaus"
)
_RIDGE = 1.0
# Between -1 (no name) and 1. Between the highest of 22 other words (0.25) and the lowest of 13 common names (0.29) that are not
# among those above.
_NAME = 0.28
# With capitals, 38 of 40 names that are not among those above reach it, and 4 of 60 nouns.
_NO_NOUN = 0.18


class _Kind(NamedTuple):
    """What tells names from other words; ``key`` is that of their vectors."""

    key: str
    names: str
    others: str


_SMALL = _Kind("names", _NAMES, _OTHERS)
_CAPITALS = _Kind("nouns", _WITH_CAPITALS, _NOUNS)

_Score = Callable[[npt.NDArray[np.float32]], float]
_scores: WeakKeyDictionary[Encoder, dict[str, _Score]] = WeakKeyDictionary()


def looks_like_a_name(word: str, encoder: Encoder) -> bool:
    """Return whether a word is probably a name, whatever its capitals."""
    return _score(word, encoder, _SMALL) >= _NAME


def looks_like_no_name(word: str, encoder: Encoder) -> bool:
    """Return whether a word is rather none than a name; some are neither."""
    return _score(word, encoder, _SMALL) < 0


def looks_like_a_noun(word: str, snapshot: Snapshot, encoder: Encoder) -> bool:
    """Return whether a word with a capital is rather a noun than a name.

    False with an encoder that does not bring languages together: one of English hardly tells German names from nouns.
    """
    return snapshot.manifest.calibration.across is not None and _score(word, encoder, _CAPITALS) < _NO_NOUN


def without_nouns_as_names(
    weights: TermWeights, question: str, snapshot: Snapshot, encoder: Encoder, among: Callable[[Weighted], bool]
) -> TermWeights:
    """Return the concepts of a question, of which nouns are no names in a language that writes each with a capital.

    Args:
        weights: The concepts.
        question: The question.
        snapshot: The snapshot that is searched.
        encoder: Its encoder.
        among: Returns whether it has to be known of a concept; that costs an encoding.
    """
    if detect(question) not in CAPITALS_SAY_LITTLE:
        return weights

    def plain(weighted: Weighted) -> Weighted:
        concept = weighted.concept
        is_noun = concept.case is Case.NAME and among(weighted) and looks_like_a_noun(concept.word, snapshot, encoder)
        return weighted._replace(concept=concept._replace(case=Case.FIRST)) if is_noun else weighted

    return replace(weights, concepts=tuple(map(plain, weights.concepts)))


def _score(word: str, encoder: Encoder, kind: _Kind) -> float:
    known = _scores.setdefault(encoder, {})
    if kind.key not in known:
        known[kind.key] = _fit(encoder, kind)
    return known[kind.key](encoder.encode_query(word))


def _fit(encoder: Encoder, kind: _Kind) -> _Score:
    names, others = kind.names.split(), kind.others.split()

    def encode(words: Sequence[str]) -> Vectors:
        # With what documents are encoded with, a server would need half as much memory again.
        return np.stack([encoder.encode_query(word, *words) for word in words])

    vectors = remembered(encoder, kind.key, (*names, *others), encode)
    targets = np.repeat([1.0, -1.0], [len(names), len(others)])
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    slope = np.linalg.solve(centred.T @ centred + _RIDGE * np.eye(centred.shape[1]), centred.T @ targets)
    return lambda vector: float((vector - mean) @ slope)
