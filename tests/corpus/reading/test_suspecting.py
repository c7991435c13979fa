"""Text that was extracted wrongly is named, by page; real texts in four languages are not."""

from __future__ import annotations

import json
import random
import string

import pytest

from citewell.corpus.reading.assembling import assemble
from citewell.corpus.reading.extract import Extract, RawBlock
from citewell.corpus.reading.parsing import parse
from citewell.corpus.reading.suspecting import suspicions
from citewell.document import Location
from tests.support.environment import ROOT

BENCHMARKS = ROOT.parent / "shared" / "benchmarks"
# Sentences of one text, so that a page has the words that a language has.
SENTENCES = (
    "The keeper of the tower paints the door each spring, and oils the hinges before the storms come.",
    "Visitors may climb the stairs with a guide, but they have to leave their bags below in the hall.",
    "The lamp was turned by a clockwork until electricity came to the island in the year of the flood.",
    "It can be seen from ships that are twenty miles away, if the weather is good and the sea is calm.",
    "Nobody lives there now; the light is watched from the harbour, and a boat brings what is needed.",
    "In winter the path is closed when the waves reach the wall that was built to protect the garden.",
    "The garden was made by the first keeper, who planted apples, beans and a hedge against the wind.",
    "His letters tell of birds that flew into the glass at night, and of the noise of the great horn.",
)
PAGE = "\n\n".join(SENTENCES)


def _suspected(*pages: str) -> list[str]:
    blocks = [
        RawBlock("prose", (paragraph,), location=Location("page", str(number), number))
        for number, page in enumerate(pages, 1)
        for paragraph in page.split("\n\n")
    ]
    extract = Extract(tuple(blocks))
    return suspicions(extract, assemble(extract))


def _ciphered(text: str) -> str:
    letters = list(string.ascii_lowercase)
    random.Random(7).shuffle(letters)
    changed = "".join(letters)
    return text.translate(str.maketrans(string.ascii_letters, changed + changed.upper()))


def _torn(text: str) -> str:
    words = text.split()
    lines = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    random.Random(7).shuffle(lines)
    return "\n\n".join(lines)


FAULTS = {
    "glued": (PAGE.replace(" ", ""), "words run together: spaces are missing"),
    "spelt": (
        "\n\n".join(" ".join(each.replace(" ", "")) for each in SENTENCES),
        "most words are single letters: there may be spaces inside words",
    ),
    "ciphered": (_ciphered(PAGE), "many words have no vowel: the letters may be wrong"),
    "private": (
        PAGE.replace("the", "\ue001\ue002"),
        "many characters are signs of one font, which have no meaning without it",
    ),
    "replaced": (PAGE.replace("th", "\ufffd"), "characters are missing: the file does not say which they are"),
    "torn": (_torn(PAGE), "sentences may be out of order: many lines begin or end in the middle of one"),
    "hyphens": (
        PAGE.replace("keeper", "kee- per").replace("garden", "gar- den").replace("winter", "win- ter"),
        "sentences may be out of order: many lines begin or end in the middle of one",
    ),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(text: str, fault: str) -> None:
    assert _suspected(text) == [fault]
    assert _suspected(PAGE, text, PAGE, text, PAGE, PAGE, PAGE, PAGE) in ([f"{fault} (pages 2, 4)"], [fault])


def test_one_bad_page_of_many_is_named() -> None:
    pages = [PAGE] * 30
    pages[6] = PAGE.replace(" ", "")
    assert _suspected(*pages) == ["words run together: spaces are missing (page 7)"]


def test_pages_with_hardly_any_text() -> None:
    assert _suspected("7", "8", "9", PAGE) == ["most pages have hardly any text (pages 1, 2, 3)"]
    assert _suspected("A title", PAGE, PAGE) == []


def test_control_characters_are_counted() -> None:
    assert _suspected(PAGE.replace("door", "do\x01or")) == ["1 control character left out"]


def test_tables_code_lists_and_names_are_no_fault() -> None:
    rows = [RawBlock("row", (f"B{number} | x | y | qrst | {'k' * 60}",)) for number in range(100)]
    names = [RawBlock("item", (f"README-{number}.md src/tmp/xyz{number}.html HTTP JSON XML",)) for number in range(100)]
    for blocks in (rows, names):
        extract = Extract(tuple(blocks))
        assert suspicions(extract, assemble(extract)) == []


@pytest.mark.parametrize(
    "text",
    ["6.57e-01   7.5e-01 " * 60, r"\u0930\u0935\u093f \u0938\u094b " * 40, "(x+a)^n = n/k f(x)^k a^(n-k)dx, " * 20],
    ids=["numbers", "codes", "formulas"],
)
def test_single_letters_that_belong_to_something_else_are_no_fault(text: str) -> None:
    assert _suspected(text) == []


def test_items_of_a_list_may_begin_in_any_way() -> None:
    items = [RawBlock("item", (f"{word}: a place where {word} stands in this book",)) for word in PAGE.split()]
    extract = Extract(tuple(items))
    assert suspicions(extract, assemble(extract)) == []


def test_what_the_reader_said_is_not_repeated() -> None:
    data = PAGE.replace("e", "\u00e9").encode() + b" It was \xff so."
    (warning,) = parse("tower.txt", data).warnings
    assert warning.startswith("not UTF-8, shown as \ufffd")


@pytest.mark.parametrize("language", ["es", "ja", "zh"])
def test_no_alarm_in_real_texts(language: str) -> None:
    file = BENCHMARKS / "languages" / f"{language}.json"
    if not file.is_file():
        pytest.skip("the benchmark is not here")
    for article in json.loads(file.read_text(encoding="utf-8"))["data"][:60]:
        paragraphs = [each["context"] for each in article["paragraphs"]]
        assert _suspected(*paragraphs) == []


def test_no_alarm_in_long_english_texts() -> None:
    files = sorted((BENCHMARKS / "chunking").glob("*.md"))
    if not files:
        pytest.skip("the benchmark is not here")
    for file in files:
        text = file.read_text(encoding="utf-8")[:100_000]
        assert parse(file.name, text.encode()).warnings == ()
        assert _suspected(text) == []
