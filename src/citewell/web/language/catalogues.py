"""The catalogues: a ``.po`` file for each language, read when the server starts, so that nothing has to be compiled."""

from __future__ import annotations

import gettext
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent, get_decimal_symbol, get_group_symbol

# The language of the code; its messages need no catalogue.
SOURCE = "en"
_FOLDER = files("citewell.web.language")
_SUFFIX = ".po"
# Every category of CLDR has a number below it in every language.
_SAMPLES = 1_000
# The length of a month in ISO 8601.
_MONTH = len("2026-04")


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its tag, its forms of numbers and dates, its messages, and those of the scripts as JSON."""

    tag: str
    locale: Locale
    messages: gettext.NullTranslations
    script_messages: str

    def text(self, message: str) -> str:
        """Return a message in this language, with its placeholders; in English if it has none."""
        return self.messages.gettext(message) if message else ""

    def text_of(self, singular: str, plural: str, number: int) -> str:
        """Return the form of a message for a number, with its placeholders."""
        return self.messages.ngettext(singular, plural, number)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number as this language writes it.

        Args:
            value: The number.
            digits: How many digits follow the decimal sign.
        """
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.locale)

    def percent(self, value: float) -> str:
        """Return a share between 0 and 1 as a whole percentage, as this language writes it."""
        return format_percent(value, locale=self.locale)

    @property
    def separators(self) -> str:
        """The decimal sign and that between thousands."""
        return get_decimal_symbol(self.locale) + get_group_symbol(self.locale)

    def date(self, written: str) -> str:
        """Return a date as this language writes it; in English as it is, because English-speaking countries differ.

        Args:
            written: A year, a month or a day (ISO 8601); anything else is returned unchanged.
        """
        if self.tag == SOURCE:
            return written
        try:
            day = date.fromisoformat(f"{written}-01" if len(written) == _MONTH else written)
        except ValueError:
            return written
        if len(written) == _MONTH:
            return format_skeleton("yMMMM", day, locale=self.locale)
        return format_date(day, "medium", locale=self.locale)

    def moment(self, at: datetime, *, seconds: bool = False) -> str:
        """Return a time in UTC as this language writes it; in English in the form of ISO 8601.

        Args:
            at: The time, in UTC.
            seconds: Whether its seconds are shown.
        """
        if self.tag == SOURCE:
            return f"{at:%Y-%m-%d %H:%M:%S} UTC" if seconds else f"{at:%Y-%m-%d %H:%M} UTC"
        day = format_date(at, "medium", locale=self.locale)
        time = format_time(at, "medium" if seconds else "short", locale=self.locale)
        return f"{day}, {time} UTC"


@cache
def languages() -> Mapping[str, Language]:
    """Return the languages that there are, by tag; English first."""
    found = {SOURCE: Language(SOURCE, Locale.parse(SOURCE), gettext.NullTranslations(), _script_messages(None))}
    for file in sorted(_FOLDER.iterdir(), key=lambda each: each.name):
        if file.name.endswith(_SUFFIX):
            tag = file.name.removesuffix(_SUFFIX)
            found[tag] = _language(tag, file.read_bytes())
    return found


def _language(tag: str, content: bytes) -> Language:
    catalogue = read_po(BytesIO(content), locale=tag.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(tag, Locale.parse(tag, sep="-"), gettext.GNUTranslations(compiled), _script_messages(catalogue))


def _script_messages(catalogue: Catalog | None) -> str:
    """Return the messages that the scripts use, and which form of them each category of plurals has."""
    messages = {
        _first(each.id): each.string if isinstance(each.string, str) else list(each.string or ())
        for each in catalogue or ()
        if each.id and any(name.endswith(".js") for name, _ in each.locations)
    }
    return json.dumps({"forms": _forms(catalogue) if catalogue else {}, "messages": messages}, ensure_ascii=False)


def _first(message: str | list[str] | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def _forms(catalogue: Catalog) -> dict[str, int]:
    """Return the form of a message for each category that a browser knows (``Intl.PluralRules``)."""
    locale = catalogue.locale or Locale.parse(SOURCE)
    form = gettext.c2py(catalogue.plural_expr)
    return {locale.plural_form(number): form(number) for number in reversed(range(_SAMPLES))}
