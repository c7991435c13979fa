"""Which words of a question the passages of an answer contain, in the form of BM25; no text is analysed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import regex

from citewell.answer import Answer, FoundPassage
from citewell.index.snapshot import Snapshot
from citewell.index.term_places import key_of
from citewell.text.terms import terms_of

_WORD = regex.compile(r"[\p{L}\p{N}'’-]+")


@dataclass(frozen=True, slots=True)
class Matched:
    """The ``words`` of a question that a passage contains, and the other ``names`` that count for it, with their words."""

    words: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


def asked_words(answer: Answer) -> list[str]:
    """Return the words that were searched for, with corrections applied."""
    read = answer.read_as
    words = _WORD.findall(" ".join([answer.question, *answer.understood_with]))
    return list(dict.fromkeys(read.get(word, word) for word in words))


def matched(answer: Answer, snapshot: Snapshot) -> Mapping[int, Matched]:
    """Return what each passage of an answer contains, or the headings above it, by rank.

    Args:
        answer: The answer.
        snapshot: The snapshot that it is from.
    """
    asked = asked_words(answer)
    return {each.rank: _in_passage(each, asked, answer, snapshot) for each in answer.passages}


def _in_passage(passage: FoundPassage, asked: Iterable[str], answer: Answer, snapshot: Snapshot) -> Matched:
    keys = _keys(passage, snapshot)

    def here(words: str) -> list[bool]:
        return [key_of(form) in keys for form in terms_of(words, passage.language)]

    return Matched(
        tuple(word for word in asked if any(here(word))),
        tuple(
            (each.name, each.word)
            for each in answer.widened
            if all(here(each.name)) and (not each.folder or passage.document.startswith(f"{each.folder}/"))
        ),
    )


def _keys(passage: FoundPassage, snapshot: Snapshot) -> set[int]:
    """Return the digests of the words of a passage, its headings, and the head of its table."""
    catalogue = snapshot.catalogue
    stored = catalogue.passages(catalogue.passages_at(passage.place))
    keys, starts = snapshot.terms.read(*(each.records for each in stored))
    # A passage is not shown where another one has it already.
    inside = keys[(starts >= passage.start) & (starts < passage.end)]
    above = "\n".join([passage.title, *passage.section, passage.head.text if passage.head else ""])
    return {*inside.tolist(), *map(key_of, terms_of(above, passage.language))}
