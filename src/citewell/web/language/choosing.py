"""Which language a request has: the one that the server was started with, or the browser's (Accept-Language, RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Container

from citewell.errors import UsageError
from citewell.web.language.catalogues import SOURCE, languages

_WANTED = re.compile(
    r"\s*(?P<tag>\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*+)\s*(?:;\s*q\s*=\s*(?P<weight>[01](?:\.\d{0,3})?)\s*)?",
    re.ASCII | re.IGNORECASE,
)
# Browsers send a handful.
_MOST = 30


def checked_language(tag: str) -> str:
    """Return the tag of a language that there is a catalogue of.

    Args:
        tag: The tag as it was given.

    Raises:
        UsageError: There is none.
    """
    found = next((known for known in languages() if known.lower() == tag.lower()), None)
    if found is None:
        raise UsageError(f"the page has no language {tag!r}", hint=f"use one of {', '.join(sorted(languages()))}")
    return found


def preferred(accepted: str, known: Container[str]) -> str:
    """Return the language that a browser prefers of those that are known; English if it names none of them.

    Args:
        accepted: Its ``Accept-Language``.
        known: The tags.
    """
    found = [match for each in accepted.split(",")[:_MOST] if (match := _WANTED.fullmatch(each))]
    for each in sorted(found, key=_weight, reverse=True):
        if not _weight(each):
            break
        tag = each["tag"].lower()
        # "de-AT" is served by "de" (RFC 4647, lookup).
        while tag:
            if tag in known:
                return tag
            tag = tag.rpartition("-")[0]
        if each["tag"] == "*":
            break
    return SOURCE


def _weight(match: re.Match[str]) -> float:
    return min(1.0, float(match["weight"] or 1))
