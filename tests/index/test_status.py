"""Status: what changed since the index was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import IndexFolder
from citewell.index.status import status
from tests.support.indexes import rebuilt

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def test_status_says_what_changed(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    rebuilt(corpus, index)
    assert status(index).up_to_date
    assert status(index).chosen_by is None
    (corpus / "moon.txt").unlink()
    (corpus / "sun.txt").write_text("The Sun is a star.")
    found = status(index)
    assert found.changes
    assert (found.changes.added, found.changes.removed) == (("sun.txt",), ("moon.txt",))
    corpus.rename(tmp_path / "moved")
    assert status(index).changes is None
    assert status(index, tmp_path / "moved").changes
