"""Real PDFs, compared with what a person sees on their pages."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, ReadingOptions
from tests.support.pdfs import extract, text, texts
from tests.support.real_files import real_file


def _read(name: str) -> Extract:
    return extract(real_file(f"docling/{name}").read_bytes(), ReadingOptions(ocr=False))


def test_headings_and_items_over_five_pages() -> None:
    found = _read("pdf/multi_page.pdf")
    headings = [text(block) for block in found.blocks if block.kind == "heading"]
    assert headings[:3] == [
        "The Evolution of the Word Processor",
        "Pre-Digital Era (19th - Early 20th Century)",
        "The Birth of Word Processing (1960s - 1970s)",
    ]
    assert len(headings) == 11
    items = [text(block) for block in found.blocks if block.kind == "item"]
    assert items[0].startswith(
        "• IBM MT/ST (Magnetic Tape/Selectric Typewriter): Introduced in 1964, this machine combined IBM's"
    )


def test_a_table_in_a_scientific_page_and_the_paragraph_around_it() -> None:
    found = _read("pdf/2305.03393v1-pg9.pdf")
    rows = [text(block) for block in found.blocks if block.kind == "row"]
    assert rows[0] == "# | # | Language |  | TEDs |  | mAP | Inference"
    assert rows[2] == "6 | 6 | OTSL HTML | 0.965 0.969 | 0.934 0.927 | 0.955 0.955 | 0.88 0.857 | 2.73 5.39"
    assert [text(block) for block in found.blocks if block.kind == "heading"] == [
        "5.1 Hyper Parameter Optimization",
        "5.2 Quantitative Results",
    ]


def test_two_pages_on_one_sheet_are_read_one_after_the_other() -> None:
    found = texts(_read("pdf/table_mislabeled_as_picture.pdf"))
    questions = [each[:3] for each in found if each[:2] in {"23", "24", "25", "26", "27", "28"}]
    assert questions == ["23.", "24.", "25.", "26.", "27.", "28."]


def test_code_and_formula() -> None:
    found = _read("pdf/code_and_formula.pdf")
    assert [text(block) for block in found.blocks if block.kind == "verbatim"] == [
        "function add(a, b) {\n    return a + b;\n}\nconsole.log(add(3, 5));"
    ]
    assert "a² + 8 = 12" in texts(found)


def test_korean_columns_with_white_words_on_blue() -> None:
    found = _read("pdf/normal_4pages.pdf")
    assert found.title == "코로나-19 관련 보험약관상 재해보험금 지급문제 및 개선과제"
    assert "1 들어가며" in [text(block) for block in found.blocks if block.kind == "heading"]
    assert not any("paper" in each for each in found.warnings)


def test_persian_rows_begin_at_the_right() -> None:
    rows = [text(block) for block in _read("pdf/right_to_left_03.pdf").blocks if block.kind == "row"]
    assert "تاريخ پذيرش | 1403/10/04" in rows


def test_a_scan_is_named_where_ocr_is_off() -> None:
    found = _read("ocr/ocr_test_rotated_90.pdf")
    assert found.blocks == ()
    assert found.warnings == ("page 1 is a picture without text; to read it takes OCR, which is switched off",)
