"""Lexical search: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over passages and their headings, by tantivy.

Words are lower-cased, folded to ASCII, freed of English stop words and stemmed (Snowball English).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

import numpy as np
import regex
import tantivy
from tantivy import Filter, Occur, Query

from citewell.errors import IndexDamagedError
from citewell.vectors import Ordinals, Scores

# A term scores at most k1 + 1 times its weight, however often a passage has it.
SATURATION = 2.2

_ANALYSER = "english"
_WRITER_BYTES = 64_000_000
_LONGEST_WORD = 64
_WORD = regex.compile(r"[\p{L}\p{N}]+")
# Function words that tantivy's own short list of stop words lacks: they say how one asks, not about what.
# fmt: off
_FUNCTION_WORDS = [
    "about", "am", "any", "because", "been", "being", "can", "could", "did", "do", "does", "doing", "each", "either",
    "from", "had", "has", "have", "having", "he", "her", "hers", "herself", "him", "himself", "his", "how", "i",
    "its", "itself", "just", "may", "me", "might", "mine", "must", "my", "myself", "neither", "nor", "other",
    "others", "our", "ours", "ourselves", "own", "shall", "she", "should", "so", "some", "than", "theirs", "them",
    "themselves", "those", "too", "upon", "us", "very", "we", "were", "what", "whatever", "when", "where", "whether",
    "which", "while", "who", "whom", "whose", "why", "would", "yet", "you", "your", "yours", "yourself",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Information:
    """What a question's terms weigh: each scores as much where it stands once in a passage of average length.

    ``unknown`` is the weight of a word that no passage has.
    """

    weights: Mapping[str, float]
    unknown: float

    @property
    def total(self) -> float:
        """What all terms weigh together."""
        return sum(self.weights.values())


@cache
def analyser() -> tantivy.TextAnalyzer:
    """Return the analyser that documents and questions share."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(Filter.remove_long(_LONGEST_WORD))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.custom_stopword(_FUNCTION_WORDS))
        .filter(Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """Return the distinct terms of a text, in order: stems of its words without stop words."""
    return list(dict.fromkeys(analyser().analyze(text)))


def is_keywords(text: str) -> bool:
    """Say whether a text is nothing but terms, so that it asks no more than where they stand."""
    words = _WORD.findall(text)
    return bool(words) and all(analyser().analyze(word) for word in words)


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_unsigned_field("ordinal", indexed=True, fast=True)
    return builder.build()


def _weighted(word: str, factor: float) -> tantivy.Query:
    return Query.boost_query(Query.term_query(_schema(), "text", word, "freq"), factor)


class LexicalWriter:
    """Writes the BM25 index of a new snapshot into an empty folder; leaving the block commits it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer(_ANALYSER, analyser())
        # One thread writes the segments in the order of the passages, so that equal scores rank alike after every build.
        self._writer = index.writer(_WRITER_BYTES, 1)

    def __enter__(self) -> LexicalWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._writer.commit()
        else:
            self._writer.rollback()
        self._writer.wait_merging_threads()

    def add(self, ordinal: int, headings: Iterable[str], text: str) -> None:
        """Add one passage; its headings count as its text."""
        document = tantivy.Document(text="\n".join([*headings, text]))
        document.add_unsigned("ordinal", ordinal)
        self._writer.add_document(document)


class PassageTerms:
    """The BM25 index of one snapshot.

    Raises:
        IndexDamagedError: The folder holds no BM25 index.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index.open(str(folder))
        except ValueError as error:
            raise IndexDamagedError(f"{folder} is not a BM25 index: {error}") from error
        self._index.register_tokenizer(_ANALYSER, analyser())
        self._searcher = self._index.searcher()
        self.count: int = self._searcher.num_docs

    def best(
        self, words: Mapping[str, float], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the passages that score best for some terms.

        Args:
            words: Terms as ``terms`` gives them, each with what its score is multiplied by.
            count: How many at most.
            within: The only passages that may be found; None is all.

        Returns:
            Ordinals and BM25 scores, best first; passages without any of the terms are not found.
        """
        if not words or (within is not None and not len(within)):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        query = Query.boolean_query([(Occur.Should, _weighted(word, factor)) for word, factor in words.items()])
        if within is not None:
            member = Query.term_set_query(_schema(), "ordinal", within.tolist())
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(member, 0.0))])
        hits = self._searcher.search(query, count, count=False).hits
        ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in hits])
        return np.array(ordinals, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    def weight(self, word: str) -> float:
        """Return a term's inverse document frequency as BM25 has it."""
        found = self._searcher.doc_freq("text", word)
        return math.log(1 + (self.count - found + 0.5) / (found + 0.5))

    def knows(self, word: str) -> bool:
        """Say whether any passage has a word in any of its forms; a word that says nothing is known, too."""
        return all(self._searcher.doc_freq("text", term) for term in terms(word))

    def information(self, words: Mapping[str, float]) -> Information:
        """Return what each of some terms, times its factor, tells about where a text is."""
        weights = {word: factor * self.weight(word) for word, factor in words.items()}
        return Information(weights, math.log(1 + (self.count + 0.5) / 0.5))
