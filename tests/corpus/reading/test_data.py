"""What holds no language is in no passage; everything beside it is."""

from __future__ import annotations

import base64
import binascii
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.data import data_spans
from citewell.corpus.reading.parsing import parse
from citewell.corpus.splitting import split
from citewell.errors import ReadingError
from citewell.settings import Splitting
from tests.support.outlines import words

BYTES = random.Random(4).randbytes(600)
CODE = base64.b64encode(BYTES).decode()
WRAPPED = base64.encodebytes(BYTES).decode().strip()
KEY = "\n".join(CODE[at : at + 64] for at in range(0, len(CODE), 64))
UUENCODED = (
    "begin 644 valve.png\n"
    + "".join(binascii.b2a_uu(BYTES[at : at + 45]).decode() for at in range(0, 600, 45))
    + "`\nend"
)


def passages(text: str, name: str = "note.md") -> list[str]:
    document = parse(name, text.encode())
    found = split(document, Splitting(), words)
    assert all(passage.span.of(document.text) == passage.text for passage in found)
    return [passage.text for passage in found]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Before.\n\n![drawing of it](data:image/png;base64,{CODE})\n\nAfter.", "Before. ![drawing of it After."),
        (
            f'Before.\n\n<img alt="it" src="data:image/png;base64,{CODE}"/>\n\nAfter.',
            'Before. <img alt="it" src After.',
        ),
        (f"See [the file](data:;base64,{CODE}) now.", "See [the file now."),
        (f"The key is {CODE} and it is secret.", "The key is and it is secret."),
        (f"Before.\n{WRAPPED}\n\nAfter.", "Before. After."),
        (f"-----BEGIN KEY-----\n{KEY}\n-----END KEY-----\n\nAfter.", "-----BEGIN KEY----- -----END KEY----- After."),
        (
            f"Mail:\n\n-----BEGIN X-----\nVersion: 2\n\n{KEY}\n=a1B2\n-----END X-----",
            "Mail: -----BEGIN X----- Version: 2 -----END X-----",
        ),
        ("-----BEGIN KEY-----\nMC4CAQAwBQYDK2VwBCIEIDpS\n-----END KEY-----", "-----BEGIN KEY----- -----END KEY-----"),
        (f"Digest {BYTES[:64].hex()} of it.", "Digest of it."),
        (f"Before.\n\n{UUENCODED}\n\nAfter.", "Before. begin 644 valve.png end After."),
    ],
    ids=["image", "html", "link", "base64", "wrapped", "pem", "pgp", "short key", "hex", "uuencode"],
)
@pytest.mark.parametrize("name", ["note.md", "note.txt"])
def test_data_is_in_no_passage_and_its_neighbours_are(text: str, kept: str, name: str) -> None:
    assert " ".join(passages(text, name)).split() == kept.split()


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/files/" + CODE[:120].replace("+", "-"),
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvertreter" * 2,
        "lentokonesuihkuturbiinimoottoriapumekaanikkoaliupseerioppilas" * 2,
        "ACGTTGCAAGCTTACG" * 20,
        "图书馆早上九点开门晚上七点关门" * 20,
        "com/example/project/internal/configuration/AbstractSingletonProxyFactoryBeanDefinitionParser" * 2,
        "get_user_profile_by_identifier_and_validate_against_the_current_session_token_or_raise_error_2",
        "3141592653589793" * 10,
        "=" * 200,
        "d41d8cd98f00b204e9800998ecf8427e",
        "\n".join(["ThisIsALineOfWordsWithoutBlanksInIt"] * 4),
    ],
    ids=[
        "url",
        "german",
        "finnish",
        "dna",
        "chinese",
        "path",
        "identifier",
        "digits",
        "rule",
        "short hex",
        "lines of words",
    ],
)
def test_language_is_no_data(text: str) -> None:
    assert list(data_spans(f"See {text} here.")) == []
    assert list(data_spans(f"See\n{text}\nhere.")) == []


def test_a_heading_above_data_alone_is_text() -> None:
    assert passages(f"# Note\n\nText.\n\n## Drawing\n\n{CODE}\n\n## More\n\nText.\n") == [
        "Text.",
        "## Drawing",
        "Text.",
    ]


def test_a_divided_section_keeps_its_path_and_has_its_heading_once() -> None:
    document = parse("a.md", f"# A\n\n## B\n\nOne.\n\n{CODE}\n\nTwo.\n".encode())
    assert [section.path for section in document.sections] == [("B",), ("B",)]
    assert [section.heading is None for section in document.sections] == [False, True]


def test_data_alone_is_no_text() -> None:
    with pytest.raises(ReadingError, match="only markup or data"):
        parse("a.txt", CODE.encode())


@given(
    st.lists(
        st.sampled_from([" Some words. ", "\n\n", f" {CODE} ", f"\n{WRAPPED}\n", "x", " ", f"![a](data:a/b,{CODE})"]),
        max_size=12,
    )
)
def test_no_passage_contains_data(parts: list[str]) -> None:
    text = "Here it starts.\n\n" + "".join(parts)
    found = passages(text)
    assert not any(span.of(text)[10:50] in passage for span in data_spans(text) for passage in found)
    assert sum(passage.count("Some words.") for passage in found) >= (1 if " Some words. " in parts else 0)
