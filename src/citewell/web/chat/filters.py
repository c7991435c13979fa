"""The filters that a page offers: what tells documents apart, with counts, and the few that most documents have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from citewell.answer import Filter, Scope
from citewell.errors import UsageError
from citewell.index.catalogue import Catalogue
from citewell.index.facts import FactTable, Mask
from citewell.search.filtering import filtered
from citewell.text.dates import Period
from citewell.text.fact_names import DATES, FOLDER, KNOWN, comparable
from citewell.web.chat.requests import AskRequest, FiltersRequest
from citewell.web.desk import Desk
from citewell.web.facts import fact_value
from citewell.web.faults import render_error
from citewell.web.language.current import date, gettext, noop
from citewell.web.templates import render

# The others are shown when they are asked for, and found by typing a part of them.
_MOST_OF_A_NAME = 6
_MOST_FOUND = 40
# Names beside those that every index knows.
_MOST_OTHERS = 4
_HEADINGS = {
    "kind": noop("Kind"),
    "date": noop("Year"),
    "author": noop("Author"),
    "tag": noop("Tag"),
    FOLDER: noop("Folder"),
    "language": noop("Language"),
}

# Filters that compare a date.
_COMPARED = {
    "after": noop("after %(date)s"),
    "before": noop("before %(date)s"),
    "since": noop("since %(date)s"),
    "until": noop("until %(date)s"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a button: as it is written, what it says, and how many documents pass."""

    written: str
    words: str
    documents: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The filters of one name; ``more`` are not shown."""

    name: str
    heading: str
    chips: list[Chip]
    more: int = 0


class PageFilters:
    """Offers filters on the page.

    Args:
        desk: The queue of requests.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def filters(self, request: FiltersRequest) -> str:
        """Return the filters that there are, as HTML."""
        return await self._desk.read(partial(self._filters, request))

    def _filters(self, request: FiltersRequest) -> str:
        catalogue = self._desk.assistant.view().snapshot.catalogue
        try:
            groups = list(_groups(catalogue, request.scope, comparable(request.look), request.opened))
        except UsageError as error:
            return render_error(error.message, hint=error.hint)
        return render(
            "chat/filters.html",
            groups=groups,
            most=_MOST_FOUND,
            look=request.look,
            documents=_count(catalogue, request.scope),
        )


def _count(catalogue: Catalogue, scope: Scope) -> int:
    return int(catalogue.admits(scope).sum()) if scope else catalogue.document_count


def _groups(catalogue: Catalogue, scope: Scope, look: str, opened: str) -> Iterator[Group]:
    """Yield the filters by name: of each name, those of the documents that pass the filters of all other names."""
    facts = catalogue.facts
    for name in _names(facts):
        others = tuple(each for each in scope.filters if each.excluded or _group_of(each, facts) != name)
        place = Scope(scope.documents, scope.folders, others)
        within = catalogue.admits(place) if place else np.ones(catalogue.document_count, dtype=bool)
        chosen = [each for each in scope.filters if not each.excluded and _group_of(each, facts) == name]
        chips = list(_chips(facts, name, within, chosen))
        if look:
            chips = [each for each in chips if look in comparable(each.words)]
        elif not any(each.is_chosen for each in chips) and not _tell_apart(name, chips, int(within.sum())):
            continue
        most = _MOST_FOUND if look or name == opened else _MOST_OF_A_NAME
        shown = [each for nth, each in enumerate(chips) if nth < most or each.is_chosen]
        if shown:
            heading = gettext(_HEADINGS[name]) if name in _HEADINGS else name.replace("-", " ").capitalize()
            yield Group(name, heading, shown, len(chips) - len(shown))


def _names(facts: FactTable) -> list[str]:
    """Return the names that are offered, those that every index knows first; a title is none, as every document has its own."""
    known = [name for name in KNOWN if name != "title"]
    others = [name for name in facts.names if name not in (*KNOWN, *DATES, FOLDER)]
    return [*known[:4], FOLDER, *known[4:], *others[:_MOST_OTHERS]]


def _group_of(each: Filter, facts: FactTable) -> str:
    name = facts.known(each.name) or each.name
    return "date" if name in DATES else name


def _chips(facts: FactTable, name: str, within: Mask, chosen: Sequence[Filter]) -> Iterator[Chip]:
    """Yield the filters of one name, the chosen ones first, then those that most documents pass."""
    known = {comparable(each.value) for each in chosen}
    for each in chosen:
        passing = facts.admitted([each])
        yield Chip(str(each), _shown(name, each), int(within[passing].sum()), is_chosen=True)
    for value, count in _counted(facts, name, within):
        if count and comparable(value) not in known:
            each = Filter(name=name, value=value)
            yield Chip(str(each), _shown(name, each), count)


def _counted(facts: FactTable, name: str, within: Mask) -> list[tuple[str, int]]:
    if name == "date":
        years = Counter(date[:4] for nth in np.flatnonzero(within).tolist() if (date := facts.date(nth)))
        return sorted(years.items(), reverse=True)
    if name == FOLDER:
        return facts.folders_within(within)
    return [(each.value, each.documents) for each in facts.values(name, within)]


def _tell_apart(name: str, chips: Sequence[Chip], documents: int) -> bool:
    """Return whether filters tell documents apart: some document has one that another has not, and some share one."""
    if not any(each.documents < documents for each in chips):
        return False
    is_shared, are_few = any(each.documents > 1 for each in chips), len(chips) <= _MOST_OF_A_NAME
    if name in _HEADINGS:
        return is_shared or are_few
    # A description that each document has for itself is no help, nor is another date.
    often = are_few or sum(each.documents for each in chips) >= 2 * len(chips)
    return is_shared and often and not all(Period.of(each.words) for each in chips)


def _shown(name: str, each: Filter) -> str:
    if each.name in _COMPARED:
        return gettext(_COMPARED[each.name], date=date(each.value))
    return fact_value(name, each.value)


@dataclass(frozen=True, slots=True)
class Used:
    """A filter that an answer used: as it is written, and the others, as JSON, for a question without it."""

    written: str
    others: str


def used(filters: Iterable[Filter]) -> list[Used]:
    """Return the filters of an answer, each with what is left without it."""
    written = list(map(str, filters))
    return [Used(each, json.dumps([one for one in written if one != each], ensure_ascii=False)) for each in written]


def render_unpassed(asked: AskRequest, error: UsageError, facts: FactTable) -> str | None:
    """Render that a question could not be asked with its filters, and how to ask without them; None if it has none.

    Args:
        asked: The question.
        error: What is wrong.
        facts: What the index knows.
    """
    try:
        found, scope = filtered(asked.question, asked.scope, facts)
    except UsageError:
        return None
    if not scope.filters:
        return None
    return render(
        "chat/unpassed.html",
        error=render_error(error.message, hint=error.hint),
        question=found.text,
        filters=used(scope.filters),
    )
