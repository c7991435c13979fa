"""A question of several parts is answered in each, if no single place answers all; others are asked as before."""

from __future__ import annotations

import pytest

from citewell import Answer, Assistant, Scope, Turn
from citewell.confidence import THRESHOLDS
from citewell.search.follow_up import understand
from citewell.search.parts import Reading, divided
from citewell.search.searching import search
from tests.support.indexes import assistant_for

FILES = {
    "speech/health.txt": "Speech\n\nWe will cap the price of insulin at 35 dollars a month. Nobody pays more for insulin.\n",
    "speech/war.txt": "Speech\n\nWe stand with the people of Ukraine. We send them help for as long as it takes.\n",
    "speech/roads.txt": "Speech\n\nBridges and roads are built in every state. Ten thousand miles are done.\n",
    "club.txt": "Rowing club\n\nThe rowing club was founded in 1921 by dockers. It has a boathouse of wood.\n",
    "board.txt": "Board\n\nInes Karlsen leads the rowing club. She is elected each spring.\n",
    "fees.txt": "Fees\n\nAdults pay 60 crowns a year. Children pay 20 crowns a year.\n",
    "kitchen.txt": "Kitchen\n\nSalt and pepper stand on the shelf beside the stove. The oven is cleaned on Fridays.\n",
    "isles.txt": "Isles\n\nTrinidad and Tobago lies off the coast of Venezuela. Its capital is Port of Spain.\n",
    "years.txt": "Members\n\nFrom 1990 to 2000 the number of members doubled. In 1995 there were 140 of them.\n",
    "de/urlaub.txt": "Urlaub\n\nDer Urlaub beträgt dreißig Tage im Jahr. Er wird im Januar beantragt.\n",
    "de/krank.txt": "Krankheit\n\nEine Krankheit wird am ersten Tag gemeldet. Der Arzt schreibt eine Bescheinigung.\n",
    "es/faro.txt": "El faro\n\nEl faro se construyó en 1874 con piedra de la isla. Su luz se ve a veinte millas.\n",
    "es/mercado.txt": "El mercado\n\nEl mercado abre los martes por la mañana. Allí se vende queso y fruta.\n",
    "zh/cha.txt": "茶馆\n\n茶馆每天早上八点开门。茶叶来自福建的山里。\n",
    "zh/chuan.txt": "渡船\n\n渡船每小时开一班。船票三元，学生半价。\n",
}


