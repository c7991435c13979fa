"""One encoder for all that runs in a process: loading the model is most of a small build."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from citewell.encoder import encoding, models, naming
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare

_ELSEWHERE = """
import json, sys
from citewell.encoder.encoding import open_encoder
from citewell.encoder.preparing import prepare
arguments, result = json.load(sys.stdin), None
{program}
print()
print(json.dumps(result))
"""
_REFERENCE = """
import io, json, sys
import numpy
from sentence_transformers import SentenceTransformer
folder, method, max_tokens = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
model = SentenceTransformer(folder, device="cpu")
if max_tokens:
    model.max_seq_length = max_tokens
buffer = io.BytesIO()
numpy.save(buffer, getattr(model, method)(json.load(sys.stdin), batch_size=16))
sys.stdout.buffer.write(buffer.getvalue())
"""


def prepared_model() -> Card:
    """Return the card of the bundled model, prepared in a process of its own: torch would stay in this one, with 700 MB."""
    if not models.is_prepared(models.identify(naming.resolve(None))):
        elsewhere("prepare(None)")
    return prepare(None)


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


def reference_vectors(
    folder: Path, texts: Sequence[str], *, method: str = "encode", max_tokens: int | None = None
) -> Vectors:
    """Return the vectors that sentence-transformers gives, likewise from a process of its own.

    Args:
        folder: The model.
        texts: What is encoded.
        method: The method that encodes: `encode`, `encode_query` or `encode_document`.
        max_tokens: The maximum length; None is the model's own.
    """
    done = subprocess.run(
        [sys.executable, "-c", _REFERENCE, str(folder), method, json.dumps(max_tokens)],
        input=json.dumps(list(texts)).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    vectors: Vectors = np.load(io.BytesIO(done.stdout))
    return vectors


@contextmanager
def shared_encoder() -> Iterator[None]:
    """Have builds and assistants of this process share the bundled model once it is open, and prepare it in another one."""
    opened = encoding.open_encoder
    shared: dict[tuple[object, ...], Encoder] = {}

    def open_once(card: Card) -> Encoder:
        if card.runtime == "sentence-transformers":
            return opened(card)
        # Damage to the files must still be found.
        files = [models.prepared_folder(card.identity) / name for name in card.files]
        stamps = [(file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None for file in files]
        key = (*files, *card.files.values(), *stamps)
        if key not in shared:
            shared[key] = _Remembering(opened(card))
        return shared[key]

    def prepare_elsewhere(model: str | None, **options: Any) -> Card:
        # The first test of a process may be one that builds; torch would stay in it.
        if naming.resolve(model) == naming.resolve(None):
            prepared_model()
        return prepare(model, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("citewell.building.building.prepare", prepare_elsewhere)
        for module in ("building.building", "assistant"):
            patch.setattr(f"citewell.{module}.open_encoder", open_once)
        yield


class _Remembering:
    """An encoder that keeps the vectors of the everyday questions, which every build compares with."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors = lru_cache(maxsize=4)(lambda texts: encoder.encode_queries(texts))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._vectors(tuple(texts)).copy()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)
