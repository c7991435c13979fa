"""The date of each passage."""

from __future__ import annotations

from collections.abc import Iterable

from citewell.answer import FoundPassage
from citewell.index.catalogue import Catalogue


def noted(passages: Iterable[FoundPassage], catalogue: Catalogue) -> tuple[FoundPassage, ...]:
    """Return passages with the dates of their documents.

    Args:
        passages: The passages.
        catalogue: The catalogue that they are from.
    """
    ordinals, facts = catalogue.paths.ordinals, catalogue.facts
    return tuple(each.model_copy(update={"date": facts.date(ordinals[each.document])}) for each in passages)
