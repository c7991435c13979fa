"""What answers a question that a document asks itself, or quotes from a message."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "mail.txt": (
        "Subject: Boat house\n\nThe spare key hangs behind the barometer.\n\nOn Monday Bo Holm wrote:\n"
        "> Where is the spare key of the boat house?\n> The roof leaks above the oars.\n> Who pays for the new lamp?\n\n"
        "The harbour board pays for it.\n"
    ),
    "visit.txt": (
        "Subject: visit\n\n> When does the ferry to Ostra leave in\n> winter, and from which pier?\n>\n>\n"
        "It leaves at eight from pier four.\n> My sister cannot climb the tower. She has a\n> wooden leg.\n"
    ),
    "faq.md": (
        "# FAQ\n\n**Can I bring my dog to the island?**\n\nThank you for asking!\n\nDogs on a leash are welcome.\n\n"
        "**How much is a tent?**\n\nFour euros.\n\nThe shop opens in June.\n"
    ),
    "talk.txt": "Q: How long may books be kept?\nA: Thirty days.\n\nQ: Where is the attic?\nA: Behind the red door.\n",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("dialogue"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("Where is the spare key?", "The spare key hangs behind the barometer."),
        ("Who pays for the new lamp?", "The harbour board pays for it."),
        ("Where does the roof leak?", "> The roof leaks above the oars."),
        ("When does the ferry to Ostra leave?", "It leaves at eight from pier four."),
        (
            "Can I bring my dog to the island?",
            "**Can I bring my dog to the island?**\n\nThank you for asking!\n\nDogs on a leash are welcome.",
        ),
        ("How much is a tent?", "**How much is a tent?**\n\nFour euros."),
        ("Where is the attic?", "Q: Where is the attic?\nA: Behind the red door."),
    ],
)
def test_the_mark_is_what_answers(asked: Assistant, question: str, marked: str) -> None:
    first = asked.ask(question).passages[0]
    assert [mark.of(first.text) for mark in first.marks] == [marked]
