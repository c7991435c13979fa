"""What facts are called, and in which form they are kept."""

from __future__ import annotations

import pytest

from citewell.document import Fact
from citewell.text.fact_names import fact, fact_name, in_effect


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Tags", "tag"),
        (" Keywords ", "tag"),
        ("authors", "author"),
        ("Cost Centre", "cost-centre"),
        ("lang", "language"),
        ("Abteilung", "abteilung"),
        # They compare dates and folders.
        ("after", None),
        ("in", None),
        ("path", None),
        ("x!y", None),
        ("1st", None),
        ("", None),
        ("a" * 41, None),
    ],
)
def test_a_fact_has_one_name_however_it_is_written(written: str, name: str | None) -> None:
    assert fact_name(written) == name


def test_values_have_the_form_in_which_they_are_compared() -> None:
    assert fact("language", "de-AT", "table") == Fact("language", "de", "table")
    assert fact("language", "German", "table") == Fact("language", "de", "table")
    assert fact("author", " Ann \n Lee ", "message") == Fact("author", "Ann Lee", "message")
    assert fact("date", "someday", "table") is None
    assert fact("tag", " ", "table") is None


def test_the_table_stands_above_the_document_and_the_document_above_what_is_found_out() -> None:
    own = (Fact("author", "Ann", "front matter"), Fact("kind", "memo", "front matter"))
    table = (Fact("author", "Bo", "table"), Fact("language", "fr", "table"))
    assert in_effect((*own, *table), reader="markdown 2", language="de", title="Fees") == (
        Fact("kind", "markdown", "format"),
        Fact("kind", "memo", "front matter"),
        Fact("author", "Bo", "table"),
        Fact("language", "fr", "table"),
        Fact("title", "Fees", "text"),
    )
    own = (Fact("author", "Ann", "message"), Fact("kind", "mail", "message"))
    message = in_effect(own, reader="outlook 1", language="en", title="Fees")
    assert [each.value for each in message if each.name == "kind"] == ["outlook", "mail"]
    ruled = in_effect((Fact("kind", "letter", "table"),), reader="pdf 1", language="en", title="Fees")
    assert [each.value for each in ruled if each.name == "kind"] == ["letter"]
