"""A word that says which of something is meant is missing where another stands in its slot, unless it says the same."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.index.weights import TermWeights, Weighted
from citewell.search.qualifying import other_qualifiers
from citewell.text.concepts import concepts
from tests.support.indexes import assistant_for

FILES = {
    "clubs.txt": "Clubs\n\nThe chess club meets on Mondays at five in room 12. Mr Ott leads it.\n\n"
    "The photo club meets on Thursdays at six in the cellar. Ms Lind leads it.\n",
    "events.txt": "Events\n\nThe summer concert is on 12 July at 19:00 in the park. The spring market is on 2 April.\n",
    "vet.txt": "Prices\n\nA dog check-up costs 41 crowns. Opening hours are from nine to five. A cat check-up costs 35 crowns. "
    "Please bring the blue card. A goose check-up costs 12 crowns. The surgery is closed in August.\n",
    "vans.txt": "Vans\n\nThe white van is serviced in May by Olaf. The grey van is serviced in June by Olaf.\n",
    "yard.txt": "Yard\n\nWhoever breaks a rule of the yard twice gets a red card. The card is kept for a year.\n",
    "boats.txt": "Boats\n\nThe Alma carries 120 cars and a crew of nine. The Greta carries 40 cars and a crew of five.\n",
    "recipe_apple-cake.txt": "Beat butter and sugar. Add three eggs and flour. Bake for fifty minutes at 180 degrees.\n",
    "rooms.txt": "Rooms\n\nThe bicycle room is locked at ten at night. The stone bridge was built in 1832 by Karl Dahl.\n",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("town"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("When is the christmas concert?", "christmas", "summer"),
        ("When does the gardening club meet?", "gardening", "chess"),
        ("when is the sauna room locked", "sauna", "bicycle"),
        ("How much is a horse check-up?", "horse", "dog"),
        # First in a line.
        ("How many eggs for the cheese cake?", "cheese", "apple"),
    ],
)
def test_another_of_its_kind_does_not_answer(town: Assistant, question: str, word: str, nearest: str) -> None:
    answer = town.ask(question)
    assert not answer.answered
    (missing,) = answer.missing
    assert (missing.word, missing.elsewhere) == (word, False)
    assert nearest in missing.nearest


@pytest.mark.parametrize("question", ["When is the red van serviced?", "who services the red van"])
def test_a_word_that_is_only_said_of_something_else_is_missing(town: Assistant, question: str) -> None:
    answer = town.ask(question)
    assert not answer.answered
    (missing,) = answer.missing
    assert (missing.word, missing.elsewhere) == ("red", True)
    assert missing.nearest == ("white", "grey")


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("When does the chess club gather?", "clubs.txt"),
        ("When does the photography club meet?", "clubs.txt"),
        ("When is the bike room locked?", "rooms.txt"),
        ("When was the rock bridge built?", "rooms.txt"),
        ("How much is a kitten check-up?", "vet.txt"),
        ("How many cars does the vessel carry?", "boats.txt"),
        ("Who gets a red card?", "yard.txt"),
        ("When is the grey van serviced in the yard?", "vans.txt"),
        ("When is the annual summer concert?", "events.txt"),
    ],
)
def test_what_is_said_in_other_words_is_answered(town: Assistant, question: str, document: str) -> None:
    answer = town.ask(question)
    assert answer.missing == ()
    assert answer.answered
    assert answer.passages[0].document == document


@pytest.mark.parametrize(
    ("question", "word", "text", "language", "others"),
    [
        ("Who leads the tennis club?", "tennis", "Mr Ott leads the chess club.", "en", ["chess"]),
        ("Who leads the tennis club?", "tennis", "The club has tennis. A chess club is founded.", "en", ["chess"]),
        ("How do I cancel tickets?", "cancel", "The cheap tickets cost six crowns.", "en", []),
        ("¿Cuándo es el curso de pintura?", "pintura", "El curso de cerámica es en mayo.", "es", ["cerámica"]),
        ("¿Cuándo es el curso de pintura?", "pintura", "El curso para mayores es en mayo.", "es", []),
        ("¿Cuándo abre la piscina exterior?", "exterior", "La piscina cubierta abre en mayo.", "es", ["cubierta"]),
        ("Кто ведёт кружок рисования?", "рисования", "Кружок шахмат ведёт Соколов.", "ru", ["шахмат"]),
        ("Quanto costa il corso di cucito?", "cucito", "Il corso d’inglese costa 90 euro.", "it", ["inglese"]),
        ("Combien coûte la location d’un canoë ?", "canoë", "La location d’une tente : 9 €.", "fr", ["tente"]),
        ("Where are the sheep kept?", "sheep", "Eva milks. The ducks are kept by the pond.", "en", ["ducks"]),
        ("Where are the sheep kept?", "sheep", "Eva milks. The ducks have kept quiet.", "en", []),
        ("How big are the silt particles?", "silt", "Eva digs. Clay particles are smaller than sand.", "en", ["Clay"]),
        ("How much do summer tyres cost?", "summer", "Winter tyres cost 80 euros.", "en", ["Winter"]),
        ("Does the router show lights?", "show", "The router manual lies on the shelf.", "en", []),
        ("When was the building permit granted?", "building", "The indus-\ntrial permit is new.", "en", ["industrial"]),
        # Behind a verb, no verb follows.
        ("Who gives lumbar injections?", "lumbar", "Dental injections hurt.", "en", ["Dental"]),
        ("Where do they sell winter tyres?", "winter", "Ott sells summer tyres.", "en", ["summer"]),
        ("cancel tickets", "cancel", "The cheap tickets cost six crowns.", "en", []),
        ("Wer leitet den Kurs für Malerei?", "Malerei", "Ott leitet den Kurs für Gitarre.", "de", ["Gitarre"]),
    ],
)
def test_the_slot_is_that_of_the_question(
    question: str, word: str, text: str, language: str, others: list[str]
) -> None:
    found = concepts(question, [language])
    nth = next(nth for nth, each in enumerate(found) if each.word == word)
    weighted = [Weighted(each, 1.0, int(at != nth), frozenset(each.forms)) for at, each in enumerate(found)]
    rivals = other_qualifiers(TermWeights(tuple(weighted), 1.0), nth, question, text, language)
    assert [each.word for each in rivals] == others
    text = text.replace("-\n", "")
    assert all(each.word in each.sentence and each.sentence in text for each in rivals)
