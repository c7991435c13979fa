"""Messages of Outlook: the same as others, with their files, and what is broken."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.mail.msg import READER
from citewell.corpus.reading.formats.mail.rich_text import decompressed, text_of
from citewell.corpus.reading.parsing import parse
from citewell.errors import ReadingError
from tests.support.real_files import real_file
from tests.support.spreadsheets import texts


def read(name: str) -> Extract:
    data = real_file(f"unstructured/{name}.msg").read_bytes()
    assert READER.recognises(data)
    return READER.read(Source(name, data))


def test_a_message_has_its_headers_text_and_facts() -> None:
    extract = read("fake-email")
    assert texts(extract) == [
        'From: "Matthew Robinson" <mrobinson@unstructured.io>\nTo: "Matthew Robinson" <mrobinson@unstructured.io>\n'
        "Date: Fri, 16 Dec 2022 17:04:16 -0500\nSubject: Test Email",
        "This is a test email to use for unit tests.",
        "Important points:",
        "- Roses are red",
        "- Violets are blue",
    ]
    assert [fact.value for fact in extract.facts] == ["Test Email", "Matthew Robinson", "2022-12-16", "mail"]


def test_files_that_come_with_it_are_documents_of_their_own() -> None:
    document = parse("mail.msg", real_file("unstructured/fake-email-attachment.msg").read_bytes())
    [attached] = document.attached
    assert attached.path == "mail.msg/fake-attachment.txt"
    assert attached.text.startswith("Hey this is a fake attachment")


def test_an_encrypted_message_is_named() -> None:
    assert read("fake-encrypted").warnings == ("is encrypted (PGP): only its headers are read",)


@pytest.mark.parametrize("size", [600, 4_096, 9_000])
def test_a_message_that_ends_too_early_is_refused(size: int) -> None:
    data = real_file("unstructured/fake-email.msg").read_bytes()
    with pytest.raises(ReadingError, match="damaged"):
        READER.read(Source("mail.msg", data[:size]))


def test_other_files_in_the_same_container_are_no_messages() -> None:
    assert not READER.recognises(real_file("markitdown/test.xls").read_bytes())
    assert not READER.recognises(real_file("unstructured/fake.doc").read_bytes())


HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0"
)


def test_compressed_rich_text_of_the_specification() -> None:
    assert decompressed(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert text_of(HELLO).strip() == "hello world"


@given(st.binary(max_size=300))
def test_any_rich_text_ends(data: bytes) -> None:
    head = struct.pack("<IIII", len(data), 10_000, 0x75465A4C, 0)
    assert len(decompressed(head + data)) <= 10_000
    assert isinstance(text_of(head + data), str)
