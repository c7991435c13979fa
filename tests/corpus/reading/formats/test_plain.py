"""Plain text: title, headings, furniture, lists, and spans that stay true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.formats.plain import find_blocks
from tests.support.environment import CORPUS
from tests.support.outlines import blocks, check_spans, read_plain, unshown

LINES = st.sampled_from(
    [
        "A Heading",
        "A sentence stands here.",
        "",
        "",
        "- item",
        "1. first",
        "lower case line",
        "Phone: 123",
        "Ada Lind",
        "=====",
        "> What was written before",
        "Name\\tRoom",
        "Ada Lind\\t12",
        "\t",
        "é\u0301",
    ]
)


def test_bundled_article_has_its_title_and_its_seven_headed_sections() -> None:
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    outline = read_plain(text)
    assert outline.title == "International Cooperation: International Education Explained"
    assert [section.path for section in outline.sections] == [
        (),
        ("Concept of International Education",),
        ("Importance of International Education",),
        ("International Cooperation in Education",),
        ("Forms of International Cooperation in Education",),
        ("Challenges and Opportunities",),
        ("Future of International Education",),
        ("Embark on Your Journey with IPGCE",),
        (),
    ]


def test_furniture_of_the_bundled_article_is_apart_from_its_text() -> None:
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    assert blocks(text, read_plain(text).sections[-1]) == ["Leave a Reply", "Scroll to Top"]


def test_short_lines_in_the_middle_are_a_list_and_the_last_is_a_heading_as_well() -> None:
    text = "Title\n\nSome text.\n\nHome\n\nAbout us\n\nReal Heading\n\nA sentence.\n"
    outline = read_plain(text)
    assert [(section.path, blocks(text, section)) for section in outline.sections] == [
        ((), ["Some text."]),
        ((), ["Home", "About us", "Real Heading"]),
        (("Real Heading",), ["A sentence."]),
    ]
    assert [section.heading and section.heading.of(text) for section in outline.sections] == [
        None,
        None,
        "Real Heading",
    ]


def test_the_first_line_of_a_list_is_the_title_and_an_item() -> None:
    text = "Ada Lind\n\nRing 4417\n\nBo Dahl\n\nRing 4420\n\nThey answer until nine.\n"
    outline = read_plain(text)
    assert outline.title == "Ada Lind"
    assert blocks(text, outline.sections[0]) == ["Ada Lind", "Ring 4417", "Bo Dahl", "Ring 4420"]


def test_a_title_above_a_heading_is_no_list() -> None:
    text = "Otters\n\nFood\n\nThey eat fish.\n"
    (section,) = read_plain(text).sections
    assert (section.path, blocks(text, section)) == (("Food",), ["They eat fish."])


def test_a_short_line_at_the_end_is_text() -> None:
    text = "Agenda\n\nThe budget was passed.\n\nVisit to the new slipway\n"
    assert [blocks(text, section) for section in read_plain(text).sections] == [
        ["The budget was passed."],
        ["Visit to the new slipway"],
    ]


@pytest.mark.parametrize(
    "line",
    [
        "This line ends like a sentence.",
        "It asks something?",
        "A list follows:",
        "- an item of a list",
        "2) another item",
        "begins in lower case",
        "Phone: 0123 456",
        "https://example.org/a",
        "Name    Age    Town",
        "a | b | c",
        "1,200 3,400 5,600",
        "A line with far too many words in it to be the heading of anything that people read",
    ],
)
def test_what_is_not_a_heading_is_text(line: str) -> None:
    text = f"Some text.\n\n{line}\n\nMore text.\n"
    (section,) = read_plain(text).sections
    assert section.path == ()
    assert line in "\n".join(blocks(text, section))


def test_text_of_short_lines_alone_is_kept() -> None:
    text = "Apples\n\nPears\n\nPlums\n"
    (section,) = read_plain(text).sections
    assert blocks(text, section) == ["Apples", "Pears", "Plums"]


def test_underlined_and_numbered_headings() -> None:
    text = "Some text.\n\nResults\n=======\n\nIt rose.\n\n1.2 Limits\n\nIt fell.\n"
    assert [section.path for section in read_plain(text).sections] == [(), ("Results",), ("1.2 Limits",)]


def test_items_of_a_list_are_blocks_of_their_own() -> None:
    text = "We need:\n- bread and\n  butter\n- milk\n- eggs\n"
    (section,) = read_plain(text).sections
    assert blocks(text, section) == ["We need:", "- bread and\n  butter", "- milk", "- eggs"]


def test_what_is_quoted_from_a_message_is_apart_from_the_reply() -> None:
    text = "Bo wrote:\n> When does it leave\n> in winter?\n>\n> Where from?\nAt eight.\n>> Thank you.\n> You are welcome.\n"
    (section,) = read_plain(text).sections
    quoted = ["> When does it leave\n> in winter?", "> Where from?", "At eight.", ">> Thank you.", "> You are welcome."]
    assert blocks(text, section) == ["Bo wrote:", *quoted]


@given(st.lists(LINES, max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_spans_are_ordered_disjoint_and_inside(lines: list[str], end: str) -> None:
    text = end.join(lines)
    check_spans(text, read_plain(text))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_gives_true_spans(text: str) -> None:
    if text.strip():
        check_spans(text, read_plain(text))


@given(st.lists(LINES, min_size=1, max_size=20))
def test_line_ends_make_no_difference(lines: list[str]) -> None:
    text = "\n".join(lines)
    if text.strip():
        unix, windows = (outline_words(each) for each in (text, text.replace("\n", "\r\n")))
        assert unix == windows


@given(st.lists(LINES, max_size=30))
def test_no_line_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert unshown(text, read_plain(text)) == []


def outline_words(text: str) -> list[tuple[tuple[str, ...], list[list[str]]]]:
    return [(section.path, [block.split() for block in blocks(text, section)]) for section in read_plain(text).sections]


@pytest.mark.parametrize(
    "table",
    [
        "Code\tName\tPrice\nA-1\tBolt\t2.50\nA-2\tNut\t1.10\nA-3\tWasher\t0.40",
        "Name | Room | Phone\nAnna Holm | 12 | 5521\nBert Lind | 14 | 5522\nCarl Moe | 15 | 5523",
        "Datum;Ort;Gäste\n1.3.2023;Bonn;40\n2.3.2023;Ulm;51\n4.3.2023;Trier;38",
        "name,room\nAnna Holm,12\nBert Lind,14\nCarl Moe,15",
    ],
)
def test_lines_with_as_many_cells_below_their_names_are_a_table(table: str) -> None:
    text = f"Lists of the workshop\n\nKept since spring:\n{table}\nAsk at the desk.\n"
    _, found = find_blocks(text)
    assert [(each.kind, each.at.of(text)) for each in found if each.at] == [
        ("prose", "Kept since spring:"),
        ("verbatim", table),
        ("prose", "Ask at the desk."),
    ]
    assert [each.head.of(text) for each in found if each.head] == [table.partition("\n")[0]]


@pytest.mark.parametrize(
    "text",
    [
        "The rain, it falls,\nThe wind, it blows,\nThe leaf, it turns,\nThe night, it grows,\n",
        "12 Bridge Road, Northport\n14 Mill Lane, Easton\n3 High Street, Weston\n9 Quay, Southby\n",
        "1.\tMix the flour.\n2.\tAdd the eggs.\n3.\tFry it.\n4.\tServe it.\n",
        "name,room\nAnna Holm,12\nBert Lind,14\n",
        "In 1950, the club was\nfounded, and it had nine\nmembers, all of them\nrowers, until 1960.\n",
    ],
)
def test_lines_with_as_many_commas_are_no_table(text: str) -> None:
    assert not any(each.head for each in find_blocks(text)[1])
