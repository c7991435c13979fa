"""Widening: a word of a question is also searched by the other names that the house's own words give it.

Names are matched as words are, in the languages of the documents and of the question: "PTO days" has PTO, and "annual leaves"
has annual leave. Of names that overlap, the longest counts. Another name counts less than the asked one
(``citewell.index.weights``), and only if the documents have it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from citewell.answer import Scope
from citewell.asked import Widened
from citewell.corpus.words_file import HouseWords, WordsFiles
from citewell.document import Span
from citewell.index.numbering import Stretches
from citewell.index.storage import Snapshot
from citewell.index.weights import OtherName, TermWeights
from citewell.text.concepts import Concept
from citewell.text.language import detect
from citewell.text.own_words import Rule
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse

# A question has few names, and a name few others; files that say otherwise must not slow questions.
_MOST_MATCHES = 16
_MOST_OTHERS = 16
_MOST_TRIED = 64
# What ends a name that is several words.
_BREAK = regex.compile(r"[.,;:!?\n]")


@dataclass(frozen=True, slots=True)
class Match:
    """A name in a text: its place, its terms, and the names that widen it, each with its folder."""

    span: Span
    terms: frozenset[str]
    others: tuple[tuple[str, str], ...]

    def has(self, concept: Concept) -> bool:
        """Return whether a word of the text is one of the name; in another language it has other forms."""
        inside = self.span.start <= concept.span.start and concept.span.end <= self.span.end
        return inside or bool(self.terms & set(concept.forms))


@dataclass(frozen=True, slots=True)
class Wider:
    """The concepts of a text with their other names, and which were added.

    ``text`` is the text with other names in place of the asked ones; None without any that counts everywhere.
    """

    weights: TermWeights
    added: tuple[Widened, ...] = ()
    text: str | None = None


class Names:
    """The house's own words, as they are matched in one snapshot.

    Args:
        rules: The rules.
        snapshot: The snapshot.
    """

    def __init__(self, rules: Sequence[Rule], snapshot: Snapshot) -> None:
        self._rules = rules
        self._snapshot = snapshot
        self._inside: dict[str, Stretches] = {}
        self._starts: dict[str, _Starts] = {}

    def matches(self, text: str) -> list[Match]:
        """Return the names in a text that others widen, in order; of those that overlap, the longest."""
        found: dict[Span, tuple[frozenset[str], dict[tuple[str, str], None]]] = {}
        for language in dict.fromkeys((*self._snapshot.languages, detect(text) or DEFAULT_LANGUAGE)):
            for terms, names in _found(text, analyse(text, language), self._names_in(language)):
                span = Span(terms[0].span.start, terms[-1].span.end)
                known, others = found.setdefault(span, (frozenset(), {}))
                others.update(dict.fromkeys(other for name in names for other in self._others_of(name)))
                found[span] = known | {term.text for term in terms}, others
        chosen: list[Match] = []
        for span in sorted(found, key=lambda each: (each.start - each.end, each.start)):
            if not any(span.overlaps(each.span) for each in chosen):
                known, others = found[span]
                chosen.append(Match(span, known, tuple(others)))
        return sorted(chosen, key=lambda each: each.span)[:_MOST_MATCHES]

    def widen(self, text: str, weights: TermWeights, scope: Scope, inside: Collection[Span] | None = None) -> Wider:
        """Return the concepts of a text with their other names, as far as the documents have them.

        Args:
            text: The text.
            weights: Its concepts.
            scope: The documents that are searched.
            inside: Widen only names in these parts of the text; None is all of it.
        """
        others_of: dict[int, list[OtherName]] = {}
        added: list[Widened] = []
        changes: list[tuple[Span, str]] = []
        for match in self.matches(text):
            if inside is not None and not any(part.start <= match.span.start < part.end for part in inside):
                continue
            others = self._present(match, scope)
            for nth, weighted in enumerate(weights.concepts):
                if match.has(weighted.concept):
                    others_of.setdefault(nth, []).extend(name for name, _ in others)
            word = match.span.of(text)
            added += [Widened(word=word, name=name.name, folder=folder) for name, folder in others]
            everywhere = [name for name, folder in others if not folder]
            if everywhere:
                # The encoder reads the one that most passages have.
                changes.append((match.span, min(everywhere, key=lambda each: each.rarity).name))
        concepts = tuple(
            each.widened(dict.fromkeys(others_of.get(nth, ()))) for nth, each in enumerate(weights.concepts)
        )
        reworded = _replaced(text, changes) if changes else None
        return Wider(replace(weights, concepts=concepts), tuple(dict.fromkeys(added)), reworded)

    def unknown_folders(self) -> list[str]:
        """Return the folders of rules that have no documents in the snapshot."""
        return [folder for folder in dict.fromkeys(rule.folder for rule in self._rules) if not self._passages(folder)]

    def never_found(self) -> list[str]:
        """Return the names that consist of function words in every language of the documents."""
        names = dict.fromkeys(name for rule in self._rules for name in rule.names)
        return [name for name in names if not self._sequences(name)]

    def _present(self, match: Match, scope: Scope) -> list[tuple[OtherName, str]]:
        """Return the other names of a match that the searched documents have, with their folders."""
        present: list[tuple[OtherName, str]] = []
        for name, folder in match.others[:_MOST_TRIED]:
            sequences = self._sequences(name)
            # Where the other name contains the asked one, it is found already.
            if not sequences or all(match.terms <= set(terms) for terms in sequences):
                continue
            if any(known.name.casefold() == name.casefold() and not of for known, of in present):
                continue
            passages = self._passages(folder)
            here = passages if folder else None
            found = self._snapshot.other_name(name, sequences, here) if passages else None
            if found and self._snapshot.has_name(found, scope):
                present.append((found, folder))
        return present[:_MOST_OTHERS]

    def _others_of(self, name: tuple[int, int]) -> Iterator[tuple[str, str]]:
        rule = self._rules[name[0]]
        yield from ((other, rule.folder) for nth, other in enumerate(rule.names) if nth != name[1])

    def _sequences(self, name: str) -> tuple[tuple[str, ...], ...]:
        forms = (tuple(term.text for term in analyse(name, language)) for language in self._snapshot.languages)
        return tuple(dict.fromkeys(form for form in forms if form))

    def _passages(self, folder: str) -> Stretches:
        if folder not in self._inside:
            catalogue = self._snapshot.catalogue
            inside = catalogue.within(Scope(folders=(folder,))) if folder else catalogue.valid_passages
            self._inside[folder] = Stretches.of(inside)
        return self._inside[folder]

    def _names_in(self, language: str) -> _Starts:
        """Return the names that are widened, as they are in a language, by their first term; the longest first."""
        if language not in self._starts:
            self._starts[language] = self._read(language)
        return self._starts[language]

    def _read(self, language: str) -> _Starts:
        names: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for nth, rule in enumerate(self._rules):
            for at, name in enumerate(rule.names[:1] if rule.one_way else rule.names):
                names.setdefault(tuple(term.text for term in analyse(name, language)), []).append((nth, at))
        starts: _Starts = {}
        for terms in sorted(filter(None, names), key=len, reverse=True):
            starts.setdefault(terms[0], []).append((terms, names[terms]))
        return starts


_Starts = dict[str, list[tuple[tuple[str, ...], list[tuple[int, int]]]]]


class Widener:
    """The house's own words for one snapshot, as the files have them now. Thread-safe.

    Args:
        files: The files.
        snapshot: The snapshot.
    """

    def __init__(self, files: WordsFiles, snapshot: Snapshot) -> None:
        self._files = files
        self._snapshot = snapshot
        self._known: tuple[HouseWords, Names] | None = None

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the files."""
        return self._files.current().faults

    @property
    def digest(self) -> str:
        """A digest of the rules; empty if there are none."""
        rules = self._files.current().rules
        return hashlib.sha256(repr(rules).encode()).hexdigest()[:16] if rules else ""

    def names(self) -> Names | None:
        """Return the names as they are now; None if there are none."""
        words = self._files.current()
        if not words.rules:
            return None
        known = self._known
        if known is None or known[0] is not words:
            known = self._known = (words, Names(words.rules, self._snapshot))
        return known[1]


def _found(text: str, terms: Sequence[Term], starts: _Starts) -> Iterator[tuple[Sequence[Term], list[tuple[int, int]]]]:
    """Yield the terms of each name in a text, the longest at each place, and which names they are."""
    at = 0
    while at < len(terms):
        step = 1
        for name, which in starts.get(terms[at].text, ()):
            here = terms[at : at + len(name)]
            if tuple(term.text for term in here) == name and not _broken(text, here):
                yield here, which
                step = len(name)
                break
        at += step


def _broken(text: str, terms: Sequence[Term]) -> bool:
    between = ((one.span.end, other.span.start) for one, other in pairwise(terms))
    return any(_BREAK.search(text, start, end) for start, end in between if start < end)


def _replaced(text: str, changes: Sequence[tuple[Span, str]]) -> str:
    parts, at = [], 0
    for span, name in changes:
        parts += [text[at : span.start], name]
        at = span.end
    return "".join([*parts, text[at:]])
