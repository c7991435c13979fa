"""Where Unicode's CLDR, as babel has it, keeps what one of the languages calls months and units."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

# British and American English have different abbreviations and spellings.
_LOCALES = {"en": ("en", "en_GB"), "no": ("nb",)}


def locales_of(language: str) -> list[Locale]:
    """Return the locales of a language (ISO 639-1); none if CLDR does not have it."""
    try:
        return [Locale.parse(each) for each in _LOCALES.get(language, (language,))]
    except (UnknownLocaleError, ValueError):
        return []
