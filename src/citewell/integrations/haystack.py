"""A retriever for Haystack (`pip install citewell[haystack]`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypedDict

from haystack import Document, component

from citewell.integrations.metadata import metadata_of
from citewell.integrations.source import Source


class Retrieved(TypedDict):
    """What the component returns: passages, the best first, and whether the documents cover the question."""

    documents: list[Document]
    answered: bool


@component
class CitewellRetriever:
    """Returns passages word for word, from the folder of an index or from a server.

    If the documents do not cover a question, it returns none; with ``nearest``, the nearest passages. ``answered`` says which.
    A pipeline that is saved has no token in it: that of the variable CITEWELL_TOKEN is used.

    Args:
        index: The folder of an index.
        url: The address of a server.
        top: The maximum number of passages.
        nearest: Whether the nearest passages are returned if the documents do not cover a question.
        documents: Search only these documents.
        folders: Search only these folders.
        filters: Search only documents with these facts, such as ``author:Lee``.

    Raises:
        UsageError: There are both an index and a server, or neither.
    """

    def __init__(
        self,
        index: str | None = None,
        *,
        url: str | None = None,
        top: int = 5,
        nearest: bool = False,
        documents: Sequence[str] = (),
        folders: Sequence[str] = (),
        filters: Sequence[str] = (),
    ) -> None:
        # Haystack saves a component by the attributes with the names of its arguments.
        self.index, self.url, self.top, self.nearest = index, url, top, nearest
        self.documents, self.folders, self.filters = list(documents), list(folders), list(filters)
        self._source = Source(index, url, None, documents, folders, filters)

    @component.output_types(documents=list[Document], answered=bool)
    def run(self, query: str, top: int | None = None) -> Retrieved:
        """Return the passages that answer a question.

        Args:
            query: The question.
            top: The maximum number of passages; None is that of the component.

        Raises:
            UsageError: The question is invalid, or the scope names something that is not in the index.
            CitewellError: The index cannot be used, or the server cannot be reached or refuses.
        """
        answer, passages = self._source.retrieve(query, top or self.top, nearest=self.nearest)
        documents = [
            Document(
                id=f"{each.document}:{each.start}-{each.end}",
                content=each.text,
                meta=metadata_of(answer, each),
                score=each.score,
            )
            for each in passages
        ]
        return {"documents": documents, "answered": answer.answered}

    @component.output_types(documents=list[Document], answered=bool)
    async def run_async(self, query: str, top: int | None = None) -> Retrieved:
        """Return the same as `run`, without blocking.

        Args:
            query: The question.
            top: The maximum number of passages; None is that of the component.

        Raises:
            UsageError: The question is invalid, or the scope names something that is not in the index.
            CitewellError: The index cannot be used, or the server cannot be reached or refuses.
        """
        return await asyncio.to_thread(self.run, query, top)
