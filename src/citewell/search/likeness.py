"""Finds near-duplicates among many texts: texts that say the same, word for word, and differ in typography at most.

Readers of "also in FILE" take the quotation for one of that file, so no share of equal characters is enough: a fee, a name,
a "not" or a unit is one word of hundreds. Harmless are white space, line ends, words parted at a line's end, invisible signs,
the width and composition of letters, the kinds of quotes and dashes, commas and stops between words, headings and emphasis of
Markdown, and capitals that a sentence's start or a line in capitals explains. Anything else is a difference, signs beside
numbers among it. A text taken for another costs trust, and one shown twice a few lines, so what is in doubt differs.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import regex

# Forms of one letter that Unicode keeps for old encodings; not superscripts, fractions and the like: 10² is not 102.
_SAME_LETTER = frozenset(
    {"<wide>", "<narrow>", "<noBreak>", "<compat>", "<initial>", "<medial>", "<final>", "<isolated>"}
)
_QUOTES = dict.fromkeys("‘’‚‛‹›´ʼ′", "'") | dict.fromkeys("“”„‟«»″", '"')
_INVISIBLE = regex.compile(r"\u00AD[ \t]*\n[ \t]*|\p{Default_Ignorable_Code_Point}|\uFEFF")
_NO_LETTER = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NO_ASCII_LETTER = dict.fromkeys(number for number in range(128) if not chr(number).isalnum())
# Without white space between words, a line's end is none of the text.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# White space that parts words; "450 kg" is "450kg", and a space beside a sign parts nothing.
_BREAK = regex.compile(
    rf"(?<=[\p{{L}}\p{{M}}\p{{N}}\0])(?<![{_UNSPACED}])\s+(?=[\p{{L}}\p{{N}}])(?![{_UNSPACED}])(?!(?<=\p{{Nd}}\s+)\p{{L}})"
)
_PARTED = regex.compile(r"(?<=\p{L})-[ \t]*\n[ \t]*(?=\p{L})")
_HARMLESS = regex.compile(
    r"""
      ^[ \t]*(?:\#{1,6}|>|[-*+•‣▪·])[ \t]+(?=\p{L})     # the signs of headings, quotations and lists
    | (?<!\w)\*\*+ | \*\*+(?!\w)                         # emphasis
    | (?<!\p{N})["']                                      # after a number they are units: 5'
    | (?<!\d)[.…](?!\d) | (?<=\d)\.(?!\d|\s+\p{L})        # "3. Tag" is an ordinal
    | [,;:](?!\d) | [。，।॥،؛·・¿¡]
    | [\p{Ps}](?=[\p{L}\s"']) | \p{Pe}                    # "(5)" may be a negative number
    | (?<=\p{L})!+(?=[\s"')]|$)
    | (?<=\p{L})-+(?=\p{L}) | (?<=\s)-+(?=\s+["'(]*\p{L})
    """,
    regex.VERBOSE | regex.MULTILINE,
)
# Only after a word: a search that began again at each sign of a long gap would take its length squared.
_GAP = regex.compile(r"(?:\A|(?<=[\p{L}\p{N}]))([^\p{L}\p{N}]*+)(?<=^|[^\p{L}\p{N}])(\p{L})")
_SENTENCE_END = regex.compile(r"""[.!?:;。…]["')]*\s|\n[ \t]*\n""")
_LONG = 5
_LINE = regex.compile(r"[^\n]+")
_UNIT = regex.compile(r"(?<=\p{N}\s?)\p{L}{1,3}(?!\p{L})")


class Texts:
    """A growing collection of texts that others are compared with."""

    def __init__(self) -> None:
        self._count = 0
        # By their letters and digits alone, which excludes nearly all without reading them.
        self._alike: dict[str, list[tuple[int, str, str]]] = {}

    def add(self, text: str, outline: str, heading: str = "") -> None:
        """Add a text with its outline (``outline_of``), and the heading above it, if there is one."""
        self._alike.setdefault(outline, []).append((self._count, text, heading))
        self._count += 1

    def first_like(self, text: str, outline: str, heading: str = "") -> int | None:
        """Return the position of the first near-duplicate of a text, or None.

        Below headings that say different things, the same words say different things, too: whose telephone number it is.

        Args:
            text: The text.
            outline: Its outline (``outline_of``).
            heading: The heading above it; without one, that of the other text says nothing.
        """
        for at, other, above in self._alike.get(outline, ()):
            same = other == text or _say_the_same(other, text)
            if same and (not heading or not above or heading == above or outline_of(heading) == outline_of(above)):
                return at
        return None


def _say_the_same(one: str, other: str) -> bool:
    return _wording(_folded(one)).says_what(_wording(_folded(other)))


def outline_of(text: str) -> str:
    """Return a digest of the letters and digits of a text, which texts that say the same have in common."""
    return blake2b(_outline(_folded(text)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Wording:
    """What a text says: its letters, digits and signs without white space, and positions in them.

    ``breaks`` are the starts of words, ``joints`` those that may be none, and ``loose`` letters whose case says nothing.
    """

    signs: str
    breaks: frozenset[int]
    joints: frozenset[int]
    loose: frozenset[int]

    def says_what(self, other: _Wording) -> bool:
        """Return whether two texts say the same."""
        if _lower(self.signs) != _lower(other.signs):
            return False
        if (self.breaks ^ other.breaks) - self.joints - other.joints:
            return False
        pairs = enumerate(zip(self.signs, other.signs, strict=True))
        return {at for at, (one, another) in pairs if one != another} <= self.loose | other.loose


def _folded(text: str) -> str:
    """Return a text with one form for each letter, quote and dash, and without invisible signs."""
    if text.isascii():
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").replace("`", "'")
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").replace("`", "'"))
    table = {ord(each): _QUOTES.get(each) or _plain(each) for each in set(text) if not each.isascii()}
    return unicodedata.normalize("NFC", text.translate(table))


@lru_cache(maxsize=1 << 16)
def _plain(letter: str) -> str:
    kind, _, points = unicodedata.decomposition(letter).partition(" ")
    if kind in _SAME_LETTER:
        return "".join(_plain(chr(int(point, 16))) for point in points.split())
    return "-" if unicodedata.category(letter) == "Pd" else letter


def _lower(text: str) -> str:
    """Return a text in small letters, of the same length; the two small sigmas are one letter."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(low if len(low := each.lower()) == 1 else each for each in text)
    return small.replace("ς", "σ")


def _outline(text: str) -> str:
    if text.isascii():
        return text.translate(_NO_ASCII_LETTER).lower()
    return _lower(_NO_LETTER.sub("", text))


def _wording(text: str) -> _Wording:
    # Every step keeps the length, so that positions mean the same throughout.
    free = _free_of_case(text)
    parted = _PARTED.sub(lambda found: "\0" + " " * (len(found[0]) - 1), text)
    parted = regex.sub(r"\N{MINUS SIGN}(?=\s*\d)", "-", parted)
    plain = _HARMLESS.sub(lambda found: " " * len(found[0]), parted)
    hidden = plain.replace("\0", " ")
    kept = [at for at, sign in enumerate(hidden) if not sign.isspace()]
    place = {at: number for number, at in enumerate(kept)}
    starts = {found.end() for found in _BREAK.finditer(hidden)}
    joints = {found.end() for found in _PARTED.finditer(text)}
    return _Wording(
        "".join(hidden[at] for at in kept),
        frozenset(place[at] for at in starts),
        frozenset(place[at] for at in joints),
        frozenset(place[at] for at in free if at in place),
    )


def _free_of_case(text: str) -> set[int]:
    """Return the places of letters that are capitals for their place in the text alone."""
    gaps = _GAP.finditer(text)
    free = {gap.start(2) for gap in gaps if gap.start() == 0 or _SENTENCE_END.search(gap[1])}
    for line in _LINE.finditer(text):
        # One short word in capitals may be a name: WHO, US.
        if line[0].isupper() and (len(line[0].split()) > 1 or len(line[0].strip()) >= _LONG):
            free.update(range(line.start(), line.end()))
    for unit in _UNIT.finditer(text):
        # mW and MW are other units, in a line of capitals, too.
        free.difference_update(range(unit.start(), unit.end()))
    return free
