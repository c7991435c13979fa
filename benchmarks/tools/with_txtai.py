"""Txtai: paragraphs by its segmentation, and its hybrid index of vectors and BM25."""

from __future__ import annotations

from protocol import Chunk, Index, Task, measure
from txtai import Embeddings
from txtai.pipeline import Segmentation


def make(task: Task) -> Index:
    """Split and index."""
    segmentation = Segmentation(paragraphs=True)
    chunks = [Chunk(path, part) for path, text in task.texts.items() for part in segmentation(text)]
    embeddings = Embeddings(path=task.model, hybrid=True)
    embeddings.index((nth, chunk.text, None) for nth, chunk in enumerate(chunks))
    return Index(chunks, lambda question: [int(nth) for nth, _ in embeddings.search(question, task.top)])


measure(make, "txtai", "faiss-cpu")
