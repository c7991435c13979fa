"""The map: what is found, wanted and missed, by section."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.document import Span
from citewell.encoder.encoding import Encoder
from citewell.errors import CitewellError, UsageError
from citewell.evaluation.charts import map_chart
from citewell.evaluation.mapping import Tally, boxes, map_corpus
from citewell.index.stored import DocumentOutline, StoredHeading
from citewell.web.quality.judge import Judge
from tests.support.judging import ran
from tests.support.runs import outcome, run


def test_a_map_says_what_is_found_wanted_and_missed() -> None:
    def heading(start: int, *path: str) -> StoredHeading:
        return StoredHeading(Span(start, start + 1), path)

    outlines = [
        DocumentOutline("a/one.txt", "One", 100, (heading(10, "First"), heading(60, "<b>Second</b>"))),
        DocumentOutline("a/two.txt", "Two", 50, ()),
        DocumentOutline("three.txt", "Three", 30, (heading(0, "Three"),)),
    ]
    made = run(
        "made",
        outcome("found", [("a/one.txt", 20, 30)], [("a/one.txt", 10, 40), ("a/one.txt", 40, 60)]),
        outcome("missed", [("a/one.txt", 55, 80)], [("three.txt", 0, 30), ("gone.txt", 0, 5)]),
        outcome("foreign", [], [("a/two.txt", 0, 10)]),
    )
    one, two, three = map_corpus(outlines, made)
    found, both, lost = (frozenset(numbers) for numbers in ({0}, {0, 1}, {1}))
    assert [(each.heading, each.span, each.tally) for each in one.regions] == [
        ((), Span(0, 10), Tally()),
        # An answer that reaches into two sections is wanted in both.
        (("First",), Span(10, 60), Tally(found, both, lost)),
        (("<b>Second</b>",), Span(60, 100), Tally(frozenset(), lost, lost)),
    ]
    # Each question counts once, and one that the corpus does not cover finds nothing.
    assert (one.tally.found, one.tally.wanted, one.tally.missed) == (1, 2, 1)
    assert two.tally == Tally()
    assert three.tally == Tally(lost)
    drawn = boxes([one, two, three])
    names = {box.id: box for box in drawn}
    assert names["/"].characters == 180
    assert (names["a/"].parent, names["a/"].characters, names["a/"].tally.missed) == ("/", 150, 1)
    assert (names["a/one.txt"].parent, names["a/one.txt#2"].parent) == ("a/", "a/one.txt")
    tree = map_chart(drawn).figure.data[0]
    labels = dict(zip(tree.ids, tree.labels, strict=True))
    assert labels["a/one.txt#2"] == "&lt;b&gt;Second&lt;/b&gt;"
    few = boxes([one, two, three], most=5)
    assert [box.id for box in few] == ["/", "a/", "a/one.txt", "three.txt", "…"]
    assert few[-1].label == "1 more document"
    for shown in (drawn, few):
        inside: dict[str, int] = {}
        for box in shown:
            inside[box.parent] = inside.get(box.parent, 0) + box.characters
        # A treemap of totals is drawn only where no box is smaller than what is in it.
        assert all(inside.get(box.id, 0) <= box.characters for box in shown)
    assert sum(box.characters for box in drawn if box.parent == "a/one.txt") == 100


def test_a_beginning_that_nothing_can_be_quoted_from_is_no_section(tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "bees.md").write_text(
        "# Bees\n\n## Dance\n\nBees dance.\n\n## Sleep\n\nBees sleep.\n", encoding="utf-8"
    )
    index = IndexFolder(tmp_path / "index")
    build(tmp_path / "corpus", index, Settings())
    (bees,) = map_corpus(index.open().catalogue.outlines(), run("made"))
    assert [(each.heading[-1], each.span.start) for each in bees.regions] == [("Dance", 0), ("Sleep", 31)]


def test_the_map_opens_only_what_is_still_there(judge: Judge, index: IndexFolder, corpus: Path) -> None:
    snapshot = judge.map(ran(judge)).snapshot
    assert judge.place("moon.txt", Span(0, 8), snapshot)[0].path == "moon.txt"
    with pytest.raises(UsageError, match="no such place"):
        judge.place("moon.txt", Span(0, 10_000), snapshot)
    (corpus / "moon.txt").write_text("The Moon\n\nSomething else.\n", encoding="utf-8")
    build(corpus, index, Settings())
    with pytest.raises(CitewellError, match="index has changed since this map was drawn"):
        judge.place("moon.txt", Span(0, 8), snapshot)
