"""Pictures of pages and figures: made in a reader process, small, and checked when they come back."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from citewell.corpus.reading.isolation import Limits, Readers
from citewell.corpus.reading.pictures import MOST_PIXELS, Picture, Wanted, checked
from citewell.errors import ChangedError, ReadingError
from tests.support.pdfs import Pdf, shown
from tests.support.pictures import archive, picture

PAGES = Pdf([shown(72, 84, "The wren weighs ten grams."), shown(72, 84, "It sings.")]).data()


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """Readers that have a few seconds for a picture."""
    made = Readers(Limits(seconds=5, seconds_per_megabyte=0))
    yield made
    made.close()


@pytest.fixture
def made(readers: Readers, tmp_path: Path) -> Made:
    """What makes a picture of bytes."""
    return Made(readers, tmp_path)


class Made:
    """Writes bytes to a file and has a picture made of it."""

    def __init__(self, readers: Readers, folder: Path) -> None:
        self._readers, self._folder = readers, folder

    def of(self, data: bytes, wanted: Wanted, name: str = "a.pdf") -> Picture:
        file = self._folder / name
        file.write_bytes(data)
        return self._readers.picture(name, file, wanted)


def opened(made: Picture) -> Image.Image:
    """Read a picture as a browser does."""
    found = Image.open(io.BytesIO(made.data), formats=["WEBP"])
    assert found.size == (made.width, made.height)
    return found.convert("L")


def test_a_page_is_shown_in_its_size_and_with_its_letters(made: Made) -> None:
    digest = hashlib.sha256(PAGES).hexdigest()
    first = made.of(PAGES, Wanted(digest, page=1, dpi=144))
    assert (first.page_width, first.page_height, first.pages) == (5950, 8420, 2)
    drawn = opened(first)
    assert drawn.size == (1190, 1684)
    # The line stands an inch from the left and from the top; there is nothing else.
    line = drawn.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert line
    left, top, right, bottom = line
    assert 140 < left < 150
    assert 140 < top < bottom < 180
    assert right < 600
    assert made.of(PAGES, Wanted(digest, page=2, dpi=144)).data != first.data
    with pytest.raises(ReadingError, match="has no page 3"):
        made.of(PAGES, Wanted(digest, page=3, dpi=144))


@pytest.mark.promise("as-indexed")
def test_nothing_is_shown_of_a_file_that_has_changed(made: Made) -> None:
    digest = hashlib.sha256(PAGES).hexdigest()
    with pytest.raises(ChangedError, match="has changed since it was indexed"):
        made.of(PAGES + b"\n", Wanted(digest, page=1, dpi=144))


@pytest.mark.promise("bounded-work")
@pytest.mark.parametrize(("width", "height"), [(14_400, 14_400), (1, 14_400), (200_000, 3)])
def test_a_page_of_any_size_has_few_pixels(made: Made, width: float, height: float) -> None:
    wide = Pdf([""], page=f"/MediaBox [0 0 {width} {height}]")
    shown = made.of(wide.data(), Wanted(page=1, dpi=288))
    assert 0 < shown.width * shown.height <= 1.01 * MOST_PIXELS
    assert len(shown.data) < 1_000_000


@pytest.mark.parametrize("data", [b"%PDF-1.4 and no more", b"plain text", PAGES[:300]])
def test_a_file_without_pages_is_refused_with_a_reason(made: Made, data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"pages|is damaged"):
        made.of(data, Wanted(page=1, dpi=96))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_pictures_of_pixels_are_made_anew(made: Made, kind: str) -> None:
    inside = archive({"word/media/Image1.bin": picture(3_000, 30, kind)})
    for small in (made.of(inside, Wanted(part="word/media/image1.bin")), made.of(picture(3_000, 30, kind), Wanted())):
        assert (small.width, small.height) == (1_600, 16)
        assert b"EXIF" not in small.data


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.mark.promise("as-indexed")
@pytest.mark.parametrize(
    "data", [SVG, b"GIF89a<script>", b"%!PS-Adobe-3.0 EPSF-3.0", picture()[:40], b"", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_of_pixels_is_not_shown(made: Made, data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"has a picture (of a kind that is not shown|that is damaged)"):
        made.of(data, Wanted(), "a.png")


def test_a_part_that_is_not_there_is_no_picture(made: Made) -> None:
    with pytest.raises(ReadingError, match="no such picture"):
        made.of(archive({"a.png": picture()}), Wanted(part="../a.png"))
    with pytest.raises(ReadingError, match="cannot be unpacked"):
        made.of(b"PK no archive", Wanted(part="a.png"))


@pytest.mark.promise("bounded-work")
def test_a_picture_that_would_fill_the_memory_is_not_unpacked(made: Made) -> None:
    # Gigapixels, of which no byte is there.
    bomb = bytearray(picture(10, 10))
    for side in (100_000, 12_000):
        bomb[16:24] = side.to_bytes(4, "big") * 2
        bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
        with pytest.raises(ReadingError, match=r"too many pixels to show"):
            made.of(bytes(bomb), Wanted(), "a.png")


@pytest.mark.parametrize(
    ("header", "change"),
    [
        ({}, lambda data: data[:20]),
        ({}, lambda data: picture() + data),
        ({}, lambda data: data + b"<script>"),
        ({}, lambda data: data[:26] + b"\xff\x3f\xff\x3f" + data[30:]),
        ({}, lambda data: data[:26] + b"\x00\x00\x01\x00" + data[30:]),
        ({"page_width": -1}, lambda data: data),
        ({"page_height": "10"}, lambda data: data),
        ({"pages": True}, lambda data: data),
        ({"pages": 10**12}, lambda data: data),
    ],
)
def test_what_comes_back_is_checked(header: dict[str, object], change: object) -> None:
    assert callable(change)
    whole = {"page_width": 10, "page_height": 10, "pages": 1}
    data = picture(kind="WEBP")
    assert checked(whole, data).width == 40
    with pytest.raises(ValueError, match=r"."):
        checked(whole | header, change(data))
