"""Writes the BM25 index of a snapshot (tantivy): which passages have which terms, how often, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType

import tantivy

from citewell.text.terms import Term

# The form of each word, and the parts of words that are written joined or parted.
FORMS = "forms"
PARTS = "parts"
SPACED = "spaced"
_WRITER_BYTES = 64_000_000


@cache
def schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(FORMS, tokenizer_name=SPACED, index_option="position")
    builder.add_text_field(PARTS, tokenizer_name=SPACED, index_option="position")
    builder.add_unsigned_field("ordinal", indexed=True, fast=True)
    return builder.build()


@cache
def spaced() -> tantivy.TextAnalyzer:
    """Return the analyser that parts what this module has joined."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


class LexicalWriter:
    """Writes the BM25 index of a new snapshot into an empty folder; leaving the block commits it.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with _writing():
            index = tantivy.Index(schema(), path=str(folder))
            index.register_tokenizer(SPACED, spaced())
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

    def add(self, ordinal: int, terms: Iterable[Term]) -> None:
        """Add one passage by its terms, with those of what stands above it."""
        terms = list(terms)
        document = tantivy.Document()
        document.add_text(FORMS, " ".join(term.text for term in terms))
        document.add_text(PARTS, " ".join(part for term in terms for part in term.parts))
        document.add_unsigned("ordinal", ordinal)
        with _writing():
            self._writer.add_document(document)


@contextmanager
def _writing() -> Iterator[None]:
    """Convert tantivy's write errors to OSError; only the disk can fail here."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error
