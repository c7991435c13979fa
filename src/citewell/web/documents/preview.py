"""What Citewell sees of a document, as HTML: before a file is taken, and of each document of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from citewell.building.seeing import Seen
from citewell.web.facts import known
from citewell.web.language.current import ngettext
from citewell.web.templates import render

_MOST_HEADINGS = 8
_MOST_PARTS = 20
_BEGINNING = 500
_BLANK = re.compile(r"\n\s*\n")


def render_seen(seen: Seen, *, indexed: bool = False, removable: bool = False) -> Markup:
    """Render what is seen of a document: title, type, size, facts, first headings, warnings and its beginning.

    Args:
        seen: What is seen.
        indexed: Whether it is in the index, where it can be opened.
        removable: Whether it has a file of its own, which can be removed.
    """
    return render(
        "documents/preview.html",
        seen=seen,
        indexed=indexed,
        removable=removable,
        size=", ".join(_sizes(seen)),
        kind=seen.reader.partition(" ")[0],
        facts=known(each for each in seen.facts if each.source not in ("format", "text")),
        headings=seen.outline[:_MOST_HEADINGS],
        more_headings=max(0, len(seen.outline) - _MOST_HEADINGS),
        attached=[(each.path.removeprefix(f"{seen.path}/"), ", ".join(_sizes(each))) for each in seen.attached][
            :_MOST_PARTS
        ],
        more_attached=max(0, len(seen.attached) - _MOST_PARTS),
        unread=seen.unread[:_MOST_PARTS],
        more_unread=max(0, len(seen.unread) - _MOST_PARTS),
        beginning=_beginning(seen.text),
    )


def _sizes(seen: Seen) -> Iterator[str]:
    if seen.pages:
        yield ngettext("%(num)s page", "%(num)s pages", seen.pages)
    yield ngettext("%(num)s word", "%(num)s words", seen.words)
    if seen.figures:
        yield ngettext("%(num)s figure", "%(num)s figures", seen.figures)


def _beginning(text: str) -> str:
    short = _BLANK.sub("\n", text[: _BEGINNING + 1].strip())
    return short if len(text.strip()) <= _BEGINNING else f"{short[:_BEGINNING].rsplit(None, 1)[0]} …"
