"""What stands above passages: their document's path and title, and the headings; the words there speak for the text below."""

from __future__ import annotations

from functools import lru_cache

from citewell.answer import FoundPassage
from citewell.document import above
from citewell.index.stored import StoredPassage
from citewell.text.terms import analyse, forms_of

# The same headings stand above many passages.
_REMEMBERED = 4096


def heading_forms(passage: StoredPassage | FoundPassage) -> frozenset[str]:
    """Return the forms of the words that stand above a passage."""
    return _forms(passage.document, passage.title, passage.section, passage.language)


@lru_cache(maxsize=_REMEMBERED)
def _forms(document: str, title: str, section: tuple[str, ...], language: str | None) -> frozenset[str]:
    return forms_of(analyse(above(document, title, section), language))
