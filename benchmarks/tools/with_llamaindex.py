"""LlamaIndex: its sentence splitter, its embeddings of Hugging Face, and its vector store in memory."""

from __future__ import annotations

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from protocol import Chunk, Index, Task, measure


def make(task: Task) -> Index:
    """Split and index."""
    documents = [Document(text=text, id_=path) for path, text in task.texts.items()]
    nodes = SentenceSplitter().get_nodes_from_documents(documents)
    numbers = {node.node_id: nth for nth, node in enumerate(nodes)}
    index = VectorStoreIndex(nodes, embed_model=HuggingFaceEmbedding(model_name=task.model))
    retriever = index.as_retriever(similarity_top_k=task.top)
    return Index(
        [Chunk(str(node.ref_doc_id), node.get_content()) for node in nodes],
        lambda question: [numbers[found.node.node_id] for found in retriever.retrieve(question)],
    )


measure(make, "llama-index-core", "llama-index-embeddings-huggingface")
