"""Which words of a question the passages of an answer contain, in the form of BM25; no text is analysed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, islice

import regex

from citewell.answer import Answer, FoundPassage
from citewell.asked import Widened
from citewell.index.catalogue import Catalogue
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredPassage
from citewell.index.term_places import key_of
from citewell.text.terms import terms_of

# As many words as are in the questions of one moment.
_REMEMBERED = 256
_WORD = regex.compile(r"[\p{L}\p{N}'’-]+")


@dataclass(frozen=True, slots=True)
class Matched:
    """The ``words`` of a question that a passage contains, and the other ``names`` that count for it, with their words."""

    words: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


def asked_words(answer: Answer) -> list[str]:
    """Return the words that were searched for, with corrections applied."""
    read = answer.read_as
    words = _WORD.findall(" ".join([answer.asked, *answer.understood_with]))
    return list(dict.fromkeys(read.get(word, word) for word in words))


def matched(answer: Answer, snapshot: Snapshot) -> Mapping[int, Matched]:
    """Return what each passage of an answer contains, or the headings above it, by rank.

    Args:
        answer: The answer.
        snapshot: The snapshot that it is from.
    """
    asked = asked_words(answer)
    keys = map(partial(_keys, snapshot), answer.passages, _stored(answer, snapshot.catalogue))
    return {
        each.rank: _in_passage(each, here, asked, answer.widened)
        for each, here in zip(answer.passages, keys, strict=True)
    }


def _in_passage(passage: FoundPassage, keys: set[int], asked: Iterable[str], widened: Iterable[Widened]) -> Matched:
    def here(words: str) -> list[bool]:
        return [key in keys for key in _asked_keys(words, passage.language)]

    return Matched(
        tuple(word for word in asked if any(here(word))),
        tuple(
            (each.name, each.word)
            for each in widened
            if all(here(each.name)) and (not each.folder or passage.document.startswith(f"{each.folder}/"))
        ),
    )


@lru_cache(maxsize=_REMEMBERED)
def _asked_keys(words: str, language: str | None) -> tuple[int, ...]:
    """Return the digests of words that were asked for; all passages of an answer are compared with them."""
    return tuple(map(key_of, terms_of(words, language)))


def _stored(answer: Answer, catalogue: Catalogue) -> Iterator[StoredPassage]:
    """Yield for each passage of an answer the one that it is, or is a part of."""
    there = [catalogue.passages_at(each.at).tolist() for each in answer.passages]
    read = iter(catalogue.passages(chain.from_iterable(there)))
    for passage, ordinals in zip(answer.passages, there, strict=True):
        among = list(islice(read, len(ordinals)))
        yield next(each for each in among if each.span.start <= passage.start and passage.end <= each.span.end)


def _keys(snapshot: Snapshot, passage: FoundPassage, stored: StoredPassage) -> set[int]:
    """Return the digests of the words of a passage, its headings, and the head of its table."""
    keys, starts = snapshot.words(stored.records)
    inside = keys[(starts >= passage.start) & (starts < passage.end)]
    above = "\n".join([passage.title, *passage.section, passage.head.text if passage.head else ""])
    return {*inside.tolist(), *map(key_of, terms_of(above, passage.language))}
