"""What is known of a passage, as other tools keep it beside a text."""

from __future__ import annotations

from typing import Any

from citewell.answer import Answer, FoundPassage


def metadata_of(answer: Answer, passage: FoundPassage) -> dict[str, Any]:
    """Return where a passage stands and how well it answers; what is not known is left out.

    ``start`` and ``end`` count the code points of the document, as do the ``highlights``, the parts that answer.

    Args:
        answer: The answer.
        passage: One of its passages.
    """
    known = {
        "document": passage.document,
        "title": passage.title,
        "section": list(passage.section),
        "page": passage.page,
        "place": passage.place.words if passage.place else None,
        "start": passage.start,
        "end": passage.end,
        "highlights": [[mark.start, mark.end] for mark in passage.highlights],
        "language": passage.language,
        "date": passage.date,
        "rank": passage.rank,
        "score": passage.score,
        "answered": answer.answered,
        "snapshot": answer.snapshot,
    }
    return {name: value for name, value in known.items() if value is not None}
