"""PDFs whose contents are known: what is read of them, in which order, and what is said about the rest."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.extract import ReadingOptions
from citewell.document import Fact, Location
from citewell.errors import ReadingError
from tests.support.pdfs import HEIGHT, WIDTH, Pdf, extract, paragraph, shown, text, texts

_LEFT = [
    "The first column tells of otters, which",
    "live in rivers and along the coast. They",
    "eat fish, crabs and frogs that they catch",
    "at night, and they sleep in holts below",
    "the roots of old trees. A mother raises",
    "two or three young in every summer.",
]
_RIGHT = [
    "The second column tells of badgers, who",
    "dig setts with many rooms in dry woods.",
    "They eat worms, roots and fallen fruit,",
    "and they carry fresh bedding into their",
    "chambers on cold mornings. Their young",
    "are born underground late in winter.",
]
_OFF = ReadingOptions(ocr=False)


def test_columns_are_read_one_after_the_other_whatever_the_order_in_the_file() -> None:
    rows = zip(_LEFT, _RIGHT, strict=True)
    page = "".join(shown(60, 200 + 12 * nth, a) + shown(310, 200 + 12 * nth, b) for nth, (a, b) in enumerate(rows))
    title = shown(60, 120, "A title that runs across both columns of this page", 20)
    assert texts(extract(Pdf([page + title]))) == [
        "A title that runs across both columns of this page",
        " ".join(_LEFT),
        " ".join(_RIGHT),
    ]


def test_short_columns_below_lines_that_are_no_columns() -> None:
    page = shown(60, 100, "Park", 20) + shown(60, 140, "Open at nine.")
    page += (
        shown(60, 182, "Rules", 14) + paragraph(60, 200, [*_LEFT[:3], "at night."]) + shown(60, 256, "Table 1: Fees")
    )
    page += shown(290, 170, "Fees", 14) + paragraph(290, 188, _RIGHT[:3])
    found = texts(extract(Pdf([page])))
    assert f"{' '.join(_LEFT[:3])} at night." in found
    assert " ".join(_RIGHT[:3]) in found


def test_a_paragraph_goes_on_in_the_next_column_and_its_footnote_comes_after() -> None:
    cut = [*_LEFT[:5], "two or three young, which stay with her"]
    page = paragraph(60, 200, cut) + paragraph(60, 300, ["1 A note about otters, in small print."], 7)
    page += paragraph(310, 200, ["until the next spring.", *_RIGHT])
    found = texts(extract(Pdf([page])))
    assert found[0] == f"{' '.join(cut)} until the next spring."
    assert any(each.startswith("1 A note") for each in found[1:])


def test_running_heads_go_and_printed_numbers_name_the_pages() -> None:
    bodies = [
        [f"Page {name} says something that no other page says, in a line.", "And a second line."] for name in "abcd"
    ]
    pages = [
        shown(60, 40, "Handbook of meadows") + shown(520, 40, str(17 + nth)) + paragraph(60, 120 + 9 * nth, body)
        for nth, body in enumerate(bodies)
    ]
    found = extract(Pdf(pages))
    assert "meadows" not in " ".join(texts(found))
    assert [block.location for block in found.blocks] == [Location("page", str(17 + n), n + 1) for n in range(4)]


def test_the_labels_of_the_file_name_the_pages() -> None:
    labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D >>] >>"
    found = extract(Pdf([paragraph(60, 200, [f"This is the text of page {n}."]) for n in "abc"], catalog=labels))
    assert [block.location.label for block in found.blocks if block.location] == ["i", "ii", "1"]


def test_a_word_parted_at_the_end_of_a_line_is_one_with_two_boxes() -> None:
    lines = [
        "A sentence ends here, and then the docu-",
        "ment goes on. It is a well-known and long-",
        "term plan, and well-",
        "known too.",
    ]
    (block,) = extract(Pdf([paragraph(60, 200, lines)])).blocks
    assert text(block) == (
        "A sentence ends here, and then the document goes on. It is a well-known and longterm plan, and well-known too."
    )
    at = block.pieces.index("docu")
    assert block.pieces[at + 1] == "ment"
    first, second = block.boxes[at], block.boxes[at + 1]
    assert first
    assert second
    assert first[2] < second[2]
    assert first[1] > second[1]


def test_a_ligature_is_its_letters() -> None:
    page = shown(60, 200, "The o\4cer \1nds a \2oor.", 12, "F3")
    assert texts(extract(Pdf([page]))) == ["The officer finds a floor."]


def test_text_that_nobody_can_see_is_left_out_and_named() -> None:
    dark = "0 0 0.5 rg 50 600 400 30 re f\n1 g " + shown(60, 230, "White on blue is seen.")
    white = "1 g " + shown(60, 300, "White on white") + "0 g "
    page = shown(60, 200, "Black text.") + dark + white + shown(700, 200, "Outside") + shown(60, 330, "Dust", 0.1)
    found = extract(Pdf([page]))
    assert texts(found) == ["Black text.", "White on blue is seen."]
    assert found.warnings == (
        "3 words in the colour of the paper are left out (page 1)",
        "1 word too small to be read is left out (page 1)",
        "1 word outside the page is left out (page 1)",
    )


def test_the_invisible_text_of_a_scan_is_kept_as_read_by_ocr() -> None:
    found = extract(Pdf(["3 Tr " + shown(60, 200, "The text layer of a scan.")]))
    assert texts(found) == ["The text layer of a scan."]
    assert found.blocks[0].location == Location("page", "1", 1, is_ocr=True)


def test_text_on_its_side_stands_behind_the_text_of_the_page() -> None:
    side = f"BT /F1 10 Tf 0 1 -1 0 30 {HEIGHT - 500} Tm (Printed on the margin) Tj ET\n"
    assert texts(extract(Pdf([side + paragraph(60, 200, _LEFT)]))) == [" ".join(_LEFT), "Printed on the margin"]


@pytest.mark.parametrize(("turn", "matrix"), [(90, "0 1 -1 0"), (270, "0 -1 1 0"), (180, "-1 0 0 -1")])
def test_a_turned_page_is_read_as_it_is_seen(turn: int, matrix: str) -> None:
    place = {90: (200, 100), 270: (WIDTH - 200, HEIGHT - 100), 180: (WIDTH - 100, 200)}[turn]
    lines = "".join(
        f"BT /F1 10 Tf {matrix} {place[0] + dx * nth} {place[1] + dy * nth} Tm ({line}) Tj ET\n"
        for nth, line in enumerate(_LEFT)
        for dx, dy in [{90: (12, 0), 270: (-12, 0), 180: (0, 12)}[turn]]
    )
    (block,) = extract(Pdf([lines], page=f"/Rotate {turn}")).blocks
    assert text(block) == " ".join(_LEFT)
    page, left, top, _, bottom = block.boxes[0] or (0, 0, 0, 0, 0)
    # The baseline of the first line is 200 points below the upper edge, 100 from the left one.
    assert (page, left) == (1, 1000)
    assert top < 2000 < bottom + 10


def test_each_word_has_a_box_on_its_page() -> None:
    (block,) = extract(Pdf([paragraph(60, 200, _LEFT)])).blocks
    for piece, box in zip(block.pieces, block.boxes, strict=True):
        assert (box is None) == (piece == " ")
        if box:
            assert 0 <= box[1] < box[3] <= 10 * WIDTH
            assert 0 <= box[2] < box[4] <= 10 * HEIGHT


def test_a_table_has_rows_with_its_cells() -> None:
    rows = [
        ("Animal", "Weight", "Food"),
        ("Otter", "9 kg", "fish"),
        ("Badger", "11 kg", "worms"),
        ("Mole", "90 g", "grubs"),
    ]
    page = "".join(
        shown(60 + 120 * nth, 300 + 15 * at, cell, 10, "F1" if at else "F2")
        for at, row in enumerate(rows)
        for nth, cell in enumerate(row)
    )
    found = extract(Pdf([paragraph(60, 200, _LEFT) + page])).blocks
    assert [text(block) for block in found if block.kind == "row"] == [" | ".join(row) for row in rows]
    assert [block.is_head for block in found if block.kind == "row"] == [True, False, False, False]


def test_names_that_fill_their_columns_are_a_row_of_the_table() -> None:
    # All spaces of the first row are alike, as in a line of text that is stretched.
    places = {60: ("Item", "Bike", "Car"), 91.45: ("2022", "10", "200"), 125.69: ("2023", "12", "210")}
    page = shown(70, 288, "Table 1: Prices of items") + "".join(
        shown(x, 300 + 12 * at, cell) for x, cells in places.items() for at, cell in enumerate(cells)
    )
    found = extract(Pdf([paragraph(60, 200, _LEFT) + page])).blocks
    assert [text(block) for block in found if block.kind == "row"] == [
        "Item | 2022 | 2023", "Bike | 10 | 12", "Car | 200 | 210"
    ]  # fmt: skip


def test_headings_are_larger_or_bolder_and_stand_alone() -> None:
    page = shown(60, 100, "The animals of the river", 20, "F2")
    page += shown(60, 150, "Otters", 13, "F2") + paragraph(60, 170, _LEFT)
    page += shown(60, 280, "Badgers", 13, "F2") + paragraph(60, 300, _RIGHT)
    page += shown(60, 400, "Note.", 10, "F2") + shown(92, 400, "This word is bold, but no heading.")
    found = extract(Pdf([page]))
    assert [(text(block), block.level) for block in found.blocks if block.kind == "heading"] == [
        ("The animals of the river", 1),
        ("Otters", 2),
        ("Badgers", 2),
    ]
    assert found.title == "The animals of the river"


def test_headings_are_those_of_the_bookmarks() -> None:
    page = (
        shown(60, 150, "Otters") + paragraph(60, 180, _LEFT) + shown(60, 300, "2 Badgers") + paragraph(60, 330, _RIGHT)
    )
    page += shown(60, 450, "A large line that is no heading", 16, "F2") + paragraph(60, 480, _LEFT)
    outlines = [
        "<< /Type /Outlines /First 1001 0 R /Last 1002 0 R /Count 2 >>",
        "<< /Title (Otters) /Parent 1000 0 R /Next 1002 0 R /Dest [100 0 R /XYZ 0 700 0] >>",
        "<< /Title (Badgers) /Parent 1000 0 R /Prev 1001 0 R /Dest [100 0 R /XYZ 0 500 0] >>",
    ]
    found = extract(Pdf([page], catalog="/Outlines 1000 0 R", objects=outlines)).blocks
    assert [text(block) for block in found if block.kind == "heading"] == ["Otters", "2 Badgers"]


def test_headings_are_those_of_the_structure_tree() -> None:
    marked = (
        "/H2 << /MCID 0 >> BDC "
        + shown(60, 150, "Otters")
        + "EMC /P << /MCID 1 >> BDC "
        + paragraph(60, 180, _LEFT)
        + "EMC "
    )
    objects = [
        "<< /Type /StructTreeRoot /K 1001 0 R /ParentTree 1004 0 R >>",
        "<< /Type /StructElem /S /Document /P 1000 0 R /K [1002 0 R 1003 0 R] >>",
        "<< /Type /StructElem /S /H2 /P 1001 0 R /Pg 100 0 R /K 0 >>",
        "<< /Type /StructElem /S /P /P 1001 0 R /Pg 100 0 R /K 1 >>",
        "<< /Nums [0 [1002 0 R 1003 0 R]] >>",
    ]
    catalog = "/StructTreeRoot 1000 0 R /MarkInfo << /Marked true >>"
    found = extract(
        Pdf([marked + shown(60, 500, "Large, but not tagged", 20)], catalog=catalog, objects=objects)
    ).blocks
    assert [(text(block), block.level) for block in found if block.kind == "heading"] == [("Otters", 2)]


def test_code_keeps_its_lines_and_indents() -> None:
    code = ["def add(a, b):", "    total = a + b", "    return total"]
    page = paragraph(60, 200, _LEFT) + paragraph(60, 300, code, 10, "F4")
    assert [text(block) for block in extract(Pdf([page])).blocks if block.kind == "verbatim"] == ["\n".join(code)]


def test_items_of_a_list_are_blocks() -> None:
    lines = shown(60, 300, "1.") + shown(80, 300, "Feed the otters in the morning,")
    lines += shown(80, 312, "and count them.") + shown(60, 324, "2.") + shown(80, 324, "Close the gate.")
    found = extract(Pdf([paragraph(60, 200, _LEFT) + lines])).blocks
    assert [text(block) for block in found if block.kind == "item"] == [
        "1. Feed the otters in the morning, and count them.",
        "2. Close the gate.",
    ]


def test_raised_digits_are_no_part_of_the_number_before() -> None:
    page = shown(60, 200, "A mass of 10") + shown(118, 196, "6", 6) + shown(125, 200, "grams.")
    assert texts(extract(Pdf([page]))) == ["A mass of 10⁶ grams."]


def test_what_was_filled_into_a_form_is_read() -> None:
    look = (
        "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 10 0 R >> >> /Length 44 >>\n"
        "stream\nBT /F1 10 Tf 2 5 Td (Jane Doe of Bergen) Tj ET  \nendstream"
    )
    widget = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [100 600 300 620] /F 4 /AP << /N 1000 0 R >> >>"
    form = "/AcroForm << /Fields [1001 0 R] >>"
    page = shown(60, HEIGHT - 605, "Name:")
    found = extract(Pdf([page], page="/Annots [1001 0 R]", catalog=form, objects=[look, widget]))
    assert texts(found) == ["Name: Jane Doe of Bergen"]


def test_facts_come_from_the_properties() -> None:
    info = {
        "Title": "Otters of the north",
        "Author": "A. Bell",
        "CreationDate": "D:20230405120000+02'00'",
        "Keywords": "otter; river",
    }
    found = extract(Pdf([paragraph(60, 200, _LEFT)], info=info, catalog="/Lang (en-GB)"))
    assert found.title == "Otters of the north"
    assert found.facts == tuple(
        Fact(name, value, "file properties")
        for name, value in [
            ("title", "Otters of the north"),
            ("author", "A. Bell"),
            ("date", "2023-04-05"),
            ("language", "en"),
            ("tag", "otter"),
            ("tag", "river"),
        ]
    )


@pytest.mark.parametrize("title", ["Microsoft Word - fees.docx", "fees_final.tex", "Untitled", "  ", "12"])
def test_a_title_that_says_nothing_is_none(title: str) -> None:
    found = extract(Pdf([paragraph(60, 200, _LEFT)], info={"Title": title}))
    assert found.title is None
    assert found.facts == ()


def test_a_password_is_named() -> None:
    encrypted = Pdf([""], trailer="/Encrypt 1000 0 R /ID [<00> <00>]", objects=[
        f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >>"
    ])  # fmt: skip
    with pytest.raises(ReadingError, match=r"^is protected by a password$"):
        extract(encrypted)


@pytest.mark.parametrize("data", [b"%PDF-1.7\nno more", b"%PDF-", b"%PDF-1.4\n" + bytes(1000)])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError, match="is damaged, or not a PDF"):
        extract(data)


def test_a_damaged_page_is_named_and_the_others_are_read() -> None:
    data = Pdf([paragraph(60, 200, [f"The text of page {n}."]) for n in "abc"]).data()
    found = extract(data.replace(b"102 0 obj\n<< /Type /Page ", b"102 0 obj\n<< /Type /Gone "))
    assert texts(found) == ["The text of page a.", "The text of page c."]
    assert found.warnings == ("page 2 is damaged and not read",)


def test_a_page_that_is_a_picture_is_named() -> None:
    found = extract(Pdf([paragraph(60, 200, _LEFT), "0 g 100 100 300 300 re f\n"]), _OFF)
    assert found.warnings == ("page 2 is a picture without text; to read it takes OCR, which is switched off",)
    assert found.ocr == "wanted"


def test_an_empty_page_is_no_picture() -> None:
    assert extract(Pdf([paragraph(60, 200, _LEFT), ""]), _OFF).warnings == ()


def test_a_page_of_too_many_characters_is_cut_and_named() -> None:
    found = extract(Pdf(["BT /F1 2 Tf 1 0 0 1 60 700 Tm " + f"({'many words ' * 200}) Tj 0 -5 Td " * 100 + "ET"]))
    assert "only the first 200,000 characters of a page are read (page 1)" in found.warnings
