"""Mailboxes: where a message begins, their places, and what is broken."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.mail import mbox
from citewell.corpus.reading.packing import packed, unpacked
from citewell.corpus.reading.parsing import parse
from citewell.errors import ReadingError
from tests.support.spreadsheets import shown

FROM = "From ada@depot.example Thu Mar  4 10:00:00 2021\n"
FIRST = (
    f"{FROM}From: Ada <ada@depot.example>\nSubject: Stock\nDate: Thu, 4 Mar 2021 10:00:00 +0100\n\n"
    "From here on we count.\n\n>From the harbour it is far.\n\nFrom Monday 10:00 on we are open.\nDoor: 3\n\n"
)
SECOND = f"{FROM}From: Bob <bob@depot.example>\nSubject: Re: Stock\n\nGood.\n"


def read(text: str) -> Extract:
    data = text.encode()
    assert mbox.READER.recognises(data)
    return mbox.READER.read(Source("mail.mbox", data))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_message_is_a_section_with_its_place(end: str) -> None:
    found = shown(read((FIRST + SECOND).replace("\n", end)))
    assert found == [
        ("heading", "Stock, 2021-03-04", "Stock"),
        (
            "verbatim",
            "Stock, 2021-03-04",
            "From: Ada <ada@depot.example>\nDate: Thu, 4 Mar 2021 10:00:00 +0100\nSubject: Stock",
        ),
        ("prose", "", "From here on we count."),
        ("prose", "", "From the harbour it is far."),
        ("prose", "", "From Monday 10:00 on we are open.\nDoor: 3"),
        ("heading", "Re: Stock", "Re: Stock"),
        ("verbatim", "Re: Stock", "From: Bob <bob@depot.example>\nSubject: Re: Stock"),
        ("prose", "", "Good."),
    ]


def test_sections_and_places_of_the_document() -> None:
    document = parse("mail.mbox", (FIRST + SECOND).encode())
    assert [section.path for section in document.sections] == [("Stock",), ("Re: Stock",)]
    assert [each.location.label for each in document.locations] == ["Stock, 2021-03-04", "Re: Stock"]
    assert document.title == "mail"


def test_files_that_come_with_messages_have_names_of_their_own() -> None:
    message = (
        f"{FROM}Subject: Table\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the table.\n--b\n"
        'Content-Type: text/plain\nContent-Disposition: attachment; filename="a.txt"\n\nOne, two.\n--b--\n\n'
    )
    document = parse("mail.mbox", (message * 2).encode())
    assert [each.path for each in document.attached] == ["mail.mbox/a.txt", "mail.mbox/a (2).txt"]


def test_of_more_files_than_are_read_the_others_are_counted() -> None:
    """Thousands of one name take no time, and do not cost the mailbox."""
    mixed = "".join(
        f'--b\nContent-Disposition: attachment; filename="a.txt"\n\nNumber {nth}.\n' for nth in range(1_500)
    )
    message = f"{FROM}Subject: Table\nContent-Type: multipart/mixed; boundary=b\n\n{mixed}--b--\n\n"
    document = parse("mail.mbox", (message * 4).encode())
    assert (len(document.attached), len(document.unread)) == (499, 200)
    assert document.attached[-1].path == "mail.mbox/a (499).txt"
    assert document.warnings == ("5,301 more parts of it are not read",)
    header, content = packed(document)
    assert unpacked("mail.mbox", header, content) == document


def test_a_message_that_cannot_be_read_is_named_and_the_others_are_read() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{nth}"\n\n--b{nth}\n' for nth in range(100))
    extract = read(f"{FIRST}{FROM}Subject: deep\n{deep}\n\n{SECOND}")
    assert [text for kind, _, text in shown(extract) if kind == "heading"] == ["Stock", "Re: Stock"]
    [warning] = extract.warnings
    assert warning.startswith("message 2 is left out: it is nested too deeply")


def test_messages_are_bounded_and_the_rest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "_MOST_MESSAGES", 1)
    assert read(FIRST + SECOND).warnings == ("only the first 1 messages are read",)


def test_what_is_no_mailbox_is_refused() -> None:
    with pytest.raises(ReadingError, match="is no mailbox"):
        mbox.READER.read(Source("mail.mbox", b"From here on we count."))
