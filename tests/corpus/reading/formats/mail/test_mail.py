"""E-mail: headers, texts, files inside, and what is broken or hostile."""

from __future__ import annotations

import base64
import quopri
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.mail.eml import READER
from citewell.corpus.reading.parsing import parse
from citewell.document import Fact
from citewell.errors import ReadingError
from tests.support.real_files import real_file
from tests.support.spreadsheets import texts

HEADS = "From: Ada Lind <ada@depot.example>\nTo: bob@depot.example\nSubject: Stock\nMessage-ID: <1@depot.example>\n"
POINTS = ["This is a test email to use for unit tests.", "Important points:", "- Roses are red", "- Violets are blue"]
SAME = ["fake-email", "fake-email-b64", "fake-email-header", "fake-email-utf-16", "fake-email-utf-16-be"]


def read(text: str | bytes) -> Extract:
    return READER.read(Source("mail.eml", text.encode() if isinstance(text, str) else text))


def read_real(name: str) -> Extract:
    return READER.read(Source(name, real_file(name).read_bytes()))


def body(extract: Extract) -> list[str]:
    return texts(extract)[1:]


def part(kind: str, text: str | bytes, *more: str) -> str:
    data = text.encode() if isinstance(text, str) else text
    heads = "".join(f"{line}\n" for line in (f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more))
    return f"{heads}\n{base64.encodebytes(data).decode()}"


def multipart(kind: str, *parts: str, mark: str = "=mark") -> str:
    inner = "".join(f"--{mark}\n{each}\n" for each in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n{inner}--{mark}--\n'


@pytest.mark.parametrize("name", [*SAME, "fake-email-malformed-encoding"])
def test_real_messages_that_say_the_same_in_other_forms(name: str) -> None:
    extract = read_real(f"unstructured/{name}.eml")
    assert body(extract) == POINTS
    assert extract.title == "Test Email"
    assert {(fact.name, fact.value) for fact in extract.facts} == {
        ("title", "Test Email"), ("author", "Matthew Robinson"), ("date", "2022-12-16"), ("kind", "mail"),
    }  # fmt: skip
    assert all(fact.source == "message" for fact in extract.facts)
    [place] = {block.location for block in extract.blocks if block.location}
    assert (place.kind, place.label) == ("message", "Test Email, 2022-12-16")
    assert extract.warnings == ()


def test_the_headers_that_matter_are_the_beginning() -> None:
    assert texts(read_real("unstructured/fake-email-header.eml"))[0].splitlines() == [
        "From: Matthew Robinson <mrobinson@unstructured.io>",
        "To: Matthew Robinson <mrobinson@unstructured.io>",
        "Cc: Fake Email <fake-email@unstructured.io>, test@unstructured.io",
        "Date: Fri, 16 Dec 2022 17:04:16 -0500",
        "Subject: Test Email",
    ]


def test_real_messages_with_something_odd() -> None:
    assert body(read_real("docling/email/eml_simple.eml")) == ["Hello Bob,", "This is a simple email body."]
    html = read_real("unstructured/mime-html-only.eml")
    assert body(html)[0] == "This is a text/html part."
    assert read_real("unstructured/mime-word-encoded-subject.eml").title == "Simple email with ☸☿ Unicode subject"
    assert body(read_real("unstructured/mime-different-plain-html.eml"))[0] == "This is the text/plain part."
    odd = read_real("unstructured/test-invalid-date.eml")
    assert "Date: INVALID-DATE-FORMAT" in texts(odd)[0]
    assert [fact.name for fact in odd.facts] == ["title", "author", "kind"]


def test_an_encrypted_message_is_named_and_its_headers_read() -> None:
    extract = read_real("unstructured/fake-encrypted.eml")
    assert texts(extract) == ["From: Michael Elkins <elkins@aero.org>\nTo: Michael Elkins <elkins@aero.org>"]
    assert extract.warnings == ("is encrypted (PGP): only its headers are read",)
    smime = read(HEADS + 'Content-Type: application/pkcs7-mime; smime-type="enveloped-data"\n\nMIIB\n')
    assert smime.warnings == ("is encrypted (S/MIME): only its headers are read",)


def test_an_empty_file_has_no_text() -> None:
    with pytest.raises(ReadingError, match="contains no text"):
        parse("empty.eml", real_file("unstructured/empty.eml").read_bytes())


def test_files_that_come_with_a_message_are_documents_of_their_own() -> None:
    document = parse("mail.eml", real_file("docling/email/eml_with_attachment.eml").read_bytes())
    [attached] = document.attached
    assert (attached.path, attached.text) == (
        "mail.eml/test.txt", "This is a test attachment file.\nIt contains some dummy content.\n",
    )  # fmt: skip


def test_messages_inside_a_message_are_documents_of_their_own() -> None:
    document = parse("mail.eml", real_file("unstructured/mime-multipart-digest.eml").read_bytes())
    assert [each.path for each in document.attached] == [
        "mail.eml/First Message.eml", "mail.eml/Second Message.eml", "mail.eml/Third Message.eml",
    ]  # fmt: skip
    assert "This is the second message in the digest." in document.attached[1].text
    assert document.attached[1].facts[1].value == "frank@example.com"


def test_files_that_come_with_a_message_have_its_author_and_date_unless_they_name_their_own() -> None:
    notes = "---\nauthor: Cy Moor\n---\n\n# Notes\n\nThe mill grinds rye.\n"
    inner = "Subject: Old\nFrom: Dee <dee@depot.example>\n" + multipart("mixed", part("text/csv", "a,b\n1,2\n"))
    mixed = multipart(
        "mixed",
        part("text/plain", "See below."),
        part("text/plain", "Rye.", 'Content-Disposition: attachment; filename="plain.txt"'),
        part("text/markdown", notes, 'Content-Disposition: attachment; filename="notes.md"'),
        f"Content-Type: message/rfc822\n\n{inner}",
        mark="=outer",
    )
    document = parse("mail.eml", (HEADS + "Date: Thu, 4 Mar 2021 10:00:00 +0100\n" + mixed).encode())
    date = Fact("date", "2021-03-04", "message")
    plain, notes_of, old = document.attached
    assert plain.facts == (Fact("author", "Ada Lind", "message"), date)
    assert notes_of.facts == (Fact("author", "Cy Moor", "front matter"), date)
    dee = Fact("author", "Dee", "message")
    assert old.facts == (Fact("title", "Old", "message"), dee, Fact("kind", "mail", "message"), date)
    assert [each.facts for each in old.attached] == [(dee,)]


def test_a_picture_that_is_sent_is_named_and_one_inside_the_text_is_counted() -> None:
    document = parse("mail.eml", real_file("unstructured/mime-no-body.eml").read_bytes())
    [unread] = document.unread
    assert unread.name == "image.jpg"
    related = multipart("related", part("text/plain", "See below."), part("image/png", b"\x89PNG", "Content-ID: <1>"))
    inside = read(HEADS + related)
    assert (inside.attachments, inside.warnings) == ((), ("pictures in the text are left out (1)",))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../../etc/Zahlen 2023.csv"', "../../etc/Zahlen 2023.csv"),
        ("attachment; filename*=utf-8''%C3%9Cbersicht.csv", "Übersicht.csv"),
        ('attachment; filename="=?utf-8?B?w5xiZXJzaWNodC5jc3Y=?="', "Übersicht.csv"),
        ('attachment; filename="Übersicht.csv"', "Übersicht.csv"),
        ('attachment; filename*0="Zah"; filename*1="len.csv"', "Zahlen.csv"),
        ("attachment", "attachment.csv"),
    ],
)
def test_names_of_files(header: str, name: str) -> None:
    table = part("text/csv", "a,b\n1,2\n", f"Content-Disposition: {header}")
    [attached] = read(HEADS + multipart("mixed", part("text/plain", "See the table."), table)).attachments
    assert (attached.name, attached.data) == (name, b"a,b\n1,2\n")


