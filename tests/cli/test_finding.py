"""`citewell find`: what it prints, its JSON, its CSV, and what it says about queries that it cannot read."""

from __future__ import annotations

import csv
import json
import shlex
from io import StringIO
from pathlib import Path

import pytest

from tests.support.commands import citewell
from tests.support.environment import CORPUS

TEXT = (CORPUS / "international-education.txt").read_text(encoding="utf-8")


def test_places_are_shown_under_their_citations(bundled_index: Path) -> None:
    done = citewell("find", "visa", "--index", bundled_index, "--per-page", "1")
    at = TEXT.lower().index("visa")
    assert done.returncode == 0
    assert f"international-education.txt › Challenges and Opportunities ({at}-{at + 4})" in done.stdout
    assert "visa regulations" in done.stdout
    assert done.stdout.splitlines()[0].endswith("of 1 document:")


def test_json_has_the_page_and_all_counts(bundled_index: Path) -> None:
    done = citewell(
        "find", "of", "--index", bundled_index, "--sort", "relevance", "--page", "2", "--per-page", "10", "--json"
    )
    found = json.loads(done.stdout)
    assert (found["page"], found["sort"], len(found["places"])) == (2, "relevance", 10)
    assert [place["number"] for place in found["places"]] == list(range(11, 21))
    assert found["total"] == sum(each["places"] for each in found["documents"])
    for place in found["places"]:
        assert TEXT[place["start"] : place["end"]].lower() == "of"
        assert place["marks"] == [{"start": place["start"], "end": place["end"]}]


@pytest.mark.parametrize("target", ["places.csv", "-"])
def test_csv_has_every_place_with_its_offsets(target: str, bundled_index: Path, tmp_path: Path) -> None:
    done = citewell("find", "of", "--index", bundled_index, "--csv", target, cwd=tmp_path)
    content = done.stdout if target == "-" else (tmp_path / target).read_bytes().decode("utf-8")
    rows = list(csv.DictReader(StringIO(content, newline="")))
    total = json.loads(citewell("find", "of", "--index", bundled_index, "--json").stdout)["total"]
    assert len(rows) == total
    assert {TEXT[int(row["start"]) : int(row["end"])] for row in rows} == {row["found"] for row in rows}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (['"visa'], "is not closed"),
        (["--", "-visa"], "only words to leave out"),
        (["visa", "--page", "9"], "there is no page 9; the last one is 1"),
        (["visa", "--document", "none.txt"], "no document at 'none.txt'"),
        (["visa", "--csv", "-", "--json"], "give --csv or --json, not both"),
        (["visa", "--csv", "no/such/folder.csv"], "cannot be written"),
    ],
)
def test_a_wrong_request_is_explained(arguments: list[str], message: str, bundled_index: Path) -> None:
    done = citewell("find", "--index", bundled_index, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_an_answer_ends_in_the_command_for_all_places(bundled_index: Path) -> None:
    shown = citewell("ask", "What are visa regulations?", "--index", bundled_index, "--top", "1").stdout
    (offer,) = [line for line in shown.splitlines() if ": citewell find " in line]
    _, name, query, *rest = shlex.split(offer.partition(": ")[2])
    found = json.loads(citewell(name, query, *rest, "--json").stdout)
    assert set(query.split()) == {"visa", "regulations"}
    assert offer.startswith("The only place" if found["total"] == 1 else f"All {found['total']} places")


def test_nothing_found_says_which_word_is_not_there(bundled_index: Path) -> None:
    done = citewell("find", "visa xylophonist", "--index", bundled_index)
    assert done.returncode == 0
    assert "“xylophonist”: 0 places" in done.stdout
