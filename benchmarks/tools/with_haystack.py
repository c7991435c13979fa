"""Haystack: its splitter, embedders of sentence-transformers, and its store in memory; dense, or hybrid with BM25."""

from __future__ import annotations

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from protocol import Chunk, Index, Task, measure


def make(task: Task) -> Index:
    """Split and index; with ``hybrid`` in the options, BM25 and vectors are joined by reciprocal ranks."""
    splitter = DocumentSplitter()
    splitter.warm_up()
    documents = [Document(content=text, meta={"document": path}) for path, text in task.texts.items()]
    parts = splitter.run(documents=documents)["documents"]
    numbers = {part.id: nth for nth, part in enumerate(parts)}
    embedder = SentenceTransformersDocumentEmbedder(model=task.model, progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(documents=parts)["documents"])
    pipeline = _asking(store, task)

    def ask(question: str) -> list[int]:
        given = {"embedder": {"text": question}}
        if task.options["hybrid"]:
            given["words"] = {"query": question}
        last = "joiner" if task.options["hybrid"] else "vectors"
        return [numbers[found.id] for found in pipeline.run(given)[last]["documents"]]

    return Index([Chunk(part.meta["document"], part.content or "") for part in parts], ask)


def _asking(store: InMemoryDocumentStore, task: Task) -> Pipeline:
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=task.model, progress_bar=False))
    hybrid = task.options["hybrid"]
    # What is joined are its usual ten of each.
    retriever = InMemoryEmbeddingRetriever(store) if hybrid else InMemoryEmbeddingRetriever(store, top_k=task.top)
    pipeline.add_component("vectors", retriever)
    pipeline.connect("embedder.embedding", "vectors.query_embedding")
    if hybrid:
        pipeline.add_component("words", InMemoryBM25Retriever(store))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=task.top))
        pipeline.connect("vectors.documents", "joiner.documents")
        pipeline.connect("words.documents", "joiner.documents")
    pipeline.warm_up()
    return pipeline


measure(make, "haystack-ai", "sentence-transformers-haystack")
