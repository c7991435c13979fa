"""The English names of languages, and their codes."""

from __future__ import annotations

_NAMES = {
    "am": "Amharic", "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan", "ca": "Catalan",
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "lo": "Lao", "mk": "Macedonian", "ml": "Malayalam", "my": "Burmese", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "si": "Sinhala", "sk": "Slovak", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def name_of_language(code: str) -> str:
    """Return the English name of a language; its code where it has none here.

    Args:
        code: The ISO 639-1 code.
    """
    return _NAMES.get(code, code)


def code_of_language(written: str) -> str | None:
    """Return the ISO 639-1 code of a language: of its code, with a country or without ("de-AT"), or its English name.

    Args:
        written: The code or the name; None is returned for anything else.
    """
    small = written.strip().casefold()
    code = small.replace("_", "-").partition("-")[0]
    if len(code) == 2 and code.isalpha() and code.isascii():
        return code
    return next((known for known, name in _NAMES.items() if name.casefold() == small), None)
