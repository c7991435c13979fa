"""The vectors of texts that come with Citewell, kept beside the model, on which alone they depend."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import numpy as np

from citewell.encoder import models
from citewell.encoder.encoding import Encoder, Vectors
from citewell.files import write_atomically


def remembered(
    encoder: Encoder, name: str, texts: tuple[str, ...], encode: Callable[[tuple[str, ...]], Vectors]
) -> Vectors:
    """Return the vectors of bundled texts, shape (m, d).

    Args:
        encoder: The encoder.
        name: The beginning of the file's name.
        texts: The texts.
        encode: How the encoder encodes them.
    """
    digest = hashlib.sha256("\n".join(texts).encode("utf-8")).hexdigest()[:16]
    file = models.prepared_folder(encoder.card.identity) / f"{name}-{digest}.npy"
    # The cache is optional: if it cannot be read or written, the vectors are computed again.
    with suppress(OSError, ValueError, EOFError):
        kept: Vectors = np.load(file, allow_pickle=False)
        whole = kept.shape == (len(texts), encoder.card.dimension)
        if whole and np.allclose(np.linalg.norm(kept, axis=1), 1, atol=1e-3):
            return kept
    vectors = encode(texts)
    content = BytesIO()
    np.save(content, vectors, allow_pickle=False)
    with suppress(OSError):
        write_atomically(file, content.getvalue())
    return vectors
