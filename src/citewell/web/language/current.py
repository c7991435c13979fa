"""What the page says, in the language of the current request.

The language is that of the context, so requests at the same time do not mix; a thread that is started for a request has its
language, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from citewell.web.language.catalogues import SOURCE, Language, languages

_CURRENT: ContextVar[str] = ContextVar("language", default=SOURCE)


def language() -> Language:
    """Return the language of the current request; outside of one, English."""
    return languages()[_CURRENT.get()]


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Use a language for what is done meanwhile.

    Args:
        tag: Its tag.
    """
    before = _CURRENT.set(tag)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def gettext(message: str, /, **values: object) -> str:
    """Return a message in the current language.

    Args:
        message: The message in English; ``%(name)s`` is a value, and ``%%`` a percent sign.
        values: The values; a whole number is written as the language writes it.
    """
    return language().text(message) % written(values)


def ngettext(singular: str, plural: str, num: int, /, **values: object) -> str:
    """Return a message about a number of things in the current language.

    Args:
        singular: The message in English for one.
        plural: The message in English for any other number, which is ``%(num)s``.
        num: The number.
        values: Other values.
    """
    return language().text_of(singular, plural, num) % written({"num": num, **values})


def noop(message: str) -> str:
    """Return a message unchanged: it is translated where it is used, and found here for the catalogues."""
    return message


def number(value: float, digits: int = 0) -> str:
    """Return a number as the current language writes it; see `Language.number`."""
    return language().number(value, digits)


def percent(value: float) -> str:
    """Return a share as the current language writes it; see `Language.percent`."""
    return language().percent(value)


def interval(low: float, high: float, digits: int) -> str:
    """Return the ends of an interval as the current language writes them."""
    return gettext("%(low)s to %(high)s", low=number(low, digits), high=number(high, digits))


def signed(value: float, digits: int) -> str:
    """Return a difference with its sign, as the current language writes it."""
    return f"{'-' if value < 0 else '+'}{number(abs(value), digits)}"


def date(written: str) -> str:
    """Return a date as the current language writes it; see `Language.date`."""
    return language().date(written)


def moment(at: datetime, *, seconds: bool = False) -> str:
    """Return a time as the current language writes it; see `Language.moment`."""
    return language().moment(at, seconds=seconds)


def language_name(code: str) -> str:
    """Return the name of a language in the current language.

    Args:
        code: The ISO 639-1 code, which is returned where there is no name.
    """
    return str(language().locale.languages.get(code, code))


def written(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a message as they are written."""
    return {name: number(value) if isinstance(value, int) else value for name, value in values.items()}
