"""A retriever for LangChain (`pip install citewell[langchain]`)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, SecretStr

from citewell.integrations.metadata import metadata_of
from citewell.integrations.source import Source


class CitewellRetriever(BaseRetriever):
    """Returns passages word for word, from the folder of an index or from a server.

    If the documents do not cover a question, it returns none; with ``nearest``, the nearest passages, whose metadata
    has ``answered`` False. The fields are those of `Source`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    index: str | Path | None = None
    url: str | None = None
    token: SecretStr | None = None
    top: int = Field(default=5, ge=1)
    nearest: bool = False
    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()

    def model_post_init(self, context: object, /) -> None:
        """Check the fields."""
        super().model_post_init(context)
        _ = self._source

    @cached_property
    def _source(self) -> Source:
        token = self.token.get_secret_value() if self.token else None
        return Source(self.index, self.url, token, self.documents, self.folders, self.filters)

    # Asynchronously, LangChain runs this in a thread.
    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        answer, passages = self._source.retrieve(query, self.top, nearest=self.nearest)
        return [
            Document(
                page_content=each.text,
                metadata=metadata_of(answer, each),
                id=f"{each.document}:{each.start}-{each.end}",
            )
            for each in passages
        ]
