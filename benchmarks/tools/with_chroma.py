"""Chroma in memory. It has no splitter, so LangChain's cuts 800 characters: about the 200 tokens of Chroma's own study."""

from __future__ import annotations

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from langchain_text_splitters import RecursiveCharacterTextSplitter
from protocol import Chunk, Index, Task, measure


def make(task: Task) -> Index:
    """Split and index."""
    splitter = RecursiveCharacterTextSplitter(**task.options)
    chunks = [Chunk(path, part) for path, text in task.texts.items() for part in splitter.split_text(text)]
    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    embedding = SentenceTransformerEmbeddingFunction(model_name=task.model)
    collection = client.create_collection("texts", embedding_function=embedding)
    most = client.get_max_batch_size()
    for start in range(0, len(chunks), most):
        part = chunks[start : start + most]
        numbers = [str(nth) for nth in range(start, start + len(part))]
        collection.add(ids=numbers, documents=[chunk.text for chunk in part])

    def ask(question: str) -> list[int]:
        return [int(nth) for nth in collection.query(query_texts=[question], n_results=task.top)["ids"][0]]

    return Index(chunks, ask)


measure(make, "chromadb", "langchain-text-splitters")