@pytest.fixture(scope="module", autouse=True)
def few_questions() -> None:
    """How confident an answer is matters here: builds calibrate with all questions."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("town"))


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("What did he say about insulin and about Ukraine?", ["speech/health.txt", "speech/war.txt"]),
        (
            "What did he say about Ukraine, insulin and bridges?",
            ["speech/war.txt", "speech/health.txt", "speech/roads.txt"],
        ),
        ("compare insulin with Ukraine", ["speech/health.txt", "speech/war.txt"]),
        ("What is the difference between insulin and bridges?", ["speech/health.txt", "speech/roads.txt"]),
        ("insulin vs bridges", ["speech/health.txt", "speech/roads.txt"]),
        ("When was the rowing club founded? Who leads it?", ["club.txt", "board.txt"]),
        ("When was the rowing club founded and who leads it?", ["club.txt", "board.txt"]),
        ("What do adults pay, and when is the oven cleaned?", ["fees.txt", "kitchen.txt"]),
        ("Was ist der Unterschied zwischen Urlaub und Krankheit?", ["de/urlaub.txt", "de/krank.txt"]),
        ("¿Cuándo se construyó el faro y cuándo abre el mercado?", ["es/faro.txt", "es/mercado.txt"]),
        ("茶馆和渡船", ["zh/cha.txt", "zh/chuan.txt"]),
        ('"people of Ukraine" and "price of insulin"', ["speech/war.txt", "speech/health.txt"]),
    ],
)
def test_each_part_is_answered_in_turn(town: Assistant, question: str, documents: list[str]) -> None:
    answer = town.ask(question)
    assert answer.answered
    assert [part.answered for part in answer.parts] == [True] * len(documents)
    assert [part.ranks[0] for part in answer.parts] == list(range(1, len(documents) + 1))
    assert [passage.document for passage in answer.passages[: len(documents)]] == documents
    assert [passage.rank for passage in answer.passages] == list(range(1, len(answer.passages) + 1))
    assert [lead.rank for lead in answer.lead] == list(range(1, len(documents) + 1))[:3]
    assert all(part.text in question for part in answer.parts)
    assert Answer.model_validate(answer.to_json()) == answer


@pytest.mark.parametrize(
    ("question", "document", "part"),
    [
        ("What did he say about insulin and about zeppelins?", "speech/health.txt", "zeppelins"),
        ("What did he say about Atlantis and about Ukraine?", "speech/war.txt", "Atlantis"),
        ("When was the rowing club founded, and what did Mozart buy?", "club.txt", "what did Mozart buy"),
        ("How much is insulin, and how tall is the lighthouse?", "speech/health.txt", "how tall is the lighthouse"),
        # Asked after the part before, they would be answered by what is said of that.
        ("What do adults pay, and who is the captain?", "fees.txt", "who is the captain"),
        ("When was the rowing club founded and when was the zoo founded?", "club.txt", "when was the zoo founded"),
        ("Wann wird der Urlaub beantragt und wann wird gesegelt?", "de/urlaub.txt", "wann wird gesegelt"),
    ],
)
def test_a_part_that_the_documents_do_not_cover_is_said(
    town: Assistant, question: str, document: str, part: str
) -> None:
    answer = town.ask(question)
    assert answer.answered
    assert answer.passages[0].document == document
    (missed,) = [each for each in answer.parts if not each.answered]
    assert (missed.text, missed.ranks) == (part, ())
    (found,) = [each for each in answer.parts if each.answered]
    assert found.ranks[0] == 1
    assert all(answer.passages[rank - 1].confidence >= THRESHOLDS["balanced"] for rank in found.ranks)


@pytest.mark.parametrize(
    "question",
    [
        "Where do salt and pepper stand?",
        "What is the capital of Trinidad and Tobago?",
        "How did the number of members change between 1990 and 2000?",
        "What do adults and children pay a year?",
        "Who leads the rowing club?",
        "Which zeppelins and airships fly to Atlantis?",
        "insulin",
    ],
)
def test_a_question_of_one_part_is_not_divided(town: Assistant, question: str) -> None:
    assert town.ask(question).parts == ()


def test_what_the_best_passage_lacks_is_asked_first_and_no_more_if_that_cannot_be_told(town: Assistant) -> None:
    view, question, asked = town.view(), "What did he say about insulin and about the shelf in Venezuela?", []

    def read(text: str, _: str | None) -> Reading:
        asked.append(text)
        query = understand(text, (), Scope(), snapshot=view.snapshot, encoder=view.encoder).query
        found = search(view.snapshot, query, top=5, searching=town.settings.searching, encoder=view.encoder)
        return Reading(found, view.manifest.calibration.confidence(found.evidence or 0.0))

    whole = read(question, None)
    assert whole.found.passages[0].document == "speech/health.txt"
    assert divided(question, whole, read, view.snapshot, lowest=THRESHOLDS["balanced"], top=5) is None
    assert asked[1:] == ["What did he say about shelf in Venezuela?"]


def test_no_text_is_shown_twice_and_top_is_kept(town: Assistant) -> None:
    question = "What did he say about insulin and about Ukraine?"
    for top in (1, 2, 7):
        passages = town.ask(question, top=top).passages
        assert len(passages) <= top
        places = [(each.document, each.start, each.end) for each in passages]
        assert all(
            one[0] != two[0] or one[2] <= two[1] or two[2] <= one[1] for one in places for two in places if one != two
        )
        assert len(set(places)) == len(places)


def test_parts_are_understood_with_the_turns_before(town: Assistant) -> None:
    history = [Turn("user", "Who founded the rowing club?"), Turn("assistant", "It was founded in 1921 by dockers.")]
    answer = town.ask("And who leads it, and when is the oven cleaned?", history=history)
    assert [part.answered for part in answer.parts] == [True, True]
    assert [passage.document for passage in answer.passages[:2]] == ["board.txt", "kitchen.txt"]
