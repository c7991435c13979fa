"""Writes the BM25 index of a snapshot (tantivy): which passages have which terms, how often, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType

import tantivy

from citewell.files import share_files
from citewell.index.lexical_queries import FORMS, PARTS
from citewell.index.numbering import mark
from citewell.text.terms import Term

# Which passage it is (``numbering``).
MARK = "mark"
SPACED = "spaced"
_WRITER_BYTES = 64_000_000


@cache
def schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(FORMS, tokenizer_name=SPACED, index_option="position")
    builder.add_text_field(PARTS, tokenizer_name=SPACED, index_option="position")
    builder.add_unsigned_field(MARK, indexed=True, fast=True)
    return builder.build()


@cache
def spaced() -> tantivy.TextAnalyzer:
    """Return the analyser that parts what this module has joined."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


class LexicalWriter:
    """Writes the BM25 index of a new snapshot; leaving the block commits it.

    An index that continues another one shares its files and adds some: tantivy never changes a file.

    Args:
        folder: The folder, which does not exist yet.
        segment: The number of the segment whose passages are added.
        earlier: The folder of the BM25 index that it continues, if it does.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, folder: Path, segment: int = 0, earlier: Path | None = None) -> None:
        self._segment = segment
        folder.mkdir()
        if earlier:
            share_files(earlier, folder)
        with _writing():
            index = tantivy.Index.open(str(folder)) if earlier else tantivy.Index(schema(), path=str(folder))
            index.register_tokenizer(SPACED, spaced())
            # One thread writes the passages in their order, so the same passages make the same files.
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

    def add(self, passage: int, terms: Iterable[Term]) -> None:
        """Add one passage of the segment by its terms, with those of what stands above it."""
        terms = list(terms)
        document = tantivy.Document()
        document.add_text(FORMS, " ".join(term.text for term in terms))
        document.add_text(PARTS, " ".join(part for term in terms for part in term.parts))
        document.add_unsigned(MARK, mark(self._segment, passage))
        with _writing():
            self._writer.add_document(document)

    def remove(self, segment: int, passages: range) -> None:
        """Remove passages of an earlier segment that follow one another."""
        if passages:
            first, last = mark(segment, passages.start), mark(segment, passages.stop - 1)
            with _writing():
                query = tantivy.Query.range_query(schema(), MARK, tantivy.FieldType.Unsigned, first, last)
                self._writer.delete_documents_by_query(query)


@contextmanager
def _writing() -> Iterator[None]:
    """Convert tantivy's write errors to OSError; only the disk can fail here."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error
