"""Words that stand together in the question stand together in what answers it."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.search.matching import Matcher
from citewell.settings import Searching
from tests.support.indexes import assistant_for

# The same words, in sentences that say different things.
FILES = {
    "a.txt": "Harbour\n\nThe night ferry leaves from the old pier. The fast train stops at the market.\n",
    "b.txt": "Harbour\n\nThe fast ferry leaves from the market. The night train stops at the old pier.\n",
    "c.txt": "Getters\n\nCall getUserName() and then setColour().\n",
    # Words that a third of the passages have meet by chance, so there have to be others.
    **{
        f"{bird}.txt": f"{bird}\n\nThe {bird} builds its nest in spring.\n"
        for bird in ["Wren", "Robin", "Heron", "Swift"]
    },
    **{f"{tree}.txt": f"{tree}\n\nThe {tree} loses its leaves in autumn.\n" for tree in ["Oak", "Ash", "Elm", "Lime"]},
}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("harbour"))


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Where does the night train stop?", "b.txt"),
        ("Where does the fast train stop?", "a.txt"),
        ("From where does the fast ferry leave?", "b.txt"),
        ("From where does the night ferry leave?", "a.txt"),
    ],
)
def test_words_that_stand_together_are_found_together(harbour: Assistant, question: str, document: str) -> None:
    first, second = harbour.ask(question).passages[:2]
    assert first.document == document
    assert second.score < first.score <= 1


def test_nearness_is_the_share_of_neighbours_in_order(harbour: Assistant) -> None:
    snapshot = harbour.snapshot
    passages = {each.document: each for each in snapshot.catalogue.passages(range(snapshot.catalogue.passage_count))}
    weights = snapshot.weights("night train stops")

    def nearness(document: str, question: str = "night train stops") -> float:
        passage = passages[document]
        return Matcher(snapshot.weights(question), snapshot).nearness(passage, passage.span)

    pair = sum(each.weight for each in weights.concepts[1:]) / 2
    both = pair + sum(each.weight for each in weights.concepts[:2]) / 2
    assert len(weights.concepts) == 3
    assert nearness("b.txt") == pytest.approx(both / (both + weights.unknown))
    assert nearness("a.txt") == pytest.approx(pair / (both + weights.unknown))
    assert nearness("b.txt", "stops train night") == 0
    assert nearness("b.txt", "train") == 0
    assert nearness("c.txt", "user name") > 0
    assert nearness("Oak.txt", "leaves autumn") == 0


def test_it_is_a_setting(harbour: Assistant, tmp_path: Path) -> None:
    corpus = Path(harbour.manifest.corpus)
    build(corpus, IndexFolder(tmp_path / "index"), Settings(model="english"))
    without = Assistant(IndexFolder(tmp_path / "index"), Settings(searching=Searching(nearness_weight=0)))
    scores = [each.ask("Where does the night train stop?").passages[:2] for each in (harbour, without)]
    (near, far), (one, other) = scores
    assert near.score - far.score > one.score - other.score
