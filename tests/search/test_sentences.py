"""The mark is the sentence that answers, wherever in its passage that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant, IndexFolder, Scope, Settings
from citewell.document import Span
from citewell.index.sentence_spans import Spans
from citewell.search.matching import BY_CHANCE, Matcher
from citewell.search.sentences import Judge, Judged
from citewell.settings import Searching
from tests.support.indexes import assistant_for

FILES = {
    "lighthouse.txt": (
        "The lighthouse\n\nThe lighthouse stands on a rock in the bay. It was painted white long ago. "
        "The first keeper was Anna Holm. She kept the lamp for thirty years. Her dog was called Rex. "
        "Ships passed by day and night. The oil for the lamp came from Bergen in barrels. "
        "A storm broke the door in winter. The lamp was switched off when the bridge was built.\n"
    ),
    "bridge.txt": "The bridge\n\nThe bridge has four arches. It is made of granite. Cars cross it for free.\n",
    "kahikatea.txt": (
        "The kahikatea is a conifer that is native to New Zealand. Its trunk reaches a height of 55 metres. "
        "Its seeds are eaten by pigeons. Its wood was made into butter boxes. It stands in swamps near rivers.\n"
    ),
    "totara.md": (
        "# The totara\n\n## Totara wood\n\nThe totara has a dark wood that resists decay. Carvers make canoes of it. "
        "Posts of it stand for a century.\n"
    ),
    "faq.md": (
        "# Help\n\nHow do I reset my password? Press the small key below the login form.\n\n"
        "Q: Who pays for the parcel?\nA: We do, for orders above fifty crowns.\n\n"
        "**What does express delivery cost?**\n\nNine crowns, whatever the weight.\n\n"
        "Do you ship to Norway? Or to Iceland? Not yet.\n"
    ),
    "visa.md": (
        "# Visa\n\nThe office opens at nine. Parking is behind the house.\n\nFor a visa you need the following papers:\n\n"
        "- a passport that is valid for six months\n- two photographs\n- the receipt of the fee\n\nThe fee is 60 crowns.\n"
    ),
    "printer.txt": (
        "Setup\n\nTo connect the printer, do this:\n\n1. Switch the printer on.\n2. Hold the blue key for five seconds.\n"
        "3. Choose it in the menu.\n\nInk is sold in the shop.\n"
    ),
    "harbour.txt": "The harbour\n\nFishing boats land here in the morning. The ice house is beside the pier.\n",
    **{
        f"{bird}.txt": f"{bird}\n\nThe {bird} builds its nest in spring.\n"
        for bird in ["Wren", "Robin", "Heron", "Swift"]
    },
}


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("coast"))


# The name of each is rarer than what is asked of it, which all of them say.
BOATS = {
    f"{name.lower()}.md": (
        f"# The {name}\n\nThe {name} is {length} metres long. Her hull is made of {hull}. She costs {price} crowns. "
        "Her cabin has two beds.\n"
    )
    for name, length, hull, price in [
        ("Petrel", 9, "oak", 4100),
        ("Osprey", 12, "steel", 9300),
        ("Dunlin", 7, "pine", 2600),
    ]
}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What does the Osprey cost?", "She costs 9300 crowns."),
        ("What is the hull of the Dunlin made of?", "Her hull is made of pine."),
        ("How many beds has the cabin of the Petrel?", "Her cabin has two beds."),
        ("How long is the Petrel?", "The Petrel is 9 metres long."),
    ],
)
def test_a_rare_name_above_does_not_outweigh_what_is_asked_of_it(tmp_path: Path, question: str, sentence: str) -> None:
    answer = assistant_for(BOATS, tmp_path).ask(question)
    assert sentence in answer.lead[0].text


ALIKE = {
    "ferries.md": (
        "# Ferries\n\nThe ferry Alma was built in 1998. The ferry Berta was built in 2011. "
        "The ferry Clara was built in 2019. All of them are white.\n"
    ),
    "desks.md": (
        "# Desks\n\nThe desk for parcels opens at eight on weekdays. The desk for visas opens at nine on weekdays. "
        "The desk for complaints opens at noon on weekdays.\n"
    ),
    "harbour.txt": FILES["harbour.txt"],
}


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(ALIKE, tmp_path_factory.mktemp("alike"))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When was the ferry Alma built?", "The ferry Alma was built in 1998."),
        ("When was the ferry Berta built?", "The ferry Berta was built in 2011."),
        ("When does the desk for parcels open on weekdays?", "The desk for parcels opens at eight on weekdays."),
        ("When does the desk for visas open on weekdays?", "The desk for visas opens at nine on weekdays."),
    ],
)
def test_one_of_several_sentences_that_are_built_alike_is_marked_alone(
    alike: Assistant, question: str, sentence: str
) -> None:
    assert [each.text for each in alike.ask(question).lead] == [sentence]


CAST = (
    "CAST\n\nHamlet\n\nJohn Field\n\nOphelia\n\nMary Stone\n\nThe Ghost\n\nPeter Bell\n\nThe play lasts three hours.\n"
)


@pytest.mark.parametrize(
    ("question", "mark"), [("Who plays Ophelia?", "Ophelia\n\nMary Stone"), ("Ophelia", "Ophelia")]
)
def test_a_line_that_only_says_what_was_asked_is_marked_with_what_stands_below(
    tmp_path: Path, question: str, mark: str
) -> None:
    answer = assistant_for({"cast.txt": CAST, "harbour.txt": FILES["harbour.txt"]}, tmp_path).ask(question)
    assert [each.text for each in answer.lead] == [mark]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who was the first keeper of the lighthouse?", "The first keeper was Anna Holm."),
        ("Where did the oil for the lamp come from?", "The oil for the lamp came from Bergen in barrels."),
        ("When was the lamp switched off?", "The lamp was switched off when the bridge was built."),
        ("What is the bridge made of?", "It is made of granite."),
        # What a document or a section is about does not tell its sentences apart.
        ("What height does the kahikatea reach?", "Its trunk reaches a height of 55 metres."),
        ("Who eats the seeds of the kahikatea?", "Its seeds are eaten by pigeons."),
        ("Is the kahikatea found in swamps?", "It stands in swamps near rivers."),
        ("What is the kahikatea?", "The kahikatea is a conifer that is native to New Zealand."),
        ("What do carvers make of totara wood?", "Carvers make canoes of it."),
    ],
)
def test_the_sentence_that_answers_is_marked(coast: Assistant, question: str, sentence: str) -> None:
    first = coast.ask(question).passages[0]
    (mark,) = first.marks
    marked = mark.of(first.text)
    assert sentence in marked
    assert len(marked) < 2.5 * len(sentence)


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("How do I reset my password?", "How do I reset my password? Press the small key below the login form."),
        ("Who pays for the parcel?", "Q: Who pays for the parcel?\nA: We do, for orders above fifty crowns."),
        (
            "What does express delivery cost?",
            "**What does express delivery cost?**\n\nNine crowns, whatever the weight.",
        ),
        ("Do you ship to Norway?", "Do you ship to Norway? Or to Iceland? Not yet."),
        (
            "Which papers do I need for a visa?",
            "For a visa you need the following papers:\n\n"
            "- a passport that is valid for six months\n- two photographs\n- the receipt of the fee",
        ),
        (
            "How do I connect the printer?",
            "To connect the printer, do this:\n\n"
            "1. Switch the printer on.\n2. Hold the blue key for five seconds.\n3. Choose it in the menu.",
        ),
    ],
)
def test_what_a_sentence_announces_is_marked_with_it(coast: Assistant, question: str, marked: str) -> None:
    answer = coast.ask(question)
    first = answer.passages[0]
    assert [mark.of(first.text) for mark in first.marks] == [marked]
    assert (answer.lead[0].rank, answer.lead[0].span) == (1, first.highlights[0])


def test_a_sentence_has_the_mean_cosine_of_its_windows(coast: Assistant) -> None:
    view = coast.view()
    snapshot, vector = view.snapshot, view.encoder.encode_query("Who kept the lamp?")
    weights = snapshot.weights("Who kept the lamp?")
    matcher, fit = Matcher(weights, snapshot), view.encoder.card.fit
    judge = Judge(snapshot, vector, fit, weights, matcher, 0.7)
    sentences = snapshot.catalogue.sentences
    passages = snapshot.catalogue.passages(range(snapshot.catalogue.passage_count))
    for passage, judged in zip(passages, judge.judge(passages), strict=True):
        own = snapshot.catalogue.windows_of(snapshot.catalogue.within(Scope(documents=(passage.document,)))).tolist()
        best = -1.0
        for span, cosine, words in zip(judged.sentences, judged.cosines, judged.words, strict=True):
            windows = [number for number in own if span in sentences.of_window(number)]
            cosines = fit.closeness((snapshot.vectors_of(np.array(windows)) @ vector).astype(np.float64))
            assert cosine == pytest.approx(float(cosines.mean()), abs=1e-5)
            telling = words[[each.weight > BY_CHANCE for each in weights.concepts]].sum()
            best = max(best, cosine + 0.7 * telling / (weights.total + weights.unknown))
        assert judged.best == pytest.approx(best)
        assert judged.words[0].sum() <= judged.total == weights.total
        # Passages are judged at once, and each as it would be alone.
        assert (judged.values() == judged._replace(known=None).values()).all()


def judged(*words: dict[int, float], cosines: Sequence[float] | None = None, total: float = 3.0) -> Judged:
    starts = [10 * nth for nth in range(len(words))]
    sentences = Spans(np.array([(start, start + 9) for start in starts]))
    weights = np.array([[each.get(number, 0.0) for number in range(3)] for each in words])
    return Judged(sentences, np.array(cosines or [0.5] * len(words)), weights, total, 1.0)


@given(
    values=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    first=st.integers(0, 11),
    count=st.integers(1, 12),
)
def test_the_answer_is_a_run_around_the_best_of_what_is_shown(values: list[float], first: int, count: int) -> None:
    found = judged(*({} for _ in values), cosines=values)
    shown = Span(10 * first, 10 * (first + count))
    own = found.values()
    inside = {nth: own[nth] for nth in range(first, min(first + count, len(own)))}
    answer = found.answer(shown)
    if not inside:
        assert answer is None
        return
    assert answer is not None
    run = [nth for nth in inside if answer.start <= 10 * nth and 10 * nth + 9 <= answer.end]
    assert (answer.start, answer.end) == (10 * run[0], 10 * run[-1] + 9)
    best = max(inside.values())
    assert max(own[nth] for nth in run) == best
    assert len(run) <= 4
    assert len(run) == 1 or min(own[nth] for nth in run) >= 0.75 * best


def test_one_sentence_is_enough_where_one_answers() -> None:
    shown = Span(0, 40)
    assert judged({}, {0: 3.0}, {}, {0: 3.0}).answer(shown) == Span(10, 19)
    assert judged({}, {0: 3.0}, {0: 3.0}, {}).answer(shown) == Span(10, 29)
    assert judged({}, {0: 3.0}, {0: 3.0}, {}).answer(Span(20, 40)) == Span(20, 29)


def test_neighbours_that_answer_nearly_as_well_are_marked_too_four_sentences_at_most() -> None:
    alike = judged(*({} for _ in range(6)), cosines=(0.5, 0.9, 0.95, 0.9, 0.9, 0.9))
    assert alike.answer(Span(0, 60)) == Span(10, 49)
    assert judged({}, {}, {}, cosines=(0.4, 0.68, 0.8)).answer(Span(0, 30)) == Span(10, 29)
    # Half of what both reach does not count, so 0.62 is little beside 0.8.
    assert judged({}, {}, cosines=(0.62, 0.8)).answer(Span(0, 20)) == Span(10, 19)


def test_what_all_sentences_have_in_common_does_not_tell_them_apart() -> None:
    built_alike = [{0: 1.0, 1: 1.0} for _ in range(4)]
    built_alike[2] = {0: 1.0, 1: 1.0, 2: 1.0}
    assert judged(*built_alike, cosines=(0.9, 0.9, 0.9, 0.9)).answer(Span(0, 40)) == Span(20, 29)
    assert judged(*built_alike, {}, cosines=(0.9, 0.9, 0.9, 0.9, 0.9)).answer(Span(0, 50)) == Span(20, 29)


def test_what_a_document_or_a_section_is_about_does_not_tell_its_sentences_apart() -> None:
    about = judged({0: 3.0}, {}, {1: 2.0}, cosines=(0.9, 0.9, 0.9), total=5.0)
    assert about.answer(Span(0, 30)) == Span(0, 9)
    assert about._replace(introduced=True).answer(Span(0, 30)) == Span(20, 29)
    assert about.answer(Span(0, 30), above=[0]) == Span(20, 29)
    # Only the first sentence introduces.
    later = judged({}, {0: 3.0}, {}, {1: 2.0}, cosines=(0.9, 0.9, 0.9, 0.9), total=5.0)
    assert later._replace(introduced=True).answer(Span(0, 40)) == Span(10, 19)


def test_what_tells_the_first_sentence_from_one_that_is_built_like_it_is_its_own() -> None:
    alike = judged({0: 1.0, 1: 1.0, 2: 1.0}, {0: 1.0, 1: 1.0}, {0: 1.0, 1: 1.0}, {})._replace(introduced=True)
    assert alike.answer(Span(0, 40)) == Span(0, 9)
    # One word in common is what the document is about.
    about = judged({0: 1.0, 2: 1.0}, {0: 1.0, 1: 1.0}, {}, {})._replace(introduced=True)
    assert about.answer(Span(0, 40)) == Span(10, 19)


def test_the_mark_goes_on_to_what_its_last_sentence_announces() -> None:
    asks = judged({}, {0: 3.0}, {}, {})
    assert asks.answer(Span(0, 40)) == Span(10, 19)
    assert asks.answer(Span(0, 40), last={1: 3}.__getitem__) == Span(10, 39)
    # What follows is not shown.
    assert asks.answer(Span(0, 30), last={1: 3}.__getitem__) == Span(10, 29)


def test_its_weight_is_a_setting(coast: Assistant) -> None:
    without = Assistant(IndexFolder(coast.index.path), Settings(searching=Searching(sentence_weight=0)))
    question = "Where did the oil for the lamp come from?"
    scores = [[each.score for each in one.ask(question).passages[:2]] for one in (coast, without)]
    assert scores[0][0] - scores[0][1] > 0
    assert scores[0] != scores[1]
