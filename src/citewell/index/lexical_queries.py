"""What tantivy is asked: queries for terms, for words that stand side by side, and for some passages."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy
from tantivy import FieldType, Occur, Query

from citewell.index.numbering import Ordinals
from citewell.index.phrasing import Required
from citewell.index.postings import FORMS, MARK, PARTS, schema

# So many passages are faster looked up one by one than as a set, which is compared with the marks of all passages.
_FEW = 256
# More than any passage scores for words that stand apart.
_NEAR = 1e4
# Words between those of a phrase that the index does not have as words of their own.
_SLOP = 2


def among(marks: Ordinals) -> tantivy.Query:
    """Return a query for some passages, by their marks, given in order; those of one document follow one another."""
    first, last = int(marks[0]), int(marks[-1])
    if last - first == len(marks) - 1:
        return from_to(first, last)
    if len(marks) <= _FEW:
        return Query.boolean_query(
            [(Occur.Should, Query.term_query(schema(), MARK, each, "basic")) for each in marks.tolist()]
        )
    return Query.term_set_query(schema(), MARK, marks.tolist())


def from_to(first: int, last: int) -> tantivy.Query:
    """Return a query for the passages from one to another, by their marks."""
    return Query.range_query(schema(), MARK, FieldType.Unsigned, first, last)


def term(field: str, form: str) -> tantivy.Query:
    """Return a query for a form in a field, which scores how often a passage has it."""
    return Query.term_query(schema(), field, form, "freq")


def side_by_side(parts: tuple[str, ...]) -> tantivy.Query:
    """Return a query for words that stand side by side, whether or not they are parts of one."""
    if len(parts) == 1:
        return term(FORMS, parts[0])
    phrases = [Query.phrase_query(schema(), field, list(parts)) for field in (FORMS, PARTS)]
    return Query.boolean_query([(Occur.Should, phrase) for phrase in phrases])


def any_of(sequences: Iterable[tuple[str, ...]], passages: Iterable[tuple[int, int]] | None = None) -> tantivy.Query:
    """Return a query for the passages that have the words of any of some sequences side by side.

    Args:
        sequences: The sequences.
        passages: The passages that count, as the first and the last mark of those that follow one another; None is all.
    """
    anywhere = Query.boolean_query([(Occur.Should, side_by_side(each)) for each in sequences])
    if passages is None:
        return anywhere
    here = Query.boolean_query([(Occur.Should, from_to(*each)) for each in passages])
    return Query.boolean_query([(Occur.Must, anywhere), (Occur.Must, here)])


def all_of(parts: tuple[str, ...]) -> tantivy.Query:
    """Return a query for the passages that have all of some words."""
    either = [Query.boolean_query([(Occur.Should, term(field, part)) for field in (FORMS, PARTS)]) for part in parts]
    return Query.boolean_query([(Occur.Must, query) for query in either])


def having(required: Required) -> tantivy.Query:
    """Return a query for the passages that have some words; it scores only whether they are near each other."""
    all_there = [(Occur.Must, _any_form(forms)) for forms in required.forms]
    near = [Query.phrase_query(schema(), FORMS, list(words), _SLOP) for words in required.near]
    return Query.boolean_query([*all_there, *((Occur.Should, Query.const_score_query(each, _NEAR)) for each in near)])


def _any_form(forms: Iterable[str]) -> tantivy.Query:
    either = [(Occur.Should, term(field, form)) for form in forms for field in (FORMS, PARTS)]
    return Query.const_score_query(Query.boolean_query(either), 0.0)
