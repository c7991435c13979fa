"""Languages: which one a text is written in, and the function words of each.

A script tells most of it. Languages that share one are told apart by their function words, which are a third to a half of
ordinary text, and by the letters that only some of them have. That is enough for a sentence and needs no model: a question is
looked at in a fraction of a millisecond, where models for this take seconds to load (``docs/architecture.md``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

import regex

# A long text is judged by parts of it, evenly spaced.
_PARTS = 12
_PART = 400
_WORD = regex.compile(r"[\p{L}\p{M}]+")
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
# How words begin ("^") and end ("$") in some languages only, and letters that stand together: for sentences with few function
# words.
_PIECES: Mapping[str, str] = {
    "en": "ing$ ed$ tion$ ies$ ly$ ness$ ^wh ^th ght ous$ ment$ ee sh oo ck",
    "es": "ción$ dad$ ero$ iento$ amos$ ll$ ñ os$ ado$ uev ués$",
    "de": "ung$ keit$ lich$ isch$ schaft$ sch ^ge et$ tz eit$ eu ^ver ^zu ck zt$ ben$",
    "fr": "eux$ aux$ ette$ ment$ ez$ oir$ ique$ oux eau ifie$ ois$ ure$ ans$ ée$ tie$ gn",
    "pt": "ção$ ções$ dade$ ões$ nh lh ão$ inho$ ou$ ia$ ica$ ois$ tia$",
    "it": "zione$ tà$ gli zz cch are$ ere$ mente$ ano$ ono$ iamo$ tto$ sso$ ccia gna zia$ eri$",
    "nl": "ij aa oo ee sch$ heid$ ^ge lijk$ uu tje$ rt$ cht$ tie$ ^ver ieuw",
    "pl": "sz cz rz ść$ ego$ ych$ nie$ ję ów$ wy$ owa$ szcz ki$ ^prz ^wy",
    "id": "kan$ nya$ ^me ^ber ^pe ^ter ng$ ^di an$ ak$ ah$",
    "tr": "lar$ ler$ lar ler iyor yor ım$ in$ dir$ mek$ mak$ ^bu da$ de$ lık$ mde$",
    "vi": "nh$ ng$ ^th ^ng ^nh ^tr",
    "ro": "ul$ lui$ ului$ ește$ ate$ ție$ ii$ eaz ile$ uri$ rea$",
    "cs": "ost$ ění$ ého$ ou$ ů ř ch$ ky$ ový$ ská$ tru$ vá$",
    "hu": "gy sz ek$ ok$ ban$ ben$ nak$ nek$ ság$ ség$ ás$ és$ ém$ cs tt$ vé ért",
    "sv": "et$ en$ ar$ ning$ het$ ska$ sk fö ör$ er$ or$ ck ligg",
    "da": "et$ en$ er$ ing$ hed$ ke$ ø lse$ ds øg egn nd ene$",
    "no": "et$ en$ er$ ing$ het$ ene$ kk øk ei tt$ stengt",
    "fi": "ssa$ ssä$ lla$ llä$ sta$ stä$ nen$ an$ än$ in$ et$ aa ii uu kk tta ään aan oi ai uo",
    "sk": "osť$ ého$ ie$ ia$ ou$ ľ ť ch$ nie$ ká$ vá$ ať$ ica$ ako",
    "hr": "je$ nje$ ima$ ost$ ski$ lj nj og$ ju$ tvo$ vor ije dje",
    "ca": "ció$ ment$ tat$ ny ll$ l·l eu$ ns$ ió$ ig$ tx ell$ mans$",
    "ru": "ого$ ый$ ий$ ать$ ить$ ость$ ет$ ия$ ую$ те$ ться$ ание$ ии$ ой$",
    "uk": "ння$ ого$ ий$ ати$ ити$ ість$ ться$ ція$ ти$",
    "bg": "та$ ът$ ото$ ите$ ят$ ия$ ме$ ни$",
    "sr": "ње$ ски$ ост$ ије",
}
# A letter that a language does not have speaks against it as much as a function word speaks for one.
_FOREIGN_LETTER = 1.0
_OWN_LETTER = 0.3
_PIECE = 0.25
# With more words than this, function words tell.
_MAX_PIECES = 60
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
    resource = files("citewell.text").joinpath("function_words", f"{language}.txt")
    return frozenset(resource.read_text(encoding="utf-8").split()) if resource.is_file() else frozenset()


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
    return _told_by_words(sample.lower(), script, among)


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


def _told_by_words(sample: str, script: str, among: Collection[str] | None) -> str | None:
    """Return the language of the script whose function words and letters fit best."""
    words = _WORD.findall(sample)
    alphabets = {
        language: letters for language, letters in _ALPHABETS[script].items() if not among or language in among
    }
    known = _languages_of_words(script)
    points = dict.fromkeys(alphabets, 0.0)
    found: dict[str, Counter[str]] = {language: Counter() for language in alphabets}
    edged = " ".join(word for word in words[:_MAX_PIECES] if word not in known)
    for word in words:
        languages = known.get(word, ())
        for language in languages:
            if language in points:
                points[language] += (1 + 1 / len(languages)) * (_SINGLE if len(word) == 1 else 1)
                found[language][word] += 1
    for language, pieces in _pieces(script).items():
        if language in points:
            points[language] += _PIECE * len(pieces.findall(edged))
    for letter, count in Counter(letter for letter in sample if letter in _telling_letters(script)).items():
        for language, letters in alphabets.items():
            points[language] += count * (_OWN_LETTER if letter in letters else -_FOREIGN_LETTER)
    best = max(points, key=points.__getitem__, default=None)
    if best is None or points[best] <= 0:
        return None
    # A list of names has none, or the same again and again.
    few = len(found[best]) < _LEAST_DIFFERENT or found[best].total() < _LEAST_SHARE * len(words)
    listed = few and len(words) > _SURE_BELOW and function_words(best)
    return None if listed else best


@cache
def _languages_of_words(script: str) -> Mapping[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for language in _ALPHABETS[script]:
        for word in function_words(language):
            languages[word] = (*languages.get(word, ()), language)
    return languages


@cache
def _pieces(script: str) -> Mapping[str, regex.Pattern[str]]:
    """Return for each language what finds its pieces of words."""
    return {
        language: regex.compile("|".join(_edged(piece) for piece in _PIECES[language].split() if piece != "$"))
        for language in _ALPHABETS[script]
        if language in _PIECES
    }


def _edged(piece: str) -> str:
    return regex.sub(r"\^", r"\\b", piece).replace("$", r"\b")


@cache
def _telling_letters(script: str) -> frozenset[str]:
    return frozenset("".join(_ALPHABETS[script].values()))
