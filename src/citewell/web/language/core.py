"""What the core says in English, in the language of the page.

The core has one language, which programs and the command line share. What it says to people is recognised here by its form
(``forms``), and said again; anything else, such as why a file could not be read, stays as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

from citewell.web.language.catalogues import SOURCE
from citewell.web.language.current import gettext, language, moment, number, percent
from citewell.web.language.forms import FORMS, MOMENTS, NUMBERS, PHRASES, QUOTED

_VALUE = re.compile(r"%\((\w+)\)s")
# What a value may be; a number and a time are recognised, so that a form takes no sentence of another form.
_SHAPES = {
    **dict.fromkeys(NUMBERS, r"[+-]?[\d,]+(?:\.\d+)?%?"),
    **dict.fromkeys(MOMENTS, r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?"),
}
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<rest>\d+))?")
_QUOTED = re.compile("“([^“”]*)”")


def said(message: str) -> str:
    """Return what the core says in the current language; unchanged if it is not known here.

    Args:
        message: What it says.
    """
    return _again(message) or message


def is_known(message: str) -> bool:
    """Return whether a message of the core has a form, so that it is said in the current language, which is not English."""
    return _again(message) is not None


def _again(message: str) -> str | None:
    if language().tag == SOURCE or not message:
        return None
    for form, pattern in _patterns():
        if match := pattern.fullmatch(message):
            return gettext(form, **{name: _value(name, value) for name, value in match.groupdict().items()})
    return None


def _value(name: str, value: str) -> str:
    """Return a value of a message as the current language writes it; what a document or a reader says stays as it is."""
    if name in PHRASES:
        return said(value)
    if name in QUOTED:
        return _QUOTED.sub(lambda match: gettext("“%(text)s”", text=match[1]), value)
    if name in MOMENTS:
        return _moment(value)
    return _number(value) if name in NUMBERS else value


def _number(value: str) -> str:
    match = _NUMBER.fullmatch(value.removesuffix("%"))
    if match and value.endswith("%"):
        return percent(float(match[0]) / 100)
    if not match:
        return value
    rest = match["rest"] or ""
    return match["sign"] + number(float(f"{match['whole'].replace(',', '')}.{rest or 0}"), len(rest))


def _moment(value: str) -> str:
    try:
        return moment(datetime.fromisoformat(value).replace(tzinfo=UTC), seconds=value.count(":") > 1)
    except ValueError:
        return value


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return the forms with their patterns; those with more words of their own first, because they say more."""
    ordered = sorted(FORMS, key=lambda form: -len(_VALUE.sub("", form)))
    return [(form, re.compile(_pattern(form), re.DOTALL)) for form in ordered]


def _pattern(form: str) -> str:
    parts = _VALUE.split(form)
    return "".join(
        f"(?P<{part}>{_SHAPES.get(part, '.+?')})" if nth % 2 else re.escape(part.replace("%%", "%"))
        for nth, part in enumerate(parts)
    )
