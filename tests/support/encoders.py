"""One encoder for all that runs in a process: loading the model is most of a small build."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest

from citewell.encoder import encoding, models
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare


def prepared_model() -> Card:
    """Return the card of the bundled model, prepared in a process of its own: torch would stay in this one, with 700 MB."""
    if not models.is_prepared(models.identify(models.resolve(None))):
        program = "from citewell.encoder.preparing import prepare; prepare(None)"
        subprocess.run([sys.executable, "-c", program], check=True)
    return prepare(None)


@contextmanager
def shared_encoder() -> Iterator[None]:
    """Have builds and assistants of this process share the bundled model once it is open."""
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

    with pytest.MonkeyPatch.context() as patch:
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
