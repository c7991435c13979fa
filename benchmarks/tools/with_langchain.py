"""LangChain: recursive splitter, its embeddings of Hugging Face, and FAISS."""

from __future__ import annotations

from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from protocol import Chunk, Index, Task, measure


def make(task: Task) -> Index:
    """Split and index; ``options`` are those of the splitter."""
    documents = [Document(text, metadata={"document": path}) for path, text in task.texts.items()]
    parts = RecursiveCharacterTextSplitter(**task.options).split_documents(documents)
    for nth, part in enumerate(parts):
        part.metadata["nth"] = nth
    store = FAISS.from_documents(parts, HuggingFaceEmbeddings(model_name=task.model))
    retriever = store.as_retriever(search_kwargs={"k": task.top})
    return Index(
        [Chunk(part.metadata["document"], part.page_content) for part in parts],
        lambda question: [part.metadata["nth"] for part in retriever.invoke(question)],
    )


measure(make, "langchain-core", "langchain-community", "langchain-huggingface", "faiss-cpu")
