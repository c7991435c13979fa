"""Archives: what they declare is checked, and what they hold is never more than that."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from citewell.corpus.reading.archives import Archive, is_archive, is_encrypted_office
from citewell.errors import ReadingError
from tests.support.archives import declaring, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_parts_come_back_whatever_the_case_and_the_slashes_of_their_names() -> None:
    archive = Archive(zipped({"word\\Document.xml": "<w/>", "/docProps/core.xml": "facts", "media/": ""}))
    assert archive.names == ["word/Document.xml", "docProps/core.xml"]
    assert archive.read("word/document.xml") == b"<w/>"
    assert archive.read("/docprops/core.xml") == b"facts"
    assert archive.size("docProps/core.xml") == 5
    assert "word/document.xml" in archive
    assert "word/styles.xml" not in archive


def reason(make: Callable[[], object]) -> str:
    with pytest.raises(ReadingError) as raised:
        make()
    return raised.value.message


def test_an_archive_that_unpacks_to_too_much_is_refused_at_once() -> None:
    bomb = zipped({"word/document.xml": b"a" * 12_000_000})
    assert reason(lambda: Archive(bomb)).startswith("unpacks to 1,0")
    large = declaring(zipped({"a.xml": random.Random(1).randbytes(2_500_000)}, zipfile.ZIP_STORED), 210_000_000)
    assert reason(lambda: Archive(large)) == "unpacks to 210 MB; at most 200 MB are read"


def test_a_small_archive_may_shrink_a_lot() -> None:
    sheet = b"<row><c>0</c></row>" * 400_000
    packed = zipped({"sheet.xml": sheet})
    assert 100 * len(packed) < len(sheet)
    assert Archive(packed).read("sheet.xml") == sheet


def test_too_many_parts_are_refused() -> None:
    parts = dict.fromkeys(map(str, range(10_001)), "")
    assert reason(lambda: Archive(zipped(parts))) == "holds 10,001 parts; at most 10,000 are read"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/../../b", "..\\..\\b", ".."])
def test_names_that_lead_outside_are_refused(name: str) -> None:
    assert reason(lambda: Archive(zipped({name: "x"}))) == "has a part whose name leads outside of it"


def test_a_part_that_holds_more_than_it_declares_does_not_fill_the_memory() -> None:
    bomb = declaring(zipped({"a.xml": b"\0" * 50_000_000}), 1_000)
    archive = Archive(bomb)
    tracemalloc.start()
    try:
        assert reason(lambda: archive.read("a.xml")) == "is damaged: its part a.xml cannot be unpacked"
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_part_that_holds_less_than_it_declares_is_damaged() -> None:
    archive = Archive(declaring(zipped({"a.xml": "short"}, zipfile.ZIP_STORED), 2_000))
    assert reason(lambda: archive.read("a.xml")).startswith("is damaged: its part a.xml ")


def test_an_empty_file_is_named() -> None:
    assert reason(lambda: Archive(b"")) == "is empty"


def test_a_missing_part_is_named() -> None:
    archive = Archive(zipped({"a.xml": "x"}))
    assert reason(lambda: archive.read("b.xml")) == "is damaged: its part b.xml is missing"


def test_protected_files_are_named() -> None:
    encrypted = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert is_encrypted_office(encrypted)
    assert not is_encrypted_office(OLE + bytes(600))
    assert reason(lambda: Archive(encrypted)) == "is protected by a password"
    packed = bytearray(zipped({"a.xml": "secret"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + at] |= 1
    assert reason(lambda: Archive(bytes(packed)).read("a.xml")) == "is protected by a password"


def test_a_part_that_is_packed_in_another_way_is_named() -> None:
    packed = bytearray(zipped({"a.xml": "text"}))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        packed[packed.index(mark) + at] = 9
    message = "has a part that is packed in a way that is not read (a.xml)"
    assert reason(lambda: Archive(bytes(packed)).read("a.xml")) == message


def test_broken_archives_end_in_a_reading_error() -> None:
    whole = zipped({"a.xml": "some text " * 50, "b/c.xml": "more text"})
    chance = random.Random(4)
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        cut = bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])])
        try:
            archive = Archive(cut)
            for name in archive.names:
                archive.read(name)
        except ReadingError as error:
            assert error.message  # noqa: PT017 - any other error fails the test


def test_the_beginning_of_an_archive_is_recognised() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    assert is_archive(out.getvalue())
    assert is_archive(zipped({"a": "b"}))
    assert not is_archive(b"%PDF-1.7")
