"""The catalogues: complete, up to date with the code, and safe to put into HTML."""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from citewell.web.language.catalogues import languages
from citewell.web.language.current import gettext, language_name, ngettext, number, speaking
from tests.support.messages import FOLDER, messages_of_code, updated

FILES = sorted(FOLDER.glob("*.po"))
VALUE = re.compile(r"%\(\w+\)s|%%")
# What could end an attribute or begin an element.
MARKUP = re.compile(r"<[^>]*>|[<>\"]|&\w+;")


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def catalogue(file: Path) -> Catalog:
    return read_po(BytesIO(file.read_bytes()), locale=file.stem.replace("-", "_"), abort_invalid=True)


def test_the_page_has_english_and_german() -> None:
    assert list(languages())[:2] == ["en", "de"]


def test_a_catalogue_has_the_messages_of_the_code_and_no_others(file: Path) -> None:
    assert updated(file) == file.read_bytes(), "make messages"


def test_every_message_is_translated_with_its_values_and_its_markup(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy
        for source, translation in pairs(message, catalogue.num_plurals):
            assert translation.strip()
            # A language may leave out a number that its form names itself.
            assert set(VALUE.findall(translation)) | {"%(num)s"} >= set(VALUE.findall(source))
            assert set(VALUE.findall(translation)) <= {each for one in ids(message) for each in VALUE.findall(one)}
            assert Counter(MARKUP.findall(translation)) == Counter(MARKUP.findall(source))
            assert "%" not in VALUE.sub("", translation)


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def pairs(message: Message, forms: int) -> list[tuple[str, str]]:
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    assert isinstance(message.string, tuple)
    assert len(message.string) == forms
    return [(ids(message)[min(nth, 1)], each) for nth, each in enumerate(message.string)]


def test_what_scripts_say_is_sent_to_them(catalogue: Catalog, file: Path) -> None:
    sent = json.loads(languages()[file.stem].script_messages)["messages"]
    in_scripts = {
        ids(each)[0] for each in messages_of_code() if any(str(at).endswith(".js") for at, _ in each.locations)
    }
    assert set(sent) == in_scripts
    assert all(sent[ids(each)[0]] for each in catalogue if each.id and ids(each)[0] in in_scripts)


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    def places(count: int) -> str:
        return ngettext("%(num)s place", "%(num)s places", count)

    with speaking("de"):
        assert [places(count) for count in (0, 1, 2, 1234)] == [
            "0 Fundstellen",
            "1 Fundstelle",
            "2 Fundstellen",
            "1.234 Fundstellen",
        ]
        assert (number(1234.56, 1), number(1_000_000), language_name("en")) == ("1.234,6", "1.000.000", "Englisch")
        assert gettext("Page %(page)s of %(pages)s", page=1000, pages=2000) == "Seite 1.000 von 2.000"
    assert [places(count) for count in (0, 1, 2, 1234)] == ["0 places", "1 place", "2 places", "1,234 places"]
    assert (number(1234.56, 1), language_name("de")) == ("1,234.6", "German")
    assert json.loads(languages()["de"].script_messages)["forms"] == {"one": 0, "other": 1}
