"""Asking in one language and finding in another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant, IndexFolder, Settings, build
from citewell.answer import Scope
from citewell.confidence import Calibration, Curve
from citewell.encoder.fitting import asked_in_other_languages, samples
from citewell.search.crossing import Crossing, crossing, is_same_everywhere
from citewell.search.searching import Query, evidence_of, rank
from citewell.text.concepts import concepts
from tests.support.calibrations import calibrated
from tests.support.commands import citewell
from tests.support.encoders import prepared_multilingual

CALIBRATION = Calibration(slope=15.0, intercept=-8.0, unrelated=0.2, across=Curve(slope=9.0, intercept=-1.5))
UNCOVERED = [
    "Wie viele Nieren hat der Mensch?",
    "Wann wurde die Berliner Mauer gebaut?",
    "Wie beantrage ich einen Reisepass?",
    "Welche Farbe hat der Planet Mars?",
    "Wer komponierte die Zauberflöte?",
    "Was ist die Hauptstadt von Kanada?",
    "Wie bindet man eine Krawatte?",
    "Was hilft gegen Kopfschmerzen?",
]


@given(st.floats(-1, 1))
def test_evidence_in_another_language_is_worth_what_is_as_convincing(found: float) -> None:
    assert CALIBRATION.across is not None
    worth = Crossing(CALIBRATION, np.ones(1, dtype=bool)).worth(found)
    assert CALIBRATION.confidence(worth) == pytest.approx(CALIBRATION.across.confidence(found))


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("Was geschah 1884 in Washington?", ["1884"]),
        ("Was kostet die Dichtung KX-4410-C?", ["KX-4410-C"]),
        ("Welche Farbe hatte die 50-Yard-Linie?", []),
        ("Wie entsteht ein Gletscher?", []),
    ],
)
def test_numbers_and_codes_are_the_same_in_every_language(question: str, same: list[str]) -> None:
    assert [each.span.of(question) for each in concepts(question) if is_same_everywhere(each)] == same


def _corpus(folder: Path, *languages: str) -> Path:
    folder.mkdir()
    for language in languages:
        for nth, passage in enumerate(samples()[language].passages):
            (folder / f"{language}-{nth:02}.txt").write_text(passage + "\n", encoding="utf-8")
    return folder


def test_passages_in_another_language_are_ranked_by_what_they_are_worth(tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    with calibrated(by_all=False):
        build(_corpus(tmp_path / "corpus", "en", "de"), index, Settings(model="english"))
    view = Assistant(index).view()
    foreign = view.snapshot.catalogue.foreign_to("de")
    documents = [view.snapshot.catalogue.passages([at])[0].document for at in range(len(foreign))]
    assert [each.startswith("en") for each in documents] == foreign.tolist()
    text = "Wer erfand in Mainz den Buchdruck?"
    vector = view.encoder.encode_query(text)
    query = Query(vector, text, view.snapshot.weights(text), Scope(), crossing=Crossing(CALIBRATION, foreign))
    ranked = rank(view.snapshot, query, Settings().searching)
    assert {each.passage: each.foreign for each in ranked} == {at: bool(foreign[at]) for at in range(len(foreign))}
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)
    best = next(each for each in ranked if each.foreign)
    assert CALIBRATION.across is not None
    alone = evidence_of(Query(vector, text, query.weights, Scope()), best)
    assert CALIBRATION.confidence(evidence_of(query, best)) == pytest.approx(CALIBRATION.across.confidence(alone))


@pytest.mark.long
def test_what_is_answered_in_its_own_language_comes_before_translations(tmp_path: Path) -> None:
    prepared_multilingual()
    texts = {
        "ru": "Библиотека\n\nБиблиотека открыта с девяти до шести. Книги выдаются на тридцать дней.\n",
        "zh": "图书馆\n\n图书馆九点开门。借书期限为三十天。\n",
        "en": "Library\n\nThe library opens at nine. Books are lent for thirty days.\n",
        "other": "Harbour\n\nThe ferry leaves at eight. Dogs travel free.\n",
    }
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in texts.items():
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings(model="multilingual"))
    assistant = Assistant(index)
    asked = {
        "Когда открывается библиотека?": "ru",
        "На сколько дней выдаются книги?": "ru",
        "图书馆几点开门？": "zh",
        "When does the library open?": "en",
        "Когда уходит паром?": "other",
    }
    first = {question: assistant.ask(question).passages[0].document for question in asked}
    assert first == {question: f"{name}.txt" for question, name in asked.items()}


def test_a_model_of_one_language_does_not_cross_and_says_what_would(tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    build(_corpus(tmp_path / "corpus", "en"), index, Settings(model="english"))
    assistant = Assistant(index)
    assert assistant.manifest.calibration.across is None
    assert crossing("Wie entsteht ein Gletscher?", assistant.snapshot) is None
    answer = assistant.ask("Wie entsteht ein Gletscher?")
    assert (answer.answered, answer.language, answer.unread) == (False, "de", "de")
    assert assistant.ask("How are glaciers formed?").unread is None
    assert assistant.ask("How many kidneys do people have?").unread is None
    printed = citewell("ask", "Wie entsteht ein Gletscher?", "--index", index.path).stdout
    assert "The model of this index does not know German." in printed
    assert "citewell index --model multilingual --rebuild" in printed


@pytest.mark.long
def test_english_text_is_asked_in_german_and_the_answer_says_so(tmp_path: Path) -> None:
    prepared_multilingual()
    index = tmp_path / "index"
    corpus = _corpus(tmp_path / "corpus", "en")
    built = citewell("index", "--corpus", corpus, "--index", index, "--model", "multilingual")
    assert built.returncode == 0, built.stderr
    covered = asked_in_other_languages()["de"]
    absent = "Welches Treffen wurde 1987 in Washington abgehalten, das den Nullmeridian festlegte?"
    batch = tmp_path / "questions.jsonl"
    asked = [*covered, *UNCOVERED, absent, absent.replace("1987", "1884")]
    batch.write_text("".join(json.dumps({"question": each}) + "\n" for each in asked), encoding="utf-8")
    lines = citewell("ask", "--batch", batch, "--index", index, "--json").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert {answer["language"] for answer in answers} == {"de"}
    assert {passage["language"] for answer in answers for passage in answer["passages"]} == {"en"}
    first = [answer["passages"][0]["document"] for answer in answers[:20]]
    assert sum(found == f"en-{nth:02}.txt" for nth, found in enumerate(first)) >= 17
    assert sum(answer["answered"] for answer in answers[:20]) >= 7
    assert sum(answer["answered"] for answer in answers[20:28]) <= 1
    without, with_year = answers[28:]
    assert [each["word"] for each in without["missing"]] == ["1987"]
    assert (without["answered"], with_year["missing"]) == (False, [])
    answered = next(nth for nth in range(20) if answers[nth]["answered"])
    printed = citewell("ask", asked[answered], "--index", index).stdout
    assert "Asked in German, found in English." in printed
    same = citewell("ask", samples()["en"].questions[answered], "--index", index).stdout
    assert "Asked in" not in same
