"""Every place of what is looked for, and no other: compared with a plain scan of the texts that folds alike."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.found import Sort
from citewell.index.concordance import Concordance, ConcordanceFile
from citewell.index.concordance_writing import SCHEMA, ConcordanceWriter
from citewell.index.database import DatabaseWriter
from citewell.search.find_query import parse_query
from citewell.search.occurrences import BlockPlaces, places_in
from citewell.search.tally import tally

# Letters of which each word is one: capital and small, with and without accents, composed and not, full-width, ligatures.
SPACED = [
    "a",
    "A",
    "é",
    "e\u0301",
    "E",
    "\uff45",
    "ß",
    "SS",
    "ﬁ",
    "fi",
    "ё",
    "Е",
    "й",
    "Σ",
    "ς",
    "ά",
    "ı",
    "İ",
    "ø",
    "1",
    "２",
    "ب",
    "بَ",
    "क",
    "कि",
]
SPACELESS = ["東", "京", "都", "ﾄ", "ト", "ー", "が", "か\u3099", "ก", "ก้", "ำ", "한", "국"]
HIDDEN = ["\u00ad", "\u200b", ""]
BETWEEN = [" ", "  ", "\n", ", ", " – ", "\n\n", " (", "\u00a0", "\u3000"]

LETTERS = st.sampled_from([*SPACED, *SPACELESS])
WORD = st.lists(st.tuples(LETTERS, st.sampled_from(HIDDEN)), min_size=1, max_size=4).map(
    lambda pairs: "".join(letter + hidden for letter, hidden in pairs).rstrip("\u00ad\u200b")
)
TEXT = st.lists(st.tuples(WORD, st.sampled_from(BETWEEN)), max_size=25).map(
    lambda pairs: "".join(word + between for word, between in pairs)
)
IS_SPACELESS = "\u4e00-\u9fff\u3040-\u30ff\u0e00-\u0e7f\uac00-\ud7af"


def folded(text: str) -> str:
    """Fold a text with the standard library alone; the letters above are all that it has to know."""
    text = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("ø", "o").replace("ı", "i")
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("(?<=[a-zα-ωб-ي])[\u0300\u0301\u0307\u064e]", "", apart))


def scanned(text: str, word: str) -> int:
    """Count a word by a search of the whole text from left to right."""
    word = re.sub(r"[\u00ad\u200b]", "", folded(word))
    pieces = re.findall(rf"[{IS_SPACELESS}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099]*|[^{IS_SPACELESS}]+", word)
    # A line may end between two characters of a script without spaces, except Korean.
    pattern = pieces[0]
    for before, after in pairwise(pieces):
        wrapped = all(
            re.match(rf"[{IS_SPACELESS}]", each) and not re.match("[\uac00-\ud7af]", each) for each in (before, after)
        )
        pattern += ("(?:\n)?" if wrapped else "") + after
    if not re.match(f"[{IS_SPACELESS}]", pieces[0]):
        pattern = rf"(?<![^\W{IS_SPACELESS}])(?<![^\W{IS_SPACELESS}][\u093f])" + pattern
    if not re.match(f"[{IS_SPACELESS}]", pieces[-1]):
        pattern += rf"(?![^\W{IS_SPACELESS}\u0300-\u036f]|\u093f)"
    else:
        pattern += "(?![\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099])"
    return len(re.findall(pattern, folded(text)))


def searched(texts: Sequence[str], query: str, most_places: int = 1 << 20) -> list[BlockPlaces]:
    """Write the concordance of some documents, and look for a query in all its blocks."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "concordance.sqlite")
        with DatabaseWriter(file, SCHEMA) as rows, ConcordanceWriter(rows, most_places) as writer:
            for text in texts:
                writer.add(text)
        concordance = Concordance(ConcordanceFile(file))
        return [places_in(concordance, nth, parse_query(query, 2000), None) for nth in concordance.blocks]


def found(texts: Sequence[str], query: str, most_places: int = 1 << 20) -> list[tuple[int, str]]:
    """Return the document and the text of each place."""
    return [
        (document, texts[document][start:end])
        for each in searched(texts, query, most_places)
        for document, start, end in zip(
            each.documents.tolist(), each.places.starts.tolist(), each.places.ends.tolist(), strict=True
        )
    ]


def places(text: str, query: str) -> list[str]:
    return [place for _, place in found([text], query)]


@settings(max_examples=80)
@given(st.lists(TEXT, min_size=1, max_size=3), st.data())
def test_a_word_has_as_many_places_as_a_plain_scan_finds(texts: list[str], data: st.DataObject) -> None:
    words = [word for text in texts for word in text.replace("(", " ").replace(",", " ").replace("–", " ").split()]
    words = [word for word in words if word.strip("\u00ad\u200b")]
    word = data.draw(st.sampled_from(words) if words else WORD)
    here = found(texts, word, most_places=data.draw(st.sampled_from([5, 1 << 20])))
    assert len(here) == sum(scanned(text, word) for text in texts)
    wanted = re.sub(r"\s", "", folded(word))
    assert {re.sub(r"\s", "", folded(text)) for _, text in here} <= {wanted}


WORDS = st.lists(st.sampled_from(["red", "Red", "réd", "blue", "blues", "東京"]), min_size=1, max_size=6).map(" ".join)


