"""Languages: which one a text is written in, and the function words of each.

A script tells most of it. Those that share one are known by their function words, which are a third to a half of
ordinary text, by everyday words (the same hundred or so in each), by the letters that only some of them have, and, for words in
neither list, by the runs of letters that the listed words have (Cavnar and Trenkle, "N-Gram-Based Text Categorization", 1994).
That is enough for a sentence and needs no model: a question is looked at in a fraction of a millisecond, where models for this
take seconds to load (``benchmarks/detection.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import regex

from citewell.text.lists import words_of

# A question is looked at several times while it is answered.
_REMEMBERED = 64
# Words come again more often.
_WORDS = 1 << 14
# A long text is judged by parts of it, evenly spaced.
_PARTS = 12
_PART = 400
_WORD = regex.compile(r"[\p{L}\p{M}]+")
# Addresses, paths and codes are the same in every language.
_NO_WORD = regex.compile(r"[\d@/\\_]|\p{L}[.(]\p{L}")
# Letters of each script. Han, Kana and Hangul are counted apart, because Japanese and Korean mix them.
_SCRIPTS = {
    "latin": r"\p{Latin}",
    "cyrillic": r"\p{Cyrillic}",
    "arabic": r"\p{Arabic}",
    "han": r"\p{Han}",
    "kana": r"[\p{Hiragana}\p{Katakana}]",
    "hangul": r"\p{Hangul}",
    "el": r"\p{Greek}",
    "he": r"\p{Hebrew}",
    "th": r"\p{Thai}",
    "hi": r"\p{Devanagari}",
    "bn": r"\p{Bengali}",
    "pa": r"\p{Gurmukhi}",
    "gu": r"\p{Gujarati}",
    "ta": r"\p{Tamil}",
    "te": r"\p{Telugu}",
    "kn": r"\p{Kannada}",
    "ml": r"\p{Malayalam}",
    "si": r"\p{Sinhala}",
    "hy": r"\p{Armenian}",
    "ka": r"\p{Georgian}",
    "am": r"\p{Ethiopic}",
    "km": r"\p{Khmer}",
    "lo": r"\p{Lao}",
    "my": r"\p{Myanmar}",
    "bo": r"\p{Tibetan}",
}
_LETTERS_OF = {script: regex.compile(letters) for script, letters in _SCRIPTS.items()}
# One of these signs is as much text as several letters of an alphabet.
_WEIGHTS = {"han": 3, "kana": 2, "hangul": 2}
# Of Han and kana: above this share of kana, a text is Japanese.
_KANA_SHARE = 0.08
# Letters that not every language of a script has, by language. The order settles what nothing else does.
_ALPHABETS: Mapping[str, Mapping[str, str]] = {
    "latin": {
        "en": "",
        "es": "áéíóúüñ",
        "de": "äöüß",
        "fr": "àâæçéèêëîïôœùûüÿ",
        "pt": "áâãàçéêíóôõú",
        "it": "àèéìòù",
        "nl": "éëïóöü",
        "pl": "ąćęłńóśźż",
        "id": "",
        "tr": "çğıöşüâî",
        "vi": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
        "ro": "ăâîșțşţ",
        "cs": "áčďéěíňóřšťúůýž",
        "hu": "áéíóöőúüű",
        "sv": "åäöé",
        "da": "æøåé",
        "no": "æøåéòô",
        "fi": "äöå",
        "sk": "áäčďéíĺľňóôŕšťúýž",
        "hr": "čćđšž",
        "ca": "àçéèíïóòúü·",
    },
    "cyrillic": {
        "ru": "ёъыэ",
        "uk": "іїєґ",
        "bg": "ъ",
        "sr": "ђјљњћџ",
        "mk": "ѓѕјљњќџ",
        "be": "іўёыэ",
        "kk": "әғқңөұүһіыэё",
    },
    "arabic": {"ar": "ةىيكأإؤئ", "fa": "پچژگکیئ", "ur": "ٹڈڑںےہھپچگکی"},
}
# A letter that a language does not have speaks against it as much as a function word speaks for one.
_FOREIGN_LETTER = 1.0
_OWN_LETTER = 0.3
# Runs of two and three letters, of so many words without a place in a list: with more words, those listed tell.
_RUNS = (2, 3)
_RUN = 0.05
_RUN_SCALE = 6000
_MOST_UNLISTED = 20
# Letters: fewer, without a listed word, are a unit, an abbreviation or a name.
_LEAST_UNLISTED = 10
# Of two languages that fit alike, the one with more readers.
_PRIOR = 0.02
# The most that the same word tells again and again.
_ALONE = 2.0
# A single letter is often a sign or an initial.
_SINGLE = 0.4
# Where only few of many words are function words, a text is a list of names or of figures.
_LEAST_SHARE = 0.08
_LEAST_DIFFERENT = 2
_SURE_BELOW = 12


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the function words of a language in lower case: what belongs to the form of a question, not to its subject.

    Of Chinese, Japanese, Korean and Thai they are strings at which a run of characters may be cut.

    Args:
        language: The ISO 639-1 code.

    Returns:
        The words; none for a language without a list.
    """
    return words_of("function_words", language)


