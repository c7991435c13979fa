"""A place that a reader expected in an answer: what was meant, and the explanation as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from citewell.answer import Place
from citewell.index.storage import Snapshot
from citewell.search.explanation import Compared, Explanation
from citewell.search.where import Where
from citewell.view import View
from citewell.web.chat.cards import text_key
from citewell.web.language.core import said
from citewell.web.language.current import gettext
from citewell.web.templates import render

# A file name is no longer, nor its ending.
_LONGEST_NAME = 255
_LONGEST_ENDING = 10
# More of a place is not shown with its explanation.
_SHOWN = 240
# Reasons for which a search in the document alone would show the place.
_ALONE = frozenset({"repeated", "overlapped", "words", "meaning", "rank"})


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A place as it is shown: its title, the beginning of its text, and a digest of all of it."""

    place: Place
    title: str
    text: str
    key: str
    is_cut: bool


def expected_place(snapshot: Snapshot, document: str, text: str) -> Where:
    """Return the place that a reader means.

    Args:
        snapshot: The snapshot.
        document: The document that is open; empty for none.
        text: The selected text of it, if any; without a document, a passage, or the name of a document.

    Raises:
        UsageError: Nothing is named.
    """
    wanted = text.strip()
    if document:
        return Where(document, quote=wanted or None)
    name = wanted.casefold()
    for each in snapshot.catalogue.documents():
        if name in (each.path.casefold(), PurePosixPath(each.path).name.casefold(), each.title.casefold()):
            return Where(each.path)
    at = Where.read(wanted, None, snapshot)
    if at.start is not None and snapshot.catalogue.documents([at.document or ""]):
        return at
    return Where(wanted) if _is_file_name(wanted) else Where(quote=wanted)


def render_explanation(found: Explanation, view: View) -> Markup:
    """Render why a place is not in an answer, with the place and what can be done."""
    place = _shown(found, view)
    rows = [
        (gettext("This place"), found.this),
        (gettext("First passage"), found.first),
        (gettext("Last passage"), found.last),
    ]
    return render(
        "chat/explanation.html",
        found=found,
        message=said(found.message),
        # The others would ask again on the command line.
        command=found.command if found.place is None else None,
        # The page always shows as many passages, and has a button for the document alone.
        hint=None if found.reason == "rank" else said(found.hint or ""),
        # The reason names them itself.
        lacks=() if found.reason == "words" else found.lacks,
        quoted=_quoted(place, view) if place else None,
        compared=[_row(name, each) for name, each in rows if each],
        alone=found.reason in _ALONE and len(view.documents()) > 1,
    )


def _is_file_name(text: str) -> bool:
    ending = PurePosixPath(text).suffix
    return (
        len(text) <= _LONGEST_NAME and "\n" not in text and 1 < len(ending) <= _LONGEST_ENDING and ending[1:].isalnum()
    )


def _shown(found: Explanation, view: View) -> Place | None:
    """Return what is shown of a place: a position with the text after it, and of a long place its best passage."""
    place = found.place
    if place is None or place.end - place.start > 10 * _SHOWN:
        return found.this.place if found.this else None
    if place.end - place.start > 1:
        return place
    return place.model_copy(update={"end": min(place.start + _SHOWN, len(view.document(place.document).text))})


def _quoted(place: Place, view: View) -> _Quoted:
    document = view.document(place.document)
    text = place.span.of(document.text)
    return _Quoted(place, document.title, text[:_SHOWN], text_key(text), len(text) > _SHOWN)


def _row(name: str, compared: Compared) -> dict[str, str | int | None]:
    return {
        "name": name,
        "rank": compared.rank,
        "words": round(100 * compared.words),
        "cosine": round(100 * max(0.0, compared.cosine)),
        "score": round(100 * compared.score),
    }
