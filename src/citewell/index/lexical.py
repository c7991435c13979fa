"""Lexical search: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over passages and their headings, by tantivy.

Words are lower-cased, folded to ASCII, filtered for English stop words and stemmed (Snowball English).
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

import numpy as np
import tantivy
from tantivy import Occur, Query

from citewell.errors import IndexDamagedError, IndexUnreadableError
from citewell.index.soundness import Soundness
from citewell.index.vectors import Ordinals, Scores
from citewell.text.terms import analyser, terms

# A term scores at most k1 + 1 times its weight, whatever its frequency in a passage.
SATURATION = 2.2

_ANALYSER = "english"
_WRITER_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class TermWeights:
    """The weights (idf) of a question's terms: the score of each if it occurs once in a passage of average length.

    ``unknown`` is the weight of a word that occurs in no passage.
    """

    weights: Mapping[str, float]
    unknown: float

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights.values())


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_unsigned_field("ordinal", indexed=True, fast=True)
    return builder.build()


def _weighted(word: str, factor: float) -> tantivy.Query:
    return Query.boost_query(Query.term_query(_schema(), "text", word, "freq"), factor)


class LexicalWriter:
    """Writes the BM25 index of a new snapshot into an empty folder; leaving the block commits it.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with _writing():
            index = tantivy.Index(_schema(), path=str(folder))
            index.register_tokenizer(_ANALYSER, analyser())
            # One thread writes the segments in the order of the passages, so equal scores have the same order after every
            # build.
            self._writer = index.writer(_WRITER_BYTES, 1)

    def __enter__(self) -> LexicalWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with _writing():
                self._writer.commit()
                self._writer.wait_merging_threads()
        else:
            # Report the original error, not a failing rollback.
            with suppress(ValueError):
                self._writer.rollback()
                self._writer.wait_merging_threads()

    def add(self, ordinal: int, headings: Iterable[str], text: str) -> None:
        """Add one passage; its headings count as part of its text."""
        document = tantivy.Document(text="\n".join([*headings, text]))
        document.add_unsigned("ordinal", ordinal)
        with _writing():
            self._writer.add_document(document)


class PassageTerms:
    """The BM25 index of one snapshot.

    Args:
        folder: Its folder.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: The folder contains no BM25 index.
        IndexUnreadableError: There is no place for the lock that tantivy needs to open it.
    """

    def __init__(self, folder: Path, soundness: Soundness | None = None) -> None:
        self._folder = folder
        self._soundness = soundness or Soundness()
        self._searcher = self._open()
        with self._reading():
            self.count: int = self._searcher.num_docs

    def best(
        self, words: Mapping[str, float], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the passages with the best scores for some terms.

        Args:
            words: Terms as returned by ``terms``, each with a factor for its score.
            count: The maximum number.
            within: Search only these passages; None is all.

        Returns:
            Ordinals and BM25 scores, best first; passages without any of the terms are not included.
        """
        if not words or (within is not None and not len(within)):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        query = Query.boolean_query([(Occur.Should, _weighted(word, factor)) for word, factor in words.items()])
        if within is not None:
            member = Query.term_set_query(_schema(), "ordinal", within.tolist())
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(member, 0.0))])
        with self._reading():
            # Limited to the number of passages, because a huge count overflows.
            hits = self._searcher.search(query, max(1, min(count, self.count)), count=False).hits
            ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in hits])
        if not all(ordinal is not None and 0 <= ordinal < self.count for ordinal in ordinals):
            raise self._damaged("it refers to passages that do not exist")
        return np.array(ordinals, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    def weight(self, word: str) -> float:
        """Return a term's inverse document frequency, as BM25 defines it."""
        found = self._passages_with(word)
        return math.log(1 + (self.count - found + 0.5) / (found + 0.5))

    def knows(self, word: str) -> bool:
        """Return whether every term of a word occurs in some passage; a stop word has no terms and is known."""
        return all(self._passages_with(term) for term in terms(word))

    def term_weights(self, words: Mapping[str, float]) -> TermWeights:
        """Return the weight of each term, multiplied by its factor."""
        weights = {word: factor * self.weight(word) for word, factor in words.items()}
        return TermWeights(weights, math.log(1 + (self.count + 0.5) / 0.5))

    def _passages_with(self, word: str) -> int:
        with self._reading():
            found: int = self._searcher.doc_freq("text", word)
        if not 0 <= found <= self.count:
            raise self._damaged("it counts more passages than there are")
        return found

    def _open(self) -> tantivy.Searcher:
        """Open the index in place, or through links in a temporary folder, because tantivy creates a lock file to open it."""
        with self._reading():
            try:
                return _searcher(self._folder)
            except ValueError as error:
                if not self._folder.is_dir():
                    raise
                first = error
            try:
                # Files stay mapped when the links are deleted.
                with tempfile.TemporaryDirectory(prefix="citewell-") as place:
                    return _searcher(_links(self._folder, Path(place)))
            except OSError as error:
                raise IndexUnreadableError(
                    f"{self._folder} cannot be opened ({first}), nor through a temporary folder ({error.strerror})",
                    hint="set TMPDIR to a writable folder",
                ) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Convert tantivy's errors and panics about damaged files to Citewell's errors."""
        try:
            yield
        except BaseException as error:
            if not isinstance(error, ValueError | OverflowError) and not is_panic(error):
                raise
            raise self._damaged(error) from error

    def _damaged(self, reason: object) -> IndexDamagedError:
        return self._soundness.mark_damaged(f"the BM25 index in {self._folder} is damaged: {reason}")


@contextmanager
def _writing() -> Iterator[None]:
    """Convert tantivy's write errors to OSError; only the disk can fail here."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


def is_panic(error: BaseException) -> bool:
    """Return whether an error is a panic of a Rust library; it is not an ``Exception``, and its class cannot be imported."""
    return type(error).__module__.startswith("pyo3") and type(error).__name__ == "PanicException"


def _searcher(folder: Path) -> tantivy.Searcher:
    index = tantivy.Index.open(str(folder))
    # A snapshot never changes, so tantivy need not watch it.
    index.config_reader(reload_policy="manual")
    index.register_tokenizer(_ANALYSER, analyser())
    return index.searcher()


def _links(folder: Path, place: Path) -> Path:
    """Fill a folder with links to the files of another, or with copies if links are not supported."""
    for file in folder.iterdir():
        if file.suffix == ".lock":
            continue
        try:
            (place / file.name).symlink_to(file.absolute())
        except (OSError, NotImplementedError):
            shutil.copyfile(file, place / file.name)
    return place
