"""The queries of a BM25 index in tantivy's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from citewell.index.numbering import Ordinals
from citewell.index.postings import MARK, schema

# So many passages are faster looked up one by one than as a set, which is compared with the marks of all passages.
_FEW = 256


class TantivyQueries:
    """Makes queries (`lexical_queries.LexicalIndex`)."""

    def expect(self, forms: Iterable[str]) -> None:
        """Do nothing: each is counted in a microsecond."""

    def term(self, field: str, form: str) -> tantivy.Query:
        """Return a query for a form in a field, which scores how often a passage has it."""
        return Query.term_query(schema(), field, form, "freq")

    def phrase(self, field: str, words: Sequence[str], slop: int = 0) -> tantivy.Query:
        """Return a query for words that follow one another."""
        return Query.phrase_query(schema(), field, list(words), slop)

    def any_of(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        """Return a query for the passages that match any of some queries; it scores the sum."""
        return Query.boolean_query([(Occur.Should, each) for each in queries])

    def all_of(self, queries: Sequence[tantivy.Query], optional: Sequence[tantivy.Query] = ()) -> tantivy.Query:
        """Return a query for the passages that match all of some queries; it scores the sum, with that of optional ones."""
        return Query.boolean_query(
            [*((Occur.Must, each) for each in queries), *((Occur.Should, each) for each in optional)]
        )

    def best_of(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        """Return a query for the passages that match any of some queries; it scores the best."""
        return Query.disjunction_max_query(list(queries), 0.0)

    def scoring(self, query: tantivy.Query, score: float) -> tantivy.Query:
        """Return a query that gives each passage that matches another the same score."""
        return Query.const_score_query(query, score)

    def times(self, query: tantivy.Query, factor: float) -> tantivy.Query:
        """Return a query that scores another times a factor."""
        return Query.boost_query(query, factor)

    def among(self, marks: Ordinals) -> tantivy.Query:
        """Return a query for some passages, by their marks; those of one document follow one another."""
        first, last = int(marks[0]), int(marks[-1])
        if last - first == len(marks) - 1:
            return self.from_to(first, last)
        if len(marks) <= _FEW:
            return self.any_of([Query.term_query(schema(), MARK, each, "basic") for each in marks.tolist()])
        return Query.term_set_query(schema(), MARK, marks.tolist())

    def from_to(self, first: int, last: int) -> tantivy.Query:
        """Return a query for the passages from one to another, by their marks."""
        return Query.range_query(schema(), MARK, FieldType.Unsigned, first, last)
