"""A retriever for LlamaIndex (`pip install citewell[llamaindex]`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from llama_index.core.callbacks import CallbackManager
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from citewell.integrations.metadata import metadata_of
from citewell.integrations.source import Source


class CitewellRetriever(BaseRetriever):
    """Returns passages word for word, from the folder of an index or from a server.

    If the documents do not cover a question, it returns none; with ``nearest``, the nearest passages, whose metadata
    has ``answered`` False.

    Args:
        index: The folder of an index.
        url: The address of a server.
        token: The token for the server; None is that of the variable CITEWELL_TOKEN, if there is one.
        top: The maximum number of passages.
        nearest: Whether the nearest passages are returned if the documents do not cover a question.
        documents: Search only these documents.
        folders: Search only these folders.
        filters: Search only documents with these facts, such as ``author:Lee``.
        callback_manager: Passed on to LlamaIndex.

    Raises:
        UsageError: There are both an index and a server, or neither.
    """

    def __init__(
        self,
        index: str | Path | None = None,
        *,
        url: str | None = None,
        token: str | None = None,
        top: int = 5,
        nearest: bool = False,
        documents: Sequence[str] = (),
        folders: Sequence[str] = (),
        filters: Sequence[str] = (),
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self._source = Source(index, url, token, documents, folders, filters)
        self._top = top
        self._nearest = nearest

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        answer, passages = self._source.retrieve(query_bundle.query_str, self._top, nearest=self._nearest)
        return [
            NodeWithScore(
                node=TextNode(
                    text=each.text,
                    id_=f"{each.document}:{each.start}-{each.end}",
                    metadata=metadata_of(answer, each),
                ),
                score=each.score,
            )
            for each in passages
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)
