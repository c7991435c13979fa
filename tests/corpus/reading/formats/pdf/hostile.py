"""PDFs that a reader should fear, after ``formats.md`` section 4: bombs, loops, nesting; small files, the same each time."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from tests.support.pdfs import Pdf, paragraph, shown

_TEXT = ["A page with an ordinary text, which", "a reader may find or may not find."]


def _stream(content: bytes, extra: str = "") -> str:
    return f"<< {extra} /Length {len(content)} >>\nstream\n{content.decode('latin-1')}\nendstream"


def self_drawing_form() -> bytes:
    """Return a form that draws itself twice."""
    form = _stream(
        b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 1000 0 R >> >>"
    )
    return _with_forms([form])


def doubling_forms(count: int = 25) -> bytes:
    """Return forms that each draw the next one twice."""
    forms = [
        _stream(
            b"/X Do /X Do",
            f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {1001 + nth} 0 R >> >>",
        )
        for nth in range(count)
    ]
    last = _stream(b"BT /F1 9 Tf (x) Tj ET", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    return _with_forms([*forms, last])


def _with_forms(forms: list[str]) -> bytes:
    data = Pdf([paragraph(60, 200, _TEXT) + "/X Do"], objects=forms).data()
    return data.replace(b"/Resources << /Font", b"/Resources << /XObject << /X 1000 0 R >> /Font", 1)


def deflated_twice(megabytes: int = 1000) -> bytes:
    """Return a page of zeros, deflated twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    content = zlib.compress(once, 9)
    data = Pdf([paragraph(60, 200, _TEXT), shown(60, 200, "gone")]).data()
    at = data.index(b"103 0 obj")
    end = data.index(b"endobj", at)
    bomb = b"103 0 obj\n<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%b\nendstream\n" % (
        len(content),
        content,
    )
    return data[:at] + bomb + data[end:]


def many_states(megabytes: int = 60) -> bytes:
    """Return megabytes of saved and restored states."""
    return Pdf([paragraph(60, 200, _TEXT) + "q Q " * (megabytes << 18)]).data()


def many_letters(count: int = 1_000_000) -> bytes:
    """Return a page with a million letters."""
    return Pdf(["BT /F1 4 Tf 1 0 0 1 60 700 Tm " + f"({'word ' * 200}) Tj 0 -0.5 Td " * (count // 1000) + "ET"]).data()


def nested_arrays(depth: int = 100_000) -> bytes:
    """Return deeply nested arrays."""
    return Pdf([paragraph(60, 200, _TEXT)], catalog=f"/Deep {'[' * depth}{']' * depth}").data()


def tree_in_itself() -> bytes:
    """Return a page tree that holds itself."""
    data = Pdf([paragraph(60, 200, _TEXT)]).data()
    return data.replace(b"/Kids [100 0 R]", b"/Kids [2 0 R 100 0 R]")


def many_pages_promised() -> bytes:
    """Return a file that says it has two thousand million pages."""
    return Pdf([paragraph(60, 200, _TEXT)]).data().replace(b"/Count 1 ", b"/Count 2000000000 ")


def no_places() -> bytes:
    """Return a file without its table of places."""
    data = Pdf([paragraph(60, 200, _TEXT)]).data()
    return data[: data.index(b"xref")] + data[data.index(b"trailer") :]


def bookmarks_in_a_circle() -> bytes:
    """Return bookmarks that lead to each other."""
    objects = [
        "<< /Type /Outlines /First 1001 0 R /Last 1001 0 R >>",
        "<< /Title (A) /Parent 1000 0 R /Next 1001 0 R /First 1001 0 R /Dest [100 0 R /Fit] >>",
    ]
    return Pdf([paragraph(60, 200, _TEXT)], catalog="/Outlines 1000 0 R", objects=objects).data()


def tags_in_a_circle() -> bytes:
    """Return a structure tree whose elements hold each other."""
    objects = [
        "<< /Type /StructTreeRoot /K 1001 0 R /ParentTree 1003 0 R >>",
        "<< /Type /StructElem /S /H1 /P 1000 0 R /K [1002 0 R 1001 0 R 0] /Pg 100 0 R >>",
        "<< /Type /StructElem /S /Sect /P 1001 0 R /K [1001 0 R 1002 0 R] /Pg 100 0 R >>",
        "<< /Nums [0 [1001 0 R 1002 0 R]] >>",
    ]
    catalog = "/StructTreeRoot 1000 0 R /MarkInfo << /Marked true >>"
    content = "/H1 << /MCID 0 >> BDC " + paragraph(60, 200, _TEXT) + "EMC"
    return Pdf([content], catalog=catalog, objects=objects).data()


def vast_page() -> bytes:
    """Return a page of 200 inches by 200, and one of nothing."""
    return Pdf([paragraph(60, 200, _TEXT), paragraph(60, 200, _TEXT)], boxes=["0 0 14400 14400", "5 5 5 5"]).data()


def strange_numbers() -> bytes:
    """Return a page whose text is larger, further away and more slanted than numbers can say."""
    words = "BT /F1 1e30 Tf 1e30 0 0 1e30 1e38 -1e38 Tm (far) Tj ET BT /F1 0 Tf 0 0 0 0 0 0 Tm (none) Tj ET "
    return Pdf([words + "BT /F1 -10 Tf 1 0 0 -1 60 600 Tm (turned) Tj ET " + paragraph(60, 200, _TEXT)]).data()


# By name; each has an ordinary text, too.
SMALL: dict[str, Callable[[], bytes]] = {
    each.__name__: each
    for each in (
        nested_arrays,
        tree_in_itself,
        many_pages_promised,
        no_places,
        bookmarks_in_a_circle,
        tags_in_a_circle,
        vast_page,
        strange_numbers,
    )
}
LARGE: dict[str, Callable[[], bytes]] = {
    each.__name__: each for each in (self_drawing_form, doubling_forms, deflated_twice, many_states, many_letters)
}
