"""An index with a file that is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder


@pytest.fixture
def index(corpus: Path, tmp_path: Path, encoder: Encoder) -> IndexFolder:
    """An index of the small corpus, with a file that is left out."""
    assert encoder.card.dimension
    (corpus / "table.accdb").write_text("a,b", encoding="utf-8")
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder
