"""Lexical search: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over passages and their headings, by tantivy.

Words are lower-cased, folded to ASCII, freed of English stop words and stemmed (Snowball English).
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
import regex
import tantivy
from tantivy import Filter, Occur, Query

from citewell.errors import IndexDamagedError, IndexUnreadableError
from citewell.index.soundness import Soundness
from citewell.index.vectors import Ordinals, Scores

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
    """Writes the BM25 index of a new snapshot into an empty folder; leaving the block commits it.

    Raises:
        OSError: The disk does not take it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with _writing():
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
            with _writing():
                self._writer.commit()
                self._writer.wait_merging_threads()
        else:
            # What broke off is what is told, not that it cannot be undone.
            with suppress(ValueError):
                self._writer.rollback()
                self._writer.wait_merging_threads()

    def add(self, ordinal: int, headings: Iterable[str], text: str) -> None:
        """Add one passage; its headings count as its text."""
        document = tantivy.Document(text="\n".join([*headings, text]))
        document.add_unsigned("ordinal", ordinal)
        with _writing():
            self._writer.add_document(document)


class PassageTerms:
    """The BM25 index of one snapshot.

    Args:
        folder: Its folder.
        soundness: Told of what is found wrong.

    Raises:
        IndexDamagedError: The folder holds no BM25 index.
        IndexUnreadableError: There is no place for the lock that opening it takes.
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
        with self._reading():
            # More than there are, or than a machine can count to, is all.
            hits = self._searcher.search(query, max(1, min(count, self.count)), count=False).hits
            ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in hits])
        if not all(ordinal is not None and 0 <= ordinal < self.count for ordinal in ordinals):
            raise self._damaged("it names passages that there are not")
        return np.array(ordinals, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    def weight(self, word: str) -> float:
        """Return a term's inverse document frequency as BM25 has it."""
        found = self._passages_with(word)
        return math.log(1 + (self.count - found + 0.5) / (found + 0.5))

    def knows(self, word: str) -> bool:
        """Say whether any passage has a word in any of its forms; a word that says nothing is known, too."""
        return all(self._passages_with(term) for term in terms(word))

    def information(self, words: Mapping[str, float]) -> Information:
        """Return what each of some terms, times its factor, tells about where a text is."""
        weights = {word: factor * self.weight(word) for word, factor in words.items()}
        return Information(weights, math.log(1 + (self.count + 0.5) / 0.5))

    def _passages_with(self, word: str) -> int:
        with self._reading():
            found: int = self._searcher.doc_freq("text", word)
        if not 0 <= found <= self.count:
            raise self._damaged("it counts more passages than there are")
        return found

    def _open(self) -> tantivy.Searcher:
        """Open the index where it is; where that fails, through links: opening takes a lock, a file beside the others."""
        with self._reading():
            try:
                return _searcher(self._folder)
            except ValueError as error:
                if not self._folder.is_dir():
                    raise
                first = error
            try:
                # What is mapped stays when its names go, so that nothing is left of them.
                with tempfile.TemporaryDirectory(prefix="citewell-") as place:
                    return _searcher(_links(self._folder, Path(place)))
            except OSError as error:
                raise IndexUnreadableError(
                    f"{self._folder} cannot be opened ({first}), nor through a temporary folder ({error.strerror})",
                    hint="set TMPDIR to a folder that can be written",
                ) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn what tantivy says of files that are damaged, errors and panics alike, into what Citewell says of them."""
        try:
            yield
        except BaseException as error:
            if not isinstance(error, ValueError | OverflowError) and not is_panic(error):
                raise
            raise self._damaged(error) from error

    def _damaged(self, reason: object) -> IndexDamagedError:
        return self._soundness.condemn(f"the BM25 index in {self._folder} is damaged: {reason}")


@contextmanager
def _writing() -> Iterator[None]:
    """Say as an error of the disk what tantivy says of one; nothing else can go wrong with what is written."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


def is_panic(error: BaseException) -> bool:
    """Say whether an error is a panic of a library in Rust, which no `except Exception` sees and nobody can import."""
    return type(error).__module__.startswith("pyo3") and type(error).__name__ == "PanicException"


def _searcher(folder: Path) -> tantivy.Searcher:
    index = tantivy.Index.open(str(folder))
    # A snapshot never changes, so nobody has to look whether it has.
    index.config_reader(reload_policy="manual")
    index.register_tokenizer(_ANALYSER, analyser())
    return index.searcher()


def _links(folder: Path, place: Path) -> Path:
    """Fill a folder with links to the files of another, or with copies where links are not to be had."""
    for file in folder.iterdir():
        if file.suffix == ".lock":
            continue
        try:
            (place / file.name).symlink_to(file.absolute())
        except (OSError, NotImplementedError):
            shutil.copyfile(file, place / file.name)
    return place