@cache
def common_words(language: str) -> frozenset[str]:
    """Return everyday words of a language that are no function words, in lower case; none for a language without a list."""
    return words_of("common_words", language)


@cache
def script_of(language: str) -> str:
    """Return the script that a language shares with others, or the language itself if it has one of its own."""
    return next((script for script, languages in _ALPHABETS.items() if language in languages), language)


def latin_letters(language: str) -> str | None:
    """Return the letters that a language has besides those of ASCII; None where they are not known, or are not Latin ones."""
    return _ALPHABETS["latin"].get(language)


@cache
def known_words(language: str) -> frozenset[str]:
    """Return the function words and the everyday words of a language."""
    return function_words(language) | common_words(language)


def detect(text: str, among: Collection[str] | None = None) -> str | None:
    """Return the language of a text.

    Args:
        text: A sentence or more; of a long text, some parts are looked at.
        among: The ISO 639-1 codes that come into question; None for all.

    Returns:
        The ISO 639-1 code, or None if nothing in the text tells (figures, a list of names).
    """
    if among is not None and len(among) == 1:
        return next(iter(among))
    sample = _sample(text)
    script = _script(sample)
    if script is None or script not in _ALPHABETS:
        return script if script is None or among is None or script in among else None
    return _by_words(sample, script, None if among is None else frozenset(among))


def _sample(text: str) -> str:
    if len(text) <= _PARTS * _PART:
        return text
    step = (len(text) - _PART) / (_PARTS - 1)
    return "\n".join(text[int(nth * step) : int(nth * step) + _PART] for nth in range(_PARTS))


def _script(sample: str) -> str | None:
    """Return the script that most of a text is in, or its language where the script has only one."""
    if sample.isascii():
        return "latin"
    amounts = {name: len(letters.findall(sample)) * _WEIGHTS.get(name, 1) for name, letters in _LETTERS_OF.items()}
    han, kana = amounts["han"], amounts["kana"]
    if han or kana:
        language = "ja" if kana > _KANA_SHARE * (han + kana) else "zh"
        amounts[language] = han + kana
    if amounts["hangul"]:
        amounts["ko"] = amounts["hangul"] + han
    for part in ("han", "kana", "hangul"):
        del amounts[part]
    most = max(amounts, key=amounts.__getitem__)
    return most if amounts[most] else None


