"""Requests in the form of other APIs: OpenAI's and Dify's."""

from __future__ import annotations

from typing import Any


def chat(*said: str, **more: Any) -> dict[str, Any]:
    """Return a conversation for `/v1/chat/completions`; what is said is by turns the user's and the assistant's."""
    roles = ("user", "assistant")
    messages = [{"role": roles[nth % 2], "content": content} for nth, content in enumerate(said)]
    return {"model": "citewell", "messages": messages, **more}


def retrieval(query: str, *conditions: dict[str, Any], top: int = 2, least: float = 0.0, **more: Any) -> dict[str, Any]:
    """Return a request for `/retrieval`, as Dify's documentation shows it."""
    setting = {"top_k": top, "score_threshold": least}
    metadata = {"metadata_condition": {"logical_operator": "and", "conditions": [*conditions]}} if conditions else {}
    return {"knowledge_id": "citewell", "query": query, "retrieval_setting": setting, **metadata, **more}