def test_names_of_files_are_safe_in_paths() -> None:
    tables = [
        part("text/plain", text, 'Content-Disposition: attachment; filename="../../etc/a.txt"')
        for text in ("One.", "Two.")
    ]
    document = parse("mail.eml", (HEADS + multipart("mixed", part("text/plain", "See."), *tables)).encode())
    paths = [each.path for each in document.attached]
    assert len(set(paths)) == 2
    assert all(path.startswith("mail.eml/") and path.count("/") == 1 for path in paths)


def test_the_plain_text_is_read_unless_it_is_only_a_hint() -> None:
    html = "<p>" + "The depot moves to the harbour in May. " * 12 + "</p>"
    both = multipart(
        "alternative", part("text/plain", "The depot moves."), part("text/html", "<p>The depot moves.</p>")
    )
    assert body(read(HEADS + both)) == ["The depot moves."]
    hint = multipart("alternative", part("text/plain", "Your program shows no HTML."), part("text/html", html))
    assert body(read(HEADS + hint))[0].startswith("The depot moves to the harbour in May.")


def test_files_inside_the_other_form_are_not_lost() -> None:
    table = part("application/pdf", b"%PDF", 'Content-Disposition: attachment; filename="plan.pdf"')
    invitation = part("text/calendar", "BEGIN:VCALENDAR")
    rich = multipart("related", part("text/html", "<p>The plan.</p>"), table, mark="=inner")
    extract = read(HEADS + multipart("alternative", part("text/plain", "The plan."), rich, invitation))
    assert body(extract) == ["The plan."]
    assert [each.name for each in extract.attachments] == ["plan.pdf", "attachment.ics"]


