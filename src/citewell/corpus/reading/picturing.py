"""Makes pictures in a reader process: of the page of a PDF, of a picture inside an archive, of a file that is a picture."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

from citewell.corpus.reading.extract import ReadingOptions
from citewell.corpus.reading.parsing import data_inside
from citewell.corpus.reading.pictures import LONGEST_SIDE, MOST_PIXELS
from citewell.errors import ReadingError

if TYPE_CHECKING:
    import PIL.Image

_POINTS_PER_INCH = 72
# A figure is shown as wide as a column of text, or the whole window.
_LONGEST_FIGURE = 1_600
# Of a picture as it is in its file: unpacked, some 400 MB.
_MOST_READ_PIXELS = 100_000_000
# Pictures of pixels only: no SVG, no metafile, nothing that can name another file.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_TOO_LARGE = "has a picture with too many pixels to show"
_LARGEST_PART = 50_000_000


def make_picture(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return a picture (``pictures.Wanted``) as the header and the content of a response.

    Args:
        request: What is wanted, and of which document.
        data: The bytes of the file.

    Raises:
        ReadingError: There is no such picture, or it cannot be shown; the message is the reason alone.
    """
    wanted = request["picture"]
    if wanted["digest"] and hashlib.sha256(data).hexdigest() != wanted["digest"]:
        return {"changed": True}, b""
    if wanted["inside"]:
        data = data_inside(request["path"], data, wanted["inside"], ReadingOptions(**request["options"]))
    if wanted["page"]:
        return _page(data, wanted["page"], wanted["dpi"])
    return _figure(_part(data, wanted["part"]) if wanted["part"] else data)


def _page(data: bytes, number: int, dpi: int) -> tuple[dict[str, Any], bytes]:
    import PIL.Image

    from citewell.corpus.reading.formats import pdf
    from citewell.corpus.reading.formats.pdf import pdfium
    from citewell.corpus.reading.formats.pdf.rendering import picture_of

    if not pdf.READER.recognises(data):
        raise ReadingError("has no pages that can be shown")
    with pdfium.opened(data) as document:
        if not 1 <= number <= len(document):
            raise ReadingError(f"has no page {number}")
        with pdfium.page_of(document, number - 1) as sheet:
            width, height = sheet.width, sheet.height
            most = min((MOST_PIXELS / (width * height)) ** 0.5, LONGEST_SIDE / max(width, height))
            drawn = picture_of(sheet, min(dpi, _POINTS_PER_INCH * most), is_grey=False)
        pages = len(document)
    image = PIL.Image.frombytes("RGB", (drawn.width, drawn.height), drawn.pixels)
    return {"page_width": round(10 * width), "page_height": round(10 * height), "pages": pages}, _as_webp(image)


def _part(data: bytes, name: str) -> bytes:
    """Return a part of an archive, or a picture that a page holds itself."""
    import zipfile

    from citewell.corpus.reading.formats.html.inlined import PREFIX, inlined_picture

    if name.startswith(PREFIX):
        return inlined_picture(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = next((each for each in archive.infolist() if each.filename.casefold() == name.casefold()), None)
            if found is None or found.file_size > _LARGEST_PART:
                raise ReadingError("has no such picture, or it is too large")
            with archive.open(found) as stream:
                return stream.read(found.file_size)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ReadingError("has a picture that cannot be unpacked") from error


def _figure(data: bytes) -> tuple[dict[str, Any], bytes]:
    import PIL.Image
    from PIL import ImageOps, UnidentifiedImageError

    try:
        opened = PIL.Image.open(io.BytesIO(data), formats=_FORMATS)
        if opened.width * opened.height > _MOST_READ_PIXELS:
            raise ReadingError(_TOO_LARGE)
        # JPEG is unpacked to a smaller picture at once.
        opened.draft("RGB", (_LONGEST_FIGURE, _LONGEST_FIGURE))
        image: PIL.Image.Image = ImageOps.exif_transpose(opened)
        image.thumbnail((_LONGEST_FIGURE, _LONGEST_FIGURE))
    except UnidentifiedImageError as error:
        raise ReadingError("has a picture of a kind that is not shown") from error
    except PIL.Image.DecompressionBombError as error:
        raise ReadingError(_TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ReadingError("has a picture that is damaged") from error
    return {"page_width": 0, "page_height": 0, "pages": 0}, _as_webp(image)


def _as_webp(image: PIL.Image.Image) -> bytes:
    """Return a picture as WebP, on white paper."""
    import PIL.Image

    if image.mode != "RGB":
        paper = PIL.Image.new("RGBA", image.size, "white")
        image = PIL.Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    written = io.BytesIO()
    image.save(written, "WEBP", quality=80, method=2)
    return written.getvalue()
