"""What tantivy is asked: queries for terms, for words that stand side by side, and for some passages."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy
from tantivy import FieldType, Occur, Query

from citewell.index.postings import FORMS, PARTS, schema
from citewell.index.vectors import Ordinals

# So many passages are faster looked up one by one than as a set, which is compared with the ordinals of all passages.
_FEW = 256


def among(ordinals: Ordinals) -> tantivy.Query:
    """Return a query for some passages, given in order; those of one document follow one another."""
    first, last = int(ordinals[0]), int(ordinals[-1])
    if last - first == len(ordinals) - 1:
        return from_to(first, last)
    if len(ordinals) <= _FEW:
        either = [(Occur.Should, Query.term_query(schema(), "ordinal", each, "basic")) for each in ordinals.tolist()]
        return Query.boolean_query(either)
    return Query.term_set_query(schema(), "ordinal", ordinals.tolist())


def from_to(first: int, last: int) -> tantivy.Query:
    """Return a query for the passages from one to another."""
    return Query.range_query(schema(), "ordinal", FieldType.Unsigned, first, last)


def term(field: str, form: str) -> tantivy.Query:
    """Return a query for a form in a field, which scores how often a passage has it."""
    return Query.term_query(schema(), field, form, "freq")


def side_by_side(parts: tuple[str, ...]) -> tantivy.Query:
    """Return a query for words that stand side by side, whether or not they are parts of one."""
    if len(parts) == 1:
        return term(FORMS, parts[0])
    phrases = [Query.phrase_query(schema(), field, list(parts)) for field in (FORMS, PARTS)]
    return Query.boolean_query([(Occur.Should, phrase) for phrase in phrases])


def any_of(sequences: Iterable[tuple[str, ...]], passages: range | None) -> tantivy.Query:
    """Return a query for the passages that have the words of any of some sequences side by side."""
    anywhere = Query.boolean_query([(Occur.Should, side_by_side(each)) for each in sequences])
    if passages is None:
        return anywhere
    here = from_to(passages.start, passages.stop - 1)
    return Query.boolean_query([(Occur.Must, anywhere), (Occur.Must, here)])


def all_of(parts: tuple[str, ...]) -> tantivy.Query:
    """Return a query for the passages that have all of some words."""
    either = [Query.boolean_query([(Occur.Should, term(field, part)) for field in (FORMS, PARTS)]) for part in parts]
    return Query.boolean_query([(Occur.Must, query) for query in either])
