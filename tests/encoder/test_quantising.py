"""INT8: the same model in eight bits is another encoder, which an index keeps once it is built."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder import models, naming
from citewell.encoder.encoding import Encoder, open_encoder
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare
from citewell.errors import IndexMismatchError
from citewell.settings import Encoding, Splitting
from tests.support.encoders import elsewhere
from tests.support.shared import shared

pytestmark = [pytest.mark.first, pytest.mark.long]
_TEXTS = [
    "The lamp stands by the door, and the keeper lights it when it gets dark.",
    "International cooperation in education depends on the recognition of degrees.",
    "Rain and wind and snow. " * 20,
]
_INT8, _FLOAT = (Settings(encoder=Encoding(precision=precision)) for precision in ("int8", "float"))


# Of the sample, a language that counts in full and one that does not, and how fast it is by few texts: its size makes it long.
_MAKING = """
from pathlib import Path
from citewell.encoder import fitting, quantising
from citewell.errors import EncoderError
few = {language: fitting.samples()[language] for language in ("de", "en")}
fitting.samples = quantising.samples = lambda: few
quantising._TIMED = 4
prepare(None, precision="int8")
card = prepare(None).model_copy(update={"runtime": "sentence-transformers"})
try:
    quantising.quantise(card, Path(arguments[0]), Path(arguments[0]))
except EncoderError as error:
    Path(arguments[0], "refused.txt").write_text(str(error), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def made(encoder: Encoder) -> Path:
    """Where what was said is, of making INT8 forms in a process of its own: NNCF would stay in this one."""
    assert encoder.card.dimension
    return shared("int8", lambda folder: elsewhere(_MAKING, folder))


@pytest.fixture(scope="module")
def small(made: Path) -> Card:
    """The INT8 form."""
    assert made.is_dir()
    return prepare(None, precision="int8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "lamp.txt").write_text("The lamp stands by the door.", encoding="utf-8")
    return folder


def _precision(index: IndexFolder) -> str:
    return models.precision_of(index.manifest().encoder.identity)


def test_it_is_another_encoder_that_says_nearly_the_same(encoder: Encoder, small: Card) -> None:
    assert small.identity == f"{encoder.card.identity}-int8"
    assert small.precision == "int8"
    opened = open_encoder(small)
    cosines = (opened.encode_documents(_TEXTS) * encoder.encode_documents(_TEXTS)).sum(axis=1)
    assert cosines.min() > 0.98
    assert not np.array_equal(opened.encode_documents(_TEXTS), encoder.encode_documents(_TEXTS))


def test_it_is_a_quarter_as_large(encoder: Encoder, small: Card) -> None:
    sizes = [(models.prepared_folder(each.identity) / "model.bin").stat().st_size for each in (small, encoder.card)]
    assert sizes[0] < 0.3 * sizes[1]


@pytest.mark.long
def test_an_index_keeps_its_precision_and_refuses_another(small: Card, corpus: Path, tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, _INT8)
    assert index.manifest().encoder.identity == small.identity
    # "auto" is that of the index, also when all of it is split and written again.
    for settings in (Settings(splitting=Splitting(window_tokens=32)), Settings()):
        build(corpus, index, settings)
        assert _precision(index) == "int8"
    assert Assistant(index).ask("Where does the lamp stand?").answered
    assert Assistant(index, Settings(model="english")).view().encoder.card == prepare(None, precision="int8")
    with pytest.raises(IndexMismatchError, match="built in the precision int8, not float"):
        Assistant(index, _FLOAT)
    # No vector is taken over.
    assert build(corpus, index, _FLOAT).reused == 0
    assert _precision(index) == "float"
    build(corpus, index, Settings())
    assert _precision(index) == "float"
    with pytest.raises(IndexMismatchError, match="built in the precision float, not int8"):
        Assistant(index, _INT8)


@pytest.mark.parametrize(("speed", "expected"), [(1.5, "int8"), (0.9, "float")])
@pytest.mark.usefixtures("small")
def test_a_new_index_gets_it_where_nothing_is_lost_and_it_is_faster(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speed: float, expected: str
) -> None:
    monkeypatch.setattr("citewell.building.choosing.INT8_WITHOUT_LOSS", frozenset({naming.ENGLISH}))

    def measured(model: str | None, **options: object) -> Card:
        return prepare(model, **options).model_copy(update={"speed": speed})  # type: ignore[arg-type]

    monkeypatch.setattr("citewell.building.building.prepare", measured)
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings(model="english"))
    assert _precision(index) == expected


def test_a_model_that_openvino_does_not_run_has_none(made: Path) -> None:
    assert "has no INT8 form" in (made / "refused.txt").read_text(encoding="utf-8")
