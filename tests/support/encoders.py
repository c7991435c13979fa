"""One encoder for all that runs in a process: loading the model is most of a small build."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from citewell.building import renewing
from citewell.confidence import Calibration
from citewell.encoder import encoding, models, naming
from citewell.encoder.compiling import Compiler, Use
from citewell.encoder.devices import CPU
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare
from citewell.index.storage import Storage
from citewell.search import calibrating
from citewell.settings import Searching
from tests.support.shared import shared

_KEPT = 32
# The whole sample is most of preparing a model, and a test asks for what the model says to it.
_MULTILINGUAL = """
from pathlib import Path
import numpy
from citewell.encoder import preparing
from citewell.encoder.fitting import fit, samples

def keeping(encode, kept):
    def encoded(texts, *rest):
        kept[tuple(texts)] = encode(texts, *rest)
        return kept[tuple(texts)]
    return encoded

def kept_and_fitted(encoder):
    encoder.encode_queries = keeping(encoder.encode_queries, queries)
    encoder.encode_documents = keeping(encoder.encode_documents, documents)
    return fit(encoder)

queries, documents = {}, {}
preparing.fit = kept_and_fitted
prepare("multilingual", force=True)
numpy.savez(
    Path(arguments[0], "said.npz"),
    queries=[queries[sample.questions] for sample in samples().values()],
    documents=[documents[sample.passages] for sample in samples().values()],
)
"""
_ELSEWHERE = """
import json, sys
from citewell.encoder.encoding import open_encoder
from citewell.encoder.preparing import prepare
arguments, result = json.load(sys.stdin), None
{program}
print()
print(json.dumps(result))
"""


def prepared_model() -> Card:
    """Return the card of the bundled model, prepared in a process of its own: torch would stay in this one, with 700 MB."""
    if not models.is_prepared(models.identify(naming.resolve(None))):
        elsewhere("prepare(None)")
    return prepare(None)


def prepared_multilingual() -> Path:
    """Prepare the multilingual model, once a run and in a process of its own.

    Returns:
        What it said to the sample that it was fitted by, before it was: ``queries`` and ``documents``, each with the shape
        (languages, 20, d).
    """
    return shared("multilingual", lambda folder: elsewhere(_MULTILINGUAL, folder)) / "said.npz"


def elsewhere(program: str, *arguments: object) -> Any:
    """Run a program on encoders in a process of its own, which torch and each opened encoder leave with their memory.

    Args:
        program: Python, in which `arguments` is a list and `prepare` and `open_encoder` are imported; what it assigns to
            `result` is returned.
        arguments: What JSON can hold.
    """
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE.format(program=program)],
        input=json.dumps(arguments, default=str),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def shared_encoder() -> Iterator[None]:
    """Have builds and assistants of this process share the bundled model once it is open, and prepare it in another one."""
    opened = encoding.open_encoder
    shared: dict[tuple[object, ...], Encoder] = {}

    def open_once(card: Card, device: str = CPU) -> Encoder:
        if card.runtime == "sentence-transformers":
            return opened(card, device)
        # Damage to the files must still be found.
        files = [models.prepared_folder(card.identity) / name for name in card.files]
        stamps = [(file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None for file in files]
        key = (device, *files, *card.files.values(), *stamps)
        if key not in shared:
            shared[key] = Remembering(opened(card, device))
        return shared[key]

    def prepare_elsewhere(model: str | None, **options: Any) -> Card:
        # The first test of a process may be one that builds; torch would stay in it.
        if naming.resolve(model) == naming.resolve(None):
            prepared_model()
        return prepare(model, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("citewell.building.building.prepare", prepare_elsewhere)
        for module in ("building.renewing", "assistant"):
            patch.setattr(f"citewell.{module}.open_encoder", open_once)
        patch.setattr("citewell.building.finishing.calibrate", remembered_calibration())
        yield


def remembered_calibration() -> Callable[[Storage, Encoder, Searching], Calibration]:
    """Return what calibrates each content of an index once a run: that is most of a small build, and tests build the same."""
    known: dict[tuple[object, ...], Calibration] = {}

    def calibrate(storage: Storage, encoder: Encoder, searching: Searching) -> Calibration:
        documents = [(each.path, each.digest, each.reader) for each in storage.catalogue.documents()]
        vectors = storage.vectors_of(storage.catalogue.windows_in_order).tobytes()
        content = hashlib.sha256(vectors).hexdigest()
        key = (calibrating._QUESTIONS, *documents, content, type(encoder), *_written(encoder.card, searching))

        def make(folder: Path) -> None:
            (folder / "made.json").write_text(calibrating.calibrate(storage, encoder, searching).model_dump_json())

        if key not in known:
            if isinstance(encoder, Remembering):
                made = shared(f"calibration-{hashlib.sha256(repr(key).encode()).hexdigest()}", make)
                known[key] = Calibration.model_validate_json((made / "made.json").read_bytes())
            else:
                known[key] = calibrating.calibrate(storage, encoder, searching)
        return known[key]

    return calibrate


def noted_uses(monkeypatch: pytest.MonkeyPatch) -> list[Use]:
    """Return a list that gets what each compiled model that is asked for from now on is used for."""
    uses: list[Use] = []
    compiled = Compiler.compiled

    def noted(self: Compiler, use: Use) -> Any:
        uses.append(use)
        return compiled(self, use)

    monkeypatch.setattr(Compiler, "compiled", noted)
    return uses


@contextmanager
def encoded_once() -> Iterator[None]:
    """Have builds in this process encode each text of a document once, where it is in several indexes."""
    opened, known = vars(renewing)["open_encoder"], dict[str, Vectors]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renewing, "open_encoder", lambda card, device=CPU: _Once(opened(card, device), known))
        yield


def _written(*models: BaseModel) -> tuple[str, ...]:
    return tuple(each.model_dump_json() for each in models)


class _Once:
    def __init__(self, encoder: Encoder, known: dict[str, Vectors]) -> None:
        self._encoder = encoder
        self._known = known

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode_documents(new), strict=True))
        if progress:
            progress(len(texts))
        return np.array([self._known[text] for text in texts])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


class Remembering:
    """An encoder that keeps the vectors of texts that are encoded again, such as everyday questions, for every build.

    Args:
        encoder: The encoder.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._queries = lru_cache(maxsize=_KEPT)(lambda texts: encoder.encode_queries(texts))
        self._documents = lru_cache(maxsize=_KEPT)(lambda texts: encoder.encode_documents(texts))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._queries(tuple(texts)).copy()

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        # Whoever follows a build may end it between two batches.
        if progress:
            return self._encoder.encode_documents(texts, progress)
        return self._documents(tuple(texts)).copy()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)
