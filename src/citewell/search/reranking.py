"""Re-ranking: an optional sentence-transformers CrossEncoder scores the first passages together with the question.

It is slower than the rest of search and off by default; an answer then takes as long as the model needs for
``searching.rerank_depth`` passages. Confidence still comes from the evidence that the index was calibrated with.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from citewell.answer import FoundPassage
from citewell.encoder import models
from citewell.encoder.naming import resolve
from citewell.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker:
    """A CrossEncoder on this machine. Thread-safe.

    Args:
        model: A folder, or a Hugging Face hub name in this machine's cache.

    Raises:
        EncoderError: The model is not on this machine, cannot be loaded, or returns more than one score.
    """

    def __init__(self, model: str) -> None:
        folder = resolve(model)
        # Imported here because most users have no reranker and should not wait for torch.
        import torch
        from sentence_transformers import CrossEncoder

        self._lock = threading.Lock()
        try:
            with models.quiet():
                self._model: CrossEncoder = CrossEncoder(
                    str(folder), device="cpu", local_files_only=True, activation_fn=torch.nn.Sigmoid()
                )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EncoderError(
                f"the reranker {model!r} cannot be loaded: {error}", command=f"hf download {model}"
            ) from error
        labels = self._model.config.num_labels
        if labels != 1:
            raise EncoderError(
                f"{model!r} is not a reranker: it returns {labels} scores instead of one",
                hint="set searching.reranker to another model",
            )

    def rerank(self, question: str, passages: Sequence[FoundPassage]) -> tuple[FoundPassage, ...]:
        """Return passages in the order of the model's scores, which replace theirs.

        A pair longer than the model's limit is truncated at the end of the passage.

        Args:
            question: The question, with its context.
            passages: The passages in search order, which is kept for equal scores.
        """
        if not passages:
            return ()
        pairs: list[Any] = [(question, passage.text) for passage in passages]
        with self._lock:
            scores = self._model.predict(pairs, show_progress_bar=False)
        order = sorted(range(len(passages)), key=lambda nth: -float(scores[nth]))
        return tuple(
            FoundPassage.model_validate({**dict(passages[nth]), "rank": rank, "score": float(scores[nth])})
            for rank, nth in enumerate(order, 1)
        )