def plain_paragraphs(text: str) -> list[str]:
    return [" " + folded(paragraph).replace("\n", " ") + " " for paragraph in text.split("\n\n")]


@settings(max_examples=25)
@given(st.lists(st.lists(WORDS, max_size=4).map("\n\n".join), min_size=1, max_size=3))
def test_several_words_are_those_of_one_paragraph(texts: list[str]) -> None:
    paragraphs = [each for text in texts for each in plain_paragraphs(text)]
    both = [each for each in paragraphs if " red " in each and " blue " in each]
    assert len(found(texts, "blue RED")) == len(both)
    assert len(found(texts, "blue red -東京")) == sum("東京" not in each for each in both)
    assert len(found(texts, "blue* 東京")) == sum(" blue" in each and "東京" in each for each in paragraphs)
    # A search from left to right uses the space between two phrases once, so it is written twice.
    assert len(found(texts, '"red blue"')) == sum(each.replace(" ", "  ").count(" red  blue ") for each in paragraphs)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The NAÏVE one, nai\u0308ve", "naive", ["NAÏVE", "nai\u0308ve"]),
        ("Straße STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("ＦＵＬＬ width", "full", ["ＦＵＬＬ"]),
        ("co\u00adope\u00adrate", "cooperate", ["co\u00adope\u00adrate"]),
        ("the insti-\ntution of", "institution", ["insti-\ntution"]),
        ("a well-\nknown fact", "well-known", ["well-\nknown"]),
        ("a well-\nknown fact", "known", ["known"]),
        ("a well-\nknown fact", '"well known fact"', ["well-\nknown fact"]),
        ("a well-\nknown fact", '"a known"', []),
        ("a well-\nknown fact", "well*", ["well-\nknown"]),
        ("run runs running", "run", ["run"]),
        ("run runs running rerun", "run*", ["run", "runs", "running"]),
        ("3.5 and 3,5 and 3 5", "3.5", ["3.5"]),
        ("well-known, well‑known, well known", "well-known", ["well-known", "well‑known"]),
        ("well-known, well known", '"well known"', ["well-known", "well known"]),
        ("l'école, l’école, école", "l'ecole", ["l'école", "l’école"]),
        ("C, C++ and C#", "c++", ["C++"]),
        ("**New**\nYork, New York", '"new york"', ["New**\nYork", "New York"]),
        ("New\n\nYork", '"new york"', []),
        ("Ёлка и елка, йод", "елка", ["Ёлка", "елка"]),
        ("йод", "иод", []),
        ("بَيْت بيت بـيـت", "بيت", ["بَيْت", "بيت", "بـيـت"]),
        ("ΟΔΟΣ οδός", "οδος", ["ΟΔΟΣ", "οδός"]),
        ("人民共和国は東京都", "東京", ["東京"]),
        ("東\n京", "東京", ["東\n京"]),
        ("東 京", "東京", []),
        ("ああああ", "ああ", ["ああ", "ああ"]),
        ("학교에서 초등학교", "학교", ["학교", "학교"]),
        ("นักเรียนไปโรงเรียน", "เรียน", ["เรียน", "เรียน"]),
        ("GDPは5%", "gdp", ["GDP"]),
        ("key: one two\nkey: three one", "two three", []),
        ("- red\n- blue", "red blue", []),
        ("red\nblue", "red blue", ["red\nblue"]),
    ],
)
def test_a_word_is_found_as_it_is_written(text: str, query: str, expected: list[str]) -> None:
    assert places(text, query) == expected


def test_a_paragraph_that_is_read_in_parts_is_one() -> None:
    text = "first " + "word " * 14_000 + "second last"
    assert len(places(text, "first last")) == 1
    assert len(places(text, "word")) == 14_000
    # Of 13,999 pairs, those that overlap the one before are left out.
    assert len(places(text, '"word word"')) == 7_000


def test_the_marks_of_a_place_are_its_words() -> None:
    (block,) = searched(["red blue red\n\ngreen red"], "red blue")
    assert [block.marks(nth) for nth in range(len(block.places))] == [[(0, 3), (4, 8), (9, 12)]]


def test_a_paragraph_with_more_of_the_words_in_less_text_is_more_relevant() -> None:
    (block,) = searched(["red and many other words of no use at all\n\nred, red\n\nred it is"], "red")
    long, twice, _, short = block.relevance().tolist()
    assert long < short < twice


@given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from(["place", "relevance"]), st.integers(1, 4))
@settings(max_examples=25)
def test_pages_of_several_blocks_are_those_of_one(texts: list[str], sort: Sort, per_page: int) -> None:
    texts = [text + " a" for text in texts]
    one, several = (searched(texts, "a*", most) for most in (1 << 20, 1))
    (whole,) = one
    order = list(range(len(whole.places)))
    if sort == "relevance":
        order = sorted(order, key=lambda place: -whole.relevance()[place])
    expected = [whole.row(place) for place in order]
    counts = (len(texts), 1, 0)
    pages = [tally(several, counts, sort, at, at + per_page) for at in range(0, len(expected), per_page)]
    assert [several[each.block].row(each.place) for page in pages for each in page.chosen] == expected
    assert [each.number for page in pages for each in page.chosen] == list(range(1, len(expected) + 1))
    assert {page.total for page in pages} == {len(expected)}
