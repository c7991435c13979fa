"""A corpus that is watched: the index follows it, once it has come to rest."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.corpus.watching import Watcher
from citewell.encoder.encoding import Encoder
from citewell.errors import UsageError
from citewell.index.publishing import writing
from citewell.settings import ExcludeRule, Selection
from citewell.text import own_words
from citewell.web.documents.maintainer import Maintainer
from tests.support.waiting import until

DRAFTS = ExcludeRule(pattern="draft*")


class Counted:
    """Counts how often it is called."""

    def __init__(self) -> None:
        self.times = 0
        self._more = threading.Condition()

    def __call__(self) -> None:
        with self._more:
            self.times += 1
            self._more.notify_all()

    def reaches(self, times: int) -> bool:
        with self._more:
            return self._more.wait_for(lambda: self.times >= times, timeout=60)


def test_many_changes_at_once_are_one_and_what_does_not_matter_is_none(corpus: Path) -> None:
    index = corpus / "index"
    index.mkdir()
    state = corpus / "state"
    state.mkdir()
    (corpus / "node_modules").mkdir()
    acted = Counted()
    with Watcher(corpus, [index, state], acted, quiet=300, selection=Selection(exclude=(DRAFTS,))):
        # At the beginning, for what nobody saw; then once for all that follows.
        assert acted.reaches(1)
        # That nothing follows shows only after some time: more than it waits for quiet.
        time.sleep(0.5)
        for nth in range(30):
            (corpus / f"{nth}.txt").write_text("A wren.", encoding="utf-8")
        assert acted.reaches(2)
        (index / "CURRENT").write_text("x", encoding="utf-8")
        (state / "removed.txt").write_text("x", encoding="utf-8")
        (corpus / ".hidden.txt").write_text("x", encoding="utf-8")
        (corpus / own_words.FILE).write_text("leave = PTO", encoding="utf-8")
        (corpus / "node_modules" / "readme.md").write_text("x", encoding="utf-8")
        (corpus / "draft.txt").write_text("x", encoding="utf-8")
        # None of these counts, however long one waits.
        time.sleep(1)
        assert acted.times == 2
        (corpus / "animals" / "otters.md").unlink()
        assert acted.reaches(3)
        # A rule counts, and from then on what it brings back.
        (corpus / ".citewellignore").write_text("!node_modules/\n", encoding="utf-8")
        assert acted.reaches(4)
        (corpus / "node_modules" / "readme.md").write_text("y", encoding="utf-8")
        assert acted.reaches(5)
    (corpus / "late.txt").write_text("x", encoding="utf-8")
    # Nobody watches any more, however long one waits.
    time.sleep(0.7)
    assert acted.times == 5


def test_a_corpus_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be watched"):
        Watcher(tmp_path / "gone", [tmp_path / "index"], lambda: None)


def test_the_index_follows_the_corpus_even_if_it_changes_during_a_rebuild(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    assert encoder.card.dimension
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    (corpus / "unseen.txt").write_text("A wren weighs ten grams.\n", encoding="utf-8")
    maintainer = Maintainer(index, Settings())
    with maintainer.watcher():
        until(lambda: index.manifest().documents == 4)
        (corpus / "more.txt").write_text("A robin weighs twenty grams.\n", encoding="utf-8")
        maintainer.rebuild()
        (corpus / "moon.txt").unlink()
        maintainer.rebuild(again=True)
        until(lambda: index.manifest().documents == 4 and maintainer.status().up_to_date)
    maintainer.wait()


def test_a_corpus_that_is_away_for_a_while_is_followed_when_it_is_back(corpus: Path, tmp_path: Path) -> None:
    acted = Counted()
    with Watcher(corpus, [tmp_path / "index"], acted, quiet=100):
        assert acted.reaches(1)
        corpus.rename(tmp_path / "away")
        # Once for what is gone, and once for what is there again.
        assert acted.reaches(2)
        shutil.copytree(tmp_path / "away", corpus)
        assert acted.reaches(3)
        settled = acted.times
        (corpus / "animals" / "wren.txt").write_text("A wren.", encoding="utf-8")
        assert acted.reaches(settled + 1)
        # One that is removed and made anew, which may have the number of the one before.
        shutil.rmtree(corpus)
        corpus.mkdir()
        assert acted.reaches(settled + 2)
        until(lambda: _is_followed(corpus, acted))


def test_a_corpus_that_goes_away_as_it_is_begun_to_be_watched_is_followed_when_it_is_back(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted, begun, awaited = Counted(), threading.Event(), Watcher._await_corpus

    def then_gone(watcher: Watcher) -> bool:
        away = awaited(watcher)
        if not begun.is_set():
            corpus.rename(tmp_path / "away")
            begun.set()
        return away

    monkeypatch.setattr(Watcher, "_await_corpus", then_gone)
    with Watcher(corpus, [tmp_path / "index"], acted, quiet=100):
        assert begun.wait(10)
        assert acted.reaches(2)
        (tmp_path / "away").rename(corpus)
        assert acted.reaches(3)
        until(lambda: _is_followed(corpus, acted))


def _is_followed(corpus: Path, acted: Counted) -> bool:
    before = acted.times
    (corpus / "robin.txt").write_text(f"A robin {before}.", encoding="utf-8")
    return acted.reaches(before + 1)


def test_what_came_to_nothing_is_tried_again_though_nothing_changes(corpus: Path, tmp_path: Path) -> None:
    acted = Counted()
    with Watcher(corpus, [tmp_path / "index"], acted, quiet=100, unsettled=lambda: acted.times < 3, retry=0.1):
        assert acted.reaches(3)


def test_an_index_that_another_process_was_writing_is_brought_up_to_date_later(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    assert encoder.card.dimension
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    maintainer = Maintainer(index, Settings())
    with writing(index):
        (corpus / "wren.txt").write_text("A wren weighs ten grams.\n", encoding="utf-8")
        watcher = maintainer.watcher()
        watcher.__enter__()
        maintainer.wait()
        assert maintainer.unsettled
    try:
        until(lambda: index.manifest().documents == 4)
    finally:
        watcher.__exit__(None, None, None)
        maintainer.wait()
