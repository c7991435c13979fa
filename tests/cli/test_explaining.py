"""The commands ``why`` and ``like``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import citewell

pytestmark = pytest.mark.usefixtures("encoder")

QUESTION = "What are the challenges of international cooperation?"
DOCUMENT = "international-education.txt"


def test_why_says_the_reason_what_is_compared_and_what_changes_it(bundled_index: Path) -> None:
    done = citewell("why", QUESTION, "--at", f"{DOCUMENT}:1000", "--top", "1", "--index", bundled_index)
    assert done.returncode == 0
    assert "It lacks words of the question: “challenges”" in done.stdout
    assert "the last shown: rank 1, score" in done.stdout
    assert f"fix: citewell ask '{QUESTION}' --top" in done.stdout


def test_why_json_has_the_place_of_a_quotation(bundled_index: Path) -> None:
    done = citewell("why", QUESTION, "--quote", "visa regulations", "--index", bundled_index, "--json")
    told = json.loads(done.stdout)
    assert (told["reason"], told["rank"], told["document"]) == ("shown", 1, DOCUMENT)
    assert told["place"]["end"] - told["place"]["start"] == len("visa regulations")


def test_why_of_no_place_is_wrong_usage(bundled_index: Path) -> None:
    done = citewell("why", QUESTION, "--at", "nothing.txt", "--index", bundled_index)
    assert done.returncode == 2
    assert "the index has no document at 'nothing.txt'" in done.stderr


def test_like_prints_and_returns_the_passages_like_one(bundled_index: Path) -> None:
    done = citewell("like", f"{DOCUMENT}:4000", "--top", "2", "--index", bundled_index)
    assert done.stdout.startswith(f"Like {DOCUMENT} (3814-4489):\n\n1. {DOCUMENT} › ")
    found = json.loads(citewell("like", f"{DOCUMENT}:4000", "--index", bundled_index, "--json").stdout)
    assert [each["rank"] for each in found["passages"]] == [1, 2, 3, 4, 5]
    assert citewell("like", "nothing.txt:3", "--index", bundled_index).returncode == 2
