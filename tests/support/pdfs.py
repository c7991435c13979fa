"""Small PDFs, written by hand: what stands where on each page is known."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from citewell.corpus.reading.extract import AS_USUAL, Extract, RawBlock, ReadingOptions, Source
from citewell.corpus.reading.formats.pdf import READER

WIDTH, HEIGHT = 595, 842
_FONTS = {"F1": "Helvetica", "F2": "Helvetica-Bold", "F3": "Times-Roman", "F4": "Courier", "F5": "Helvetica-Oblique"}
# Ligatures as TeX has them.
_LIGATURES = "<< /Type /Encoding /Differences [1 /fi 2 /fl 3 /ff 4 /ffi] >>"


@dataclass
class Pdf:
    """A PDF to be written.

    ``pages`` are their contents in the operators of PDF; ``page`` is added to the dictionary of each page, ``catalog`` to that
    of the document; ``info`` is what it says about itself; ``objects`` are further objects, numbered from 1000; ``boxes`` are
    the sizes of the first pages, if they are unusual.
    """

    pages: Sequence[str]
    page: str = ""
    catalog: str = ""
    info: Mapping[str, str] = field(default_factory=dict)
    objects: Sequence[str] = ()
    trailer: str = ""
    boxes: Sequence[str] = ()

    def data(self) -> bytes:
        """Return its bytes."""
        found: dict[int, bytes] = {}
        fonts = " ".join(f"/{name} {10 + nth} 0 R" for nth, name in enumerate(_FONTS))
        for nth, (name, base) in enumerate(_FONTS.items()):
            encoding = _LIGATURES if name == "F3" else "/WinAnsiEncoding"
            found[10 + nth] = f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding {encoding} >>".encode()
        kids = " ".join(f"{100 + 2 * nth} 0 R" for nth in range(len(self.pages)))
        found[1] = f"<< /Type /Catalog /Pages 2 0 R {self.catalog} >>".encode()
        found[2] = f"<< /Type /Pages /Count {len(self.pages)} /Kids [{kids}] >>".encode()
        found[3] = f"<< {' '.join(f'/{name} ({value})' for name, value in self.info.items())} >>".encode("latin-1")
        for nth, content in enumerate(self.pages):
            number = 100 + 2 * nth
            box = self.boxes[nth] if nth < len(self.boxes) else f"0 0 {WIDTH} {HEIGHT}"
            found[number] = (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Resources << /Font << {fonts} >> >> "
                f"/Contents {number + 1} 0 R /StructParents {nth} {self.page} >>"
            ).encode()
            stream = zlib.compress(content.encode("latin-1"))
            found[number + 1] = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream)
        for nth, each in enumerate(self.objects):
            found[1000 + nth] = each.encode("latin-1")
        return _written(found, self.trailer)


def _written(objects: Mapping[int, bytes], trailer: str) -> bytes:
    data, places = b"%PDF-1.7\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, most = len(data), max(objects)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (most + 1)
    for number in range(1, most + 1):
        data += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    data += f"trailer\n<< /Size {most + 1} /Root 1 0 R /Info 3 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return data


def shown(x: float, y: float, text: str, size: float = 10, font: str = "F1") -> str:
    """Return the operators that show a text; y is the distance from the top of the page."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {HEIGHT - y} Tm ({escaped}) Tj ET\n"


def paragraph(x: float, y: float, lines: Sequence[str], size: float = 10, font: str = "F1") -> str:
    """Return the operators that show lines below each other, with the usual distance."""
    return "".join(shown(x, y + nth * 1.2 * size, line, size, font) for nth, line in enumerate(lines))


def extract(pdf: Pdf | bytes, options: ReadingOptions = AS_USUAL) -> Extract:
    """Read a PDF."""
    return READER.read(Source("made.pdf", pdf.data() if isinstance(pdf, Pdf) else pdf, options))


def text(block: RawBlock) -> str:
    """Return the text of a block."""
    return "".join(block.pieces)


def texts(found: Extract) -> list[str]:
    """Return the texts of all blocks."""
    return [text(block) for block in found.blocks]
