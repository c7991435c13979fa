"""What is asked of a word is said of the longer ones that end with it, in languages that write nouns with a capital."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.search.compounds import with_compounds
from tests.support.indexes import assistant_for

FILES = {
    "satzung.txt": (
        "Satzung des Turnvereins\n\nDer Jahresbeitrag beträgt 20 Euro. Er wird im Januar eingezogen.\n\n"
        "Die Hauptversammlung findet im März statt.\n\nDer Kassenwart ist Herr Johansen.\n"
    ),
    "bus.txt": "Linienverkehr\n\nDer Busfahrplan hängt an der Haltestelle aus. Hunde fahren mit.\n",
    "buecherei.txt": "Bücherei\n\nDie Versäumnisgebühr beträgt 3 Euro je Woche.\n",
    "platform.txt": "Rowing\n\nThe members of the rowing club meet at the riverside platform on Monday, and all may row.\n",
}


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("compounds"))


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Wann ist die Versammlung?", "satzung.txt"),
        ("wo hängt der fahrplan aus", "bus.txt"),
        ("Wo hängt der Fahrplan aus?", "bus.txt"),
        ("Wie hoch ist die Gebühr je Woche?", "buecherei.txt"),
    ],
)
def test_a_compound_is_a_kind_of_its_last_word(german: Assistant, question: str, document: str) -> None:
    answer = german.ask(question)
    assert answer.answered
    assert answer.passages[0].document == document


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Wann ist die Vorstandsversammlung?", "Vorstandsversammlung"),
        ("Wo hängt der Bahnfahrplan aus?", "Bahnfahrplan"),
        ("Wer ist Herr Hansen?", "Hansen"),
    ],
)
def test_neither_another_kind_nor_another_name_is(german: Assistant, question: str, word: str) -> None:
    answer = german.ask(question)
    assert not answer.answered
    assert word in [missing.word for missing in answer.missing]


def test_in_english_a_longer_word_is_another(german: Assistant) -> None:
    weights = german.view().snapshot.weights("Where is the form of the club?")
    view = german.view()
    assert with_compounds("Where is the form of the club?", weights, view.snapshot, view.encoder) == weights
