"""A number with a unit is the same amount in another unit, and another amount of the same is a near miss."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

MEASURES = {
    "cables.txt": (
        "Cables\n\nA cable of 4 mm carries 30 amperes. A cable of 40 mm carries 200 amperes. A rope of 4 m is cheap.\n"
    ),
    "wires.txt": (
        "Wires\n\nA wire of 10 mm² feeds the stove. A wire of 10 mm feeds the lamp. Bolts of 2–8 mm are in drawer six.\n"
    ),
    "paths.txt": "Paths\n\nThe path to the lake is 1.5 km long. The path to the mill is 800 m long.\n",
    "post.txt": "Post\n\nParcels over 5 kg cost three euros more. Letters up to 20 g need one stamp. The box is 30 cm wide.\n",
    "tanks.txt": "Tanks\n\nA tank of 5 litres weighs two pounds. A tank of 9 litres weighs four pounds.\n",
    "fass.txt": "Fass\n\nEin Fass von 1,5 Litern kostet 9 Euro. Ein Fass von 300 cl kostet 14 Euro.\n",
    "cuves.txt": "Cuves\n\nUne cuve de 2,5 m³ est au nord. Une cuve de 400 litres est au sud.\n",
    "seile.txt": (
        "Seile\n\nEin Seil von 8 mm trägt 300 kg. Ein Seil von 12 mm trägt 700 kg. Ein Seil von 8 m reicht bis zum Steg.\n"
    ),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(MEASURES, tmp_path_factory.mktemp("measured"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("How much does a cable of 6 mm carry?", "6 mm", "4 mm"),
        ("How much does a cable of 5 cm carry?", "5 cm", "4 mm"),
        ("Wie viel trägt ein Seil von 10 mm?", "10 mm", "12 mm"),
    ],
)
def test_a_measure_that_no_document_has_is_missing(measured: Assistant, question: str, word: str, nearest: str) -> None:
    answer = measured.ask(question)
    assert not answer.answered
    said = {missing.word: missing.nearest for missing in answer.missing}
    assert nearest in said[word]


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("How much does a cable of 4 mm carry?", "A cable of 4 mm carries 30 amperes."),
        ("How much does a cable of 40 mm carry?", "A cable of 40 mm carries 200 amperes."),
        ("How much does a cable of 4 cm carry?", "A cable of 40 mm carries 200 amperes."),
        ("Which path is 1500 m long?", "The path to the lake is 1.5 km long."),
        ("Which path is 0.8 km long?", "The path to the mill is 800 m long."),
        ("How much does a tank of 5 l weigh?", "A tank of 5 litres weighs two pounds."),
        ("How much does a tank of 900 cl weigh?", "A tank of 9 litres weighs four pounds."),
        ("Was kostet ein Fass von 1500 ml?", "Ein Fass von 1,5 Litern kostet 9 Euro."),
        ("Was kostet ein Fass von 3 l?", "Ein Fass von 300 cl kostet 14 Euro."),
        ("Où est la cuve de 2500 litres ?", "Une cuve de 2,5 m³ est au nord."),
        ("Où est la cuve de 0,4 m³ ?", "Une cuve de 400 litres est au sud."),
        ("What does a wire of 10 mm² feed?", "A wire of 10 mm² feeds the stove."),
        ("What does a wire of 10 mm feed?", "A wire of 10 mm feeds the lamp."),
        ("Wohin reicht ein Seil von 8 m?", "Ein Seil von 8 m reicht bis zum Steg."),
    ],
)
def test_the_measure_that_is_asked_for_is_marked(measured: Assistant, question: str, marked: str) -> None:
    answer = measured.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("What do parcels of 6 kg cost?", "Parcels over 5 kg cost three euros more."),
        ("How many stamps does a letter of 15 g need?", "Letters up to 20 g need one stamp."),
        ("How wide is the box of 2 kg?", "The box is 30 cm wide."),
    ],
)
def test_a_limit_or_another_quantity_is_no_other_measure_of_the_same(
    measured: Assistant, question: str, marked: str
) -> None:
    answer = measured.ask(question)
    assert answer.answered
    assert answer.missing == ()
    assert [mark.of(answer.passages[0].text) for mark in answer.passages[0].marks] == [marked]


def test_a_measure_between_two_of_the_place_is_not_missing(measured: Assistant) -> None:
    assert measured.ask("In which drawer are the bolts of 5 mm?").missing == ()


COUNTS = {
    "prices.md": "# Prices\n\n| Item | Price |\n|---|---|\n| Breaker 32 A | 3.40 |\n| Breaker 50 A | 6.80 |\n",
    "pipes.txt": "Pipes\n\nA 5 inch pipe costs 12 euros. A 6 inch pipe costs 15 euros. The course lasts three weeks.\n",
    "flat.txt": "Flat\n\nA 2 bedroom flat costs 700 euros a month. Up to 4 people may live there.\n",
    "sleep.txt": (
        "Sleep\n\nA group of 64 took 2 mg of melatonin and slept longer. A group of 61 took 5 mg of melatonin and slept well.\n"
    ),
    "luggage.txt": "Luggage\n\nEach guest brings at most 20 kg of luggage. Guests in the suite bring up to 30 kg of luggage.\n",
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(COUNTS, tmp_path_factory.mktemp("counted"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("What does a 63 A breaker cost?", "63", "32"),
        ("What does an 8 inch pipe cost?", "8", "6"),
        ("What does a 3 bedroom flat cost?", "3", "2"),
        ("effect of 10 mg melatonin", "10 mg", "5 mg"),
    ],
)
def test_another_of_several_amounts_is_missing(counted: Assistant, question: str, word: str, nearest: str) -> None:
    answer = counted.ask(question)
    assert not answer.answered
    said = {missing.word: missing.nearest for missing in answer.missing}
    assert nearest in said[word]


@pytest.mark.parametrize(
    "question",
    [
        "What does a 50 A breaker cost?",
        "What does a 6 inch pipe cost?",
        "What does a 2 bedroom flat cost?",
        "May 3 people live in the flat?",
        "effect of 5 mg melatonin",
        "Can I bring 15 kg of luggage?",
    ],
)
def test_an_amount_that_is_there_or_included_is_not_missing(counted: Assistant, question: str) -> None:
    answer = counted.ask(question)
    assert answer.answered
    assert answer.missing == ()
