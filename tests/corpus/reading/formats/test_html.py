"""Web pages: what is text comes back in order with its structure, what is none does not, and nothing hangs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.formats.html import READER
from tests.support.real_files import real_file
from tests.support.shown_blocks import facts, read_bytes, shown


def page(body: str, head: str = "") -> list[str]:
    return shown(read_bytes(READER, f"<!DOCTYPE html><head>{head}</head><body>{body}".encode()))


def test_paragraphs_end_where_a_browser_ends_them() -> None:
    assert page("<p>One <b>b</b>old\n  word.<p>Two<br>lines.<div>bare<p>in</div>tail<br><br>last") == [
        "One bold word.",
        "Two\nlines.",
        "bare",
        "in",
        "tail",
        "last",
    ]


def test_raised_numbers_are_no_digits_of_what_they_follow() -> None:
    markup = "<p>10<sup>6</sup> cells on 5 m<sup><a href='#n'>-2</a></sup>, the 1<sup>st</sup>, H<sub>2</sub>O.</p>"
    assert page(f"{markup}<pre>x<sup>2</sup></pre>") == ["10⁶ cells on 5 m⁻², the 1st, H2O.", "= x2"]


def test_headings_have_levels_and_lose_the_link_to_themselves() -> None:
    markup = '<h1>Prices<a href="#prices">¶</a></h1><h2><div>For <i>adults</i></div></h2><p role=heading aria-level=4>Deep</p>'
    assert page(markup) == ["# Prices", "## For adults", "#### Deep"]


def test_furniture_goes_by_tag_and_role_and_lists_stay() -> None:
    markup = """
        <header><p>Claim</p></header><nav><ul><li>Home</ul></nav><div role=navigation>Trail</div>
        <main><article><header><h1>Title</h1></header><ul><li>first<li>second</ul><aside>Ads</aside>
        <footer>Written by Ann</footer></article></main><aside>More</aside><footer>Imprint</footer>"""
    assert page(markup) == ["# Title", "- • first", "- • second", "Written by Ann"]


def test_notes_that_the_text_refers_to_stay() -> None:
    assert page('<p>Word<a href="#n1">*</a>.</p><aside id=n1>A note.</aside><aside>Ads</aside>') == ["Word.", "A note."]


def test_the_name_of_a_page_is_kept_where_only_its_head_has_it() -> None:
    assert page("<header><h1>Name</h1>claim</header><p>Text.") == ["# Name", "Text."]
    assert page("<header><h1>Site</h1></header><h1>Name</h1><p>Text.") == ["# Name", "Text."]


def test_a_page_that_is_only_a_menu_is_its_menu() -> None:
    extract = read_bytes(READER, b"<html><nav><ul><li>One<li>Two</ul></nav>")
    assert shown(extract) == ["- • One", "- • Two"]
    assert extract.warnings == ("menus are part of the text, because there is little else",)


def test_a_form_goes_unless_it_holds_the_page() -> None:
    text = "Every word of this page stands inside one form, as some programs make them. " * 5
    assert page("<p>Text.</p><form><label>Search</label><input><button>Go</button></form>") == ["Text."]
    assert page(f"<form><p>{text}</p><input type=checkbox checked>agreed</form>") == [text.strip(), "☑ agreed"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>no",
        '<p style="display : none">no',
        "<script>no</script>",
        "<template>no</template>",
        "<dialog>no</dialog>",
    ],
)
def test_what_a_browser_hides_is_no_text(hidden: str) -> None:
    assert page(f"{hidden}</p><p>yes") == ["yes"]


def test_much_hidden_text_is_named() -> None:
    extract = read_bytes(READER, f"<html><p>Text.</p><div hidden>{'word ' * 300}</div>".encode())
    assert extract.warnings == ("300 words that the page hides are left out",)


def test_lists_count_as_browsers_do() -> None:
    markup = "<ol start=3 type=a><li>x<ol><li>y</ol>more<li value=9>z</ol><ol type=I reversed start=2><li>b<li>a</ol>"
    assert page(markup) == ["- c. x", "- 1. y", "- more", "- i. z", "- II. b", "- I. a"]


def test_terms_stand_before_what_explains_them() -> None:
    markup = "<dl><dt>Tea<dd>hot<dd>brown<dt>Soda<dt>Water</dl><dl><dt>Mixed<dd><dl><dt>a<dd>b</dl></dl>"
    assert page(markup) == ["- Tea: hot", "- brown", "- Soda", "- Water", "- Mixed", "- a: b"]


def test_data_become_rows_with_their_head_and_merged_cells_repeated() -> None:
    markup = """<table><caption>Sales</caption><thead><tr><th rowspan=2>Name<th colspan=2>2023<tr><th>In<th>Out</thead>
        <tr><td rowspan=2>Ann<td>1<td><ul><li>a<li>b</ul><tr><td><td>4</table>"""
    assert page(markup) == ["Sales", "H Name | 2023 In | 2023 Out", "| Ann | 1 | a; b", "| Ann |  | 4"]


def test_tables_that_arrange_a_page_are_what_is_in_them() -> None:
    text = "A paragraph that nobody would put into a cell. " * 15
    inner = "<table><tr><th>A<th>B<tr><td>1<td>2</table>"
    markup = f"<table><tr><td><ul><li>Item</ul><td><h1>Title</h1><p>{text}</p>{inner}</table>"
    assert page(markup) == ["- • Item", "# Title", text.strip(), "H A | B", "| 1 | 2"]


def test_code_keeps_its_lines() -> None:
    assert page("<pre>\n\n  a\n\tb  c\n</pre><pre><div>x</div><div>y</div></pre>") == ["=   a\n\tb  c", "= x\ny"]


def test_pictures_stand_after_their_paragraph() -> None:
    extract = read_bytes(
        READER,
        b"""<html><p>See <img src=a.png alt="A cup"> here.</p><figure><img src="data:image/png;base64,AA">
        <figcaption>Figure 1</figcaption></figure><h1><img src=l.png alt=Logo></h1><img src=b.png alt="b.png">""",
    )
    assert shown(extract) == ["See here.", "! A cup", "! Figure 1", "# Logo", "! "]
    assert [block.reference for block in extract.blocks if block.kind == "figure"] == ["a.png", "data:1", "b.png"]


def test_formulas_are_one_line() -> None:
    markup = (
        "<p>so <math><mi>E</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>"
        "<msup><mi>c</mi><mn>2</mn></msup><msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>"
        "<annotation>tex</annotation></math> holds"
    )
    assert page(markup) == ["so E=(a+b)/2c^2√(x+1) holds"]


def test_what_a_page_says_about_itself() -> None:
    extract = read_bytes(
        READER,
        b"""<html lang=de-AT><title>Preise | Meier</title><meta name=author content="Ann Lee"><meta name=description
        content=" All prices. "><meta property=article:published_time content=2023-04-05T10:00Z>
        <meta name=keywords content="a, b;c"><h1>Preise</h1><p>x""",
    )
    assert extract.title == "Preise"
    assert facts(extract) == {
        "title": ["Preise | Meier"],
        "author": ["Ann Lee"],
        "description": ["All prices."],
        "date": ["2023-04-05"],
        "language": ["de"],
        "tag": ["a", "b", "c"],
    }
    assert {fact.source for fact in extract.facts} == {"file properties"}


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("iso-8859-1", "cp1252"),
        ("windows-1251", "cp1251"),
        ("Shift_JIS", "cp932"),
        ("gb2312", "gb18030"),
        ("x-none", "utf-8"),
    ],
)
def test_the_charset_that_a_page_names_is_its_own(charset: str, encoding: str) -> None:
    word = {"cp1252": "„Gebühr“", "cp1251": "Насос", "cp932": "料金表", "gb18030": "價格", "utf-8": "Gebühr"}[encoding]
    assert shown(read_bytes(READER, f"<html><meta charset='{charset}'><p>{word}".encode(encoding))) == [word]


def test_utf_8_is_utf_8_whatever_a_page_names() -> None:
    assert shown(read_bytes(READER, "<html><meta charset=iso-8859-1><p>Gebühr – 5 €".encode())) == ["Gebühr – 5 €"]
    assert shown(read_bytes(READER, "<html><meta charset=iso-8859-1><p>Gebühr".encode("utf-16"))) == ["Gebühr"]


def test_characters_that_the_charset_does_not_have_are_named() -> None:
    extract = read_bytes(READER, b"<html><meta charset=ascii><p>" + b"word " * 100 + b"\x81\x9d\xfc")
    assert extract.warnings == ("2 characters are not in cp1252, as the page says it is; they are shown as \ufffd",)


XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script/></head><body>{}</body></html>'


def test_xhtml_closes_elements_in_their_own_tags() -> None:
    body = "<p>a&nbsp;b<span/> <![CDATA[x<y]]></p><div/>c"
    assert shown(read_bytes(READER, XHTML.format(body).encode())) == ["a b x<y", "c"]
    assert shown(read_bytes(READER, XHTML.format(f"<b>{body.replace('<![CDATA[x<y]]>', '')}").encode())) == ["a b", "c"]


def test_entities_of_xhtml_are_no_bomb_and_no_file() -> None:
    bomb = "".join(f'<!ENTITY e{nth} "{f"&e{nth - 1};" * 10}">' for nth in range(1, 12))
    start = f'<!DOCTYPE html [<!ENTITY e0 "text"> {bomb} <!ENTITY f SYSTEM "file:///etc/passwd">]>'
    markup = XHTML.format("<p>a &e11; &f; b</p>").replace("<html", start + "<html")
    assert "a &e11; &f; b" in shown(read_bytes(READER, markup.encode()))[-1]


DEEP = 20_000


@pytest.mark.parametrize(
    ("markup", "last"),
    [
        ("<div>" * DEEP + "end", "end"),
        ("<table><tr><td>x" * DEEP + "end", "xend"),
        ("<ul><li>x" * DEEP + "end", "- • xend"),
        ("<dl><dt>a<dd>x" * DEEP + "end", "- a: xend"),
        ("<figure><img src=a>" * DEEP + "end", "! "),
        ("<header><h1>x" * DEEP + "</h1>end", "# xend"),
        ("<math>" + "<msup><mi>x</mi>" * DEEP + "</math><p>end", "end"),
        ("<p " + " ".join(f"a{nth}" for nth in range(DEEP)) + ">end", "end"),
        ("<table>" + "<tr><td rowspan=9999 colspan=9999>x<td>end" * 500 + "</table>", "end"),
        ("<a " * DEEP + "><p>end", "end"),
        ("<!--" * DEEP + "--><p>end", "end"),
    ],
    ids=["div", "table", "list", "terms", "figure", "header", "formula", "attributes", "spans", "tag", "comment"],
)
def test_deep_and_wide_pages_are_read_whole_and_soon(markup: str, last: str) -> None:
    began = time.process_time()
    found = page(markup)
    assert time.process_time() - began < 3
    assert last[-3:] in " ".join(found)[-10:] or last in found


TAGS = [
    f"<{slash}{tag}>"
    for tag in (
        "p",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tr",
        "td",
        "th",
        "h2",
        "dl",
        "dt",
        "dd",
        "div",
        "pre",
        "b",
        "figure",
    )
    for slash in ("", "/")
]


@given(st.lists(st.sampled_from([*TAGS, "<br>", "<blockquote>"]), max_size=40))
def test_no_word_is_lost_or_told_twice_whatever_the_tags(tags: list[str]) -> None:
    markup = "".join(f"{tag}w{nth:02} " for nth, tag in enumerate(tags))
    words = [word for line in page(markup) for word in line.split() if word.startswith("w")]
    assert sorted(word.rstrip(":;,") for word in words) == [f"w{nth:02}" for nth in range(len(tags))]


def test_pages_are_recognised_by_their_beginning() -> None:
    for beginning in (
        "<!DOCTYPE html>",
        "\ufeff <!-- saved --><html lang=en>",
        '<?xml version="1.0"?>\n<html xmlns="x">',
    ):
        assert READER.recognises(beginning.encode())
        assert READER.recognises(beginning.removeprefix("\ufeff").encode("utf-16"))
    for beginning in ("# Title <html>", '<?xml version="1.0"?><feed>', "<p>text"):
        assert not READER.recognises(beginning.encode())


def test_real_pages() -> None:
    lists = shown(read_bytes(READER, real_file("docling/html/html_description_list.html").read_bytes()))
    assert lists[:5] == ["# Beverages", "- Coffee: Black hot drink", "- Milk: White cold drink", "- Soda", "- Water"]
    cells = shown(read_bytes(READER, real_file("docling/html/html_rich_table_cells.html").read_bytes()))
    assert "| Teal | Pond; Marsh; Riverbank | 1. Fly south in winter; 2. Build nest on ground" in cells
    nested = shown(read_bytes(READER, real_file("docling/html/table_06.html").read_bytes()))
    assert nested[2:5] == ["| A | B", "| A1 | B1 | C1", "D1"]