def test_earlier_messages_that_are_quoted_and_the_signature_are_blocks_of_their_own() -> None:
    text = (
        "We come on Tuesday,\nas always.\n\nOn Monday, Bob wrote:\n> When do you come?\n> I am here.\n>\n>> Ada asked first.\n"
        "Fine.\n-- \nAda Lind\nThe Depot\n"
    )
    assert [(block.kind, "".join(block.pieces)) for block in read(f"{HEADS}\n{text}").blocks[1:]] == [
        ("prose", "We come on Tuesday,\nas always."),
        ("prose", "On Monday, Bob wrote:"),
        ("prose", "> When do you come?\n> I am here."),
        ("prose", ">> Ada asked first."),
        ("prose", "Fine."),
        ("verbatim", "Ada Lind\nThe Depot"),
    ]


TEXT = "Die Straße über den Fluß, 20 €."


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
@pytest.mark.parametrize("named", ["", "; charset=us-ascii", "; charset=nonsense", "; charset=utf-8", "; charset"])
def test_a_charset_that_is_wrong_or_missing(charset: str, named: str) -> None:
    data = f"{HEADS}Content-Type: text/plain{named}\n\n".encode() + f"{TEXT} Größere Häuser für müde Gäste.".encode(
        charset
    )
    assert body(read(data)) == [f"{TEXT} Größere Häuser für müde Gäste."]


@pytest.mark.parametrize("charset", ["iso-8859-15", "utf-16", "iso-2022-jp", "koi8-r", "gb2312"])
def test_a_charset_that_is_right(charset: str) -> None:
    text = {"iso-2022-jp": "会議は火曜日です。", "koi8-r": "Встреча во вторник.", "gb2312": "会议在星期二"}.get(
        charset, TEXT
    )
    assert body(read(HEADS + part(f"text/plain; charset={charset}", text.encode(charset)))) == [text]


def test_utf_8_that_is_named_as_something_else_is_utf_8() -> None:
    data = f"{HEADS}Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
    assert body(read(data.encode() + quopri.encodestring(TEXT.encode()))) == [TEXT]


def test_headers_in_other_forms() -> None:
    heads = (
        b"From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\nTo: B\xfcro <b@x.example>\n"
        b"Subject: =?utf-8?B?w5xiZXJzaWNodCBkZXIgU3RyYcOf?=\n =?utf-8?B?ZW4=?= in\tRom\nReceived: x\n\nText.\n"
    )
    assert texts(read(heads))[0].splitlines() == [
        "From: Jürgen <j@x.example>",
        "To: Büro <b@x.example>",
        "Subject: Übersicht der Straßen in Rom",
    ]


def test_mail_of_apple() -> None:
    message = f"{HEADS}\nThe depot moves.\n"
    data = f"{len(message)}\n{message}<?xml version='1.0'?><plist/>".encode()
    assert READER.recognises(data)
    assert body(read(data)) == ["The depot moves."]


def test_what_is_certainly_a_message_is_recognised() -> None:
    assert READER.recognises(f"{HEADS}\nText.".encode())
    assert READER.recognises(f"{HEADS}\nText.".encode("utf-16"))
    assert not READER.recognises(b"From: the board\nTo: all\nSubject: Summer\n\nA letter on paper.")
    assert not READER.recognises(b"Subject: how to write a message\nMIME-Version is a header.")


def nested(depth: int) -> bytes:
    heads = "".join(f'Content-Type: multipart/mixed; boundary="b{nth}"\n\n--b{nth}\n' for nth in range(depth))
    return f"{HEADS}{heads}Content-Type: text/plain\n\nThe end.\n".encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (nested(3_000), "nested too deeply"),
        ((HEADS + multipart("mixed", *["\nx\n"] * 3_000)).encode(), "more than 2,000 parts"),
    ],
    ids=["deep", "wide"],
)
def test_hostile_messages_are_refused_soon(data: bytes, reason: str) -> None:
    start = time.process_time()
    with pytest.raises(ReadingError, match=reason):
        read(data)
    assert time.process_time() - start < 5


def test_messages_in_messages_end() -> None:
    data = b"From: x@y\nSubject: end\n\nThe end.\n"
    for _ in range(200):
        data = b"From: x@y\nSubject: in\nContent-Type: message/rfc822\n\n" + data
    document = parse("mail.eml", data)
    levels = 0
    while document.attached:
        [document] = document.attached
        levels += 1
    assert 2 <= levels <= 10
    assert "is inside more than" in document.unread[0].reason


def test_a_deep_message_within_the_limit_is_read() -> None:
    assert body(read(nested(30))) == ["The end."]


@given(
    st.binary(max_size=200),
    st.sampled_from([HEADS.encode(), nested(2), b"", b"\n\n", b"Content-Type: multipart/mixed\n\n"]),
)
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes, before: bytes) -> None:
    reason = "it is read"
    try:
        read(before + data)
    except ReadingError as error:
        reason = error.message
    assert reason