@lru_cache(maxsize=_REMEMBERED)
def _by_words(sample: str, script: str, among: frozenset[str] | None) -> str | None:
    """Return the language of the script whose words and letters fit best."""
    if _NO_WORD.search(sample):
        sample = " ".join(token for token in sample.split() if not _NO_WORD.search(token))
    written = _WORD.findall(sample)
    words = [word.lower() for word in written]
    listed = _languages_of_words(script)
    unlisted = [word for word in words if word not in listed]
    if _is_naming(written, unlisted):
        return None
    points = {language: -_PRIOR * place for place, language in enumerate(_ALPHABETS[script])}
    worth: dict[str, list[float]] = {}
    for word, count in Counter(words).items():
        languages = listed.get(word, ())
        for language in languages:
            value = count * (1 + 1 / len(languages)) * (_SINGLE if len(word) == 1 else 1)
            worth.setdefault(language, []).append(value)
    for language, values in worth.items():
        total, most = sum(values), max(values)
        # What stands in each row of a table tells no more than all other words: "size", which is a pronoun in Turkish.
        points[language] += min(total, 2 * (total - most) + _ALONE)
    for language, weight in zip(points, _run_points(unlisted[:_MOST_UNLISTED], script), strict=True):
        points[language] += weight
    _add_letters(points, sample.lower(), script)
    best = max(
        (language for language in points if not among or language in among), key=points.__getitem__, default=None
    )
    return None if best is None or points[best] <= 0 or _is_list(words, best) else best


def _is_naming(words: Sequence[str], unlisted: Sequence[str]) -> bool:
    """Return whether words are names, or too few letters to tell anything."""
    if len(unlisted) == len(words):
        return sum(map(len, words)) < _LEAST_UNLISTED or all(word.istitle() for word in words)
    return 2 * len(unlisted) >= len(words) and all(word.istitle() for word in words)


def _add_letters(points: dict[str, float], text: str, script: str) -> None:
    telling = _telling_letters(script)
    if telling.isdisjoint(text):
        return
    for letter, count in Counter(text).items():
        for language, letters in _ALPHABETS[script].items() if letter in telling else ():
            points[language] += count * (_OWN_LETTER if letter in letters else -_FOREIGN_LETTER)


def _is_list(words: Sequence[str], language: str) -> bool:
    """Return whether only few of many words are function words, or the same again and again."""
    stops = function_words(language)
    found = [word for word in words if word in stops]
    few = len(set(found)) < _LEAST_DIFFERENT or len(found) < _LEAST_SHARE * len(words)
    return few and len(words) > _SURE_BELOW and bool(stops)


@cache
def _languages_of_words(script: str) -> Mapping[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for language in _ALPHABETS[script]:
        for word in known_words(language):
            languages[word] = (*languages.get(word, ()), language)
    return languages


def _run_points(words: Iterable[str], script: str) -> Sequence[float]:
    """Return what the runs of letters of some words are worth for each language of a script."""
    found: list[float] = sum((_worth(word, script) for word in words), np.zeros(len(_ALPHABETS[script]))).tolist()
    return found


@lru_cache(maxsize=_WORDS)
def _worth(word: str, script: str) -> npt.NDArray[np.float64]:
    """Return what the runs of letters of one word are worth, shape (languages,)."""
    rows, worth = _worth_of_runs(script)
    found: npt.NDArray[np.float64] = worth.take([rows[run] for run in _runs(word) if run in rows], axis=0).sum(axis=0)
    return found


@cache
def _worth_of_runs(script: str) -> tuple[Mapping[str, int], npt.NDArray[np.float64]]:
    """Return what each run of letters is worth, by how often the listed words of a language have it.

    Returns:
        The row of each run, and the values, shape (runs, languages).
    """
    counts = [Counter(run for word in known_words(language) for run in _runs(word)) for language in _ALPHABETS[script]]
    rows = {run: row for row, run in enumerate(dict.fromkeys(run for each in counts for run in each))}
    worth = np.zeros((len(rows), len(counts)))
    for column, each in enumerate(counts):
        shares = np.fromiter(each.values(), dtype=np.float64) / (each.total() or 1)
        worth[[rows[run] for run in each], column] = _RUN * np.log1p(_RUN_SCALE * shares)
    return rows, worth


def _runs(word: str) -> Iterator[str]:
    """Yield the runs of letters of a word, which tell its ends, too."""
    word = f"^{word}$"
    return (word[start : start + length] for length in _RUNS for start in range(len(word) - length + 1))


@cache
def _telling_letters(script: str) -> frozenset[str]:
    return frozenset("".join(_ALPHABETS[script].values()))
