"""Re-ranking: a sentence-transformers CrossEncoder reads the first passages beside the question, where a user names one.

It is slower than all the rest of search, and so is off unless named; with it, an answer takes as long as the model takes for
``searching.reranked`` passages. What counts as covered is still told by the evidence that the index was calibrated on.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from citewell.answer import FoundPassage
from citewell.encoder import models
from citewell.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker:
    """A CrossEncoder on this machine; safe to share between threads.

    Args:
        model: A folder, or a name on the Hugging Face hub that is in its cache here.

    Raises:
        EncoderError: It is not on this machine, cannot be loaded, or gives more than one score.
    """

    def __init__(self, model: str) -> None:
        folder = models.resolve(model)
        # Only now, and only here: most who ask have named none, and should not wait for torch.
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
                f"{model!r} is no reranker: it gives {labels} scores, not one",
                hint="name another as searching.reranker",
            )

    def rerank(self, question: str, passages: Sequence[FoundPassage]) -> tuple[FoundPassage, ...]:
        """Return passages in the order of the model's scores, which take the place of theirs.

        A pair that is longer than the model reads is cut at the end of the passage.

        Args:
            question: What is asked, with what it is understood with.
            passages: The passages, in the order of search; of equal scores, the first stays first.
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
