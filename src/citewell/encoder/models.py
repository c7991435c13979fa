"""Identifies models and manages the cache of prepared encoders.

A model is *identified* by the content of its files: the same name with other weights is another model. A prepared encoder is in
the user's cache under its identity, with a card that describes it and lists the checksums of its files.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import platformdirs
from pydantic import BaseModel, ConfigDict

from citewell.errors import EncoderError
from citewell.files import Stamp, file_digest, is_settled, stamp_of, write_atomically

CACHE_VARIABLE = "CITEWELL_CACHE"

_MODEL_FILES = frozenset({".json", ".txt", ".safetensors", ".bin", ".model", ".py"})
# The same model for other runtimes, which sentence-transformers does not load.
_OTHER_RUNTIMES = frozenset({"onnx", "openvino"})
# Increase when the format of prepared encoders changes, or what their vectors are.
_CARD_VERSION = 2


# BF16 and FP32 are one: their vectors may be mixed. Those of INT8 may not.
Precision = Literal["float", "int8"]
_INT8 = "-int8"


class Fit(BaseModel):
    """What was measured of a model when it was prepared (``citewell.encoder.fitting``).

    ``languages`` are those of the sample that it knows. The means are subtracted from the unit vectors of questions and
    documents; empty is none. ``gain`` and ``offset`` map a cosine to that of the English model. ``density`` is tokens a
    character in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: tuple[str, ...] = ()
    query_mean: tuple[float, ...] = ()
    document_mean: tuple[float, ...] = ()
    gain: float = 1.0
    offset: float = 0.0
    density: float = 0.22

    def closeness(self, cosines: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the cosines that mean the same with the English model, at most 1."""
        return np.minimum(1.0, self.gain * cosines + self.offset)


class Card(BaseModel):
    """The description of a prepared encoder, so that it can run without the library that created it.

    ``runtime`` is what runs it; ``inputs`` are the input names of the IR; ``files`` maps each file beside the card to its
    SHA-256. ``query_prompt`` and ``document_prompt`` are prepended to the text that is encoded. ``speed`` is how many
    times as fast an INT8 form is as the model itself, measured when it was prepared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    identity: str
    model: str
    folder: str
    runtime: Literal["openvino", "sentence-transformers"]
    precision: Precision = "float"
    speed: float = 1.0
    dimension: int
    max_tokens: int
    query_prompt: str = ""
    document_prompt: str = ""
    padding_id: int = 0
    inputs: tuple[str, ...] = ()
    files: dict[str, str] = {}
    fit: Fit = Fit()


def in_int8(identity: str) -> str:
    """Return the identity of the INT8 form of a model."""
    return f"{of_model(identity)}{_INT8}"


def of_model(identity: str) -> str:
    """Return the identity of the model itself, also of its INT8 form."""
    return identity.removesuffix(_INT8)


def precision_of(identity: str) -> Precision:
    """Return the precision of the encoder with this identity."""
    return "int8" if identity.endswith(_INT8) else "float"


def cache_folder() -> Path:
    """Return the folder of prepared encoders: $CITEWELL_CACHE, or the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("citewell", appauthor=False)


def prepared_folder(identity: str) -> Path:
    """Return the folder of the prepared encoder with this identity; it need not exist."""
    return cache_folder() / "encoders" / f"{identity}-v{_CARD_VERSION}"


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress other libraries' progress bars and tracing notices while a model is loaded.

    Important problems are checked afterwards.
    """
    import transformers

    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers.logging.set_verbosity(verbosity)
        transformers.logging.enable_progress_bar()


def identify(found: Path) -> str:
    """Return the identity of a model: a digest (16 hex digits) of the files in its folder, or of its one packed file.

    The digests are cached by size and modification time, so a model is not read again for each question.

    Raises:
        EncoderError: It contains no model.
    """
    # A packed file is the same model by any name.
    named = {"": found} if found.is_file() else _model_files(found)
    files = dict(sorted(named.items()))
    if not any(file.suffix in {".safetensors", ".bin"} for file in files.values()):
        raise EncoderError(f"{found} contains no sentence-transformers model (no weights)")
    stats = {name: file.stat() for name, file in files.items()}
    signature: list[list[str | int]] = [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()]
    signature.append([_CARD_VERSION])
    memory = cache_folder() / "models" / f"{_digest_text(str(found))[:16]}.json"
    known = _remembered(memory, signature)
    if known is not None:
        return known
    # Vectors of another version must not be mixed with these.
    whole = hashlib.sha256(b"%d\n" % _CARD_VERSION)
    for name, file in files.items():
        whole.update(f"{name}\0{file_digest(file)}\n".encode())
    identity = whole.hexdigest()[:16]
    _remember(memory, signature, identity)
    return identity


def is_prepared(identity: str) -> bool:
    """Return whether the encoder with this identity is in the cache."""
    return (prepared_folder(identity) / "card.json").is_file()


def read_card(identity: str) -> Card:
    """Return the card of a prepared encoder.

    Raises:
        EncoderError: It is not in the cache of this machine, or its card is damaged.
    """
    path = prepared_folder(identity) / "card.json"
    try:
        return Card.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise EncoderError(f"the encoder {identity} is not prepared on this machine") from error
    except ValueError as error:
        raise EncoderError(f"the prepared encoder's {path} is damaged") from error


def verify(card: Card) -> None:
    """Check every file of a prepared encoder against its card, and remember that.

    Raises:
        EncoderError: A file is missing or does not match the card.
    """
    folder = prepared_folder(card.identity)
    # Asked before they are read: what is written in the meantime must show, too.
    stamps = _stamps(card)
    are_settled = all(map(is_settled, stamps.values()))
    for name, digest in card.files.items():
        file = folder / name
        if name not in stamps:
            raise EncoderError(f"{file} of the prepared encoder is missing")
        if file_digest(file) != digest:
            raise EncoderError(f"{file} of the prepared encoder is damaged: its checksum does not match its card")
    if are_settled:
        _remember(_verified(card), _signature(card, stamps), card.identity)


def verify_changed(card: Card) -> None:
    """Check the files of a prepared encoder, unless none has been written since they were checked last.

    That tells their size, times and inode; so a question does not wait until all weights are read.

    Raises:
        EncoderError: A file is missing or does not match the card.
    """
    if _remembered(_verified(card), _signature(card, _stamps(card))) != card.identity:
        verify(card)


def check_writable(folder: Path) -> None:
    """Create a folder of the cache and check that it can be written.

    Raises:
        EncoderError: It cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise EncoderError(
            f"the cache folder {folder} cannot be written: {error.strerror}",
            hint=f"set {CACHE_VARIABLE} to a writable folder",
        ) from error


def _model_files(folder: Path) -> dict[str, Path]:
    return {
        file.relative_to(folder).as_posix(): file
        for file in folder.rglob("*")
        if file.suffix in _MODEL_FILES
        and file.is_file()
        and not _OTHER_RUNTIMES.intersection(file.relative_to(folder).parts)
    }


def _stamps(card: Card) -> dict[str, Stamp]:
    """Return the stamps of the files of a prepared encoder that are there."""
    files = {name: prepared_folder(card.identity) / name for name in card.files}
    return {name: stamp_of(file.stat()) for name, file in files.items() if file.is_file()}


def _signature(card: Card, stamps: dict[str, Stamp]) -> list[list[str | int]]:
    return [[name, card.files[name], *stamp] for name, stamp in sorted(stamps.items())]


def _verified(card: Card) -> Path:
    return cache_folder() / "verified" / f"{card.identity}.json"


def _remembered(memory: Path, signature: list[list[str | int]]) -> str | None:
    try:
        known = json.loads(memory.read_bytes())
    # One that cannot be read is like none: the digest is computed again.
    except (OSError, ValueError):
        return None
    return str(known["identity"]) if known.get("signature") == signature else None


def _remember(memory: Path, signature: list[list[str | int]], identity: str) -> None:
    # If the cache cannot be written, digests are computed again next time.
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(memory, json.dumps({"signature": signature, "identity": identity}), private=False)


def _digest_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
