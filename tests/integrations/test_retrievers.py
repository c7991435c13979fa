"""The retrievers, each as its framework calls it, over an index in this process and over a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from citewell import Assistant
from citewell.errors import UsageError
from citewell.integrations.metadata import metadata_of
from tests.support.servers import run_async

QUESTION = "What are the challenges of international cooperation?"
UNANSWERABLE = "Which compilers support C++20 modules?"
ARTICLE = "international-education.txt"
Row = tuple[str, dict[str, Any], float | None]


@dataclass(frozen=True)
class Framework:
    """How a framework calls its retriever, and what of its documents is the text, the metadata and the score."""

    name: str
    sync: Callable[[Any, str], Any]
    later: Callable[[Any, str], Any]
    row: Callable[[Any], Row]

    def made(self, **options: Any) -> Any:
        return import_module(f"citewell.integrations.{self.name}").CitewellRetriever(**options)

    def asked(self, retriever: Any, question: str = QUESTION) -> list[Row]:
        return [self.row(each) for each in self.sync(retriever, question)]

    def asked_later(self, retriever: Any, question: str = QUESTION) -> list[Row]:
        async def ask() -> Any:
            return await self.later(retriever, question)

        found = run_async(ask)
        return [self.row(each) for each in (found["documents"] if isinstance(found, dict) else found)]


FRAMEWORKS = [
    Framework(
        "langchain",
        lambda retriever, question: retriever.invoke(question),
        lambda retriever, question: retriever.ainvoke(question),
        lambda each: (each.page_content, each.metadata, each.metadata["score"]),
    ),
    Framework(
        "llamaindex",
        lambda retriever, question: retriever.retrieve(question),
        lambda retriever, question: retriever.aretrieve(question),
        lambda each: (each.node.text, each.node.metadata, each.score),
    ),
    Framework(
        "haystack",
        lambda retriever, question: retriever.run(query=question)["documents"],
        lambda retriever, question: retriever.run_async(query=question),
        lambda each: (each.content, each.meta, each.score),
    ),
]


@pytest.fixture(params=FRAMEWORKS, ids=lambda each: each.name)
def framework(request: pytest.FixtureRequest) -> Framework:
    found: Framework = request.param
    return found


def test_the_passages_of_the_answer_are_returned_word_for_word(
    framework: Framework, bundled_index: Path, chat_url: str, assistant: Assistant
) -> None:
    answer = assistant.ask(QUESTION, top=2)
    expected = [(each.text, metadata_of(answer, each), each.score) for each in answer.passages]
    assert len(expected) == 2
    for retriever in (framework.made(index=str(bundled_index), top=2), framework.made(url=chat_url, top=2)):
        assert framework.asked(retriever) == framework.asked_later(retriever) == expected
    text = assistant.document(ARTICLE).text
    for quotation, metadata, _ in expected:
        assert text[metadata["start"] : metadata["end"]] == quotation


def test_nothing_is_returned_where_nothing_answers_unless_the_nearest_is_wanted(
    framework: Framework, bundled_index: Path
) -> None:
    retriever = framework.made(index=str(bundled_index))
    assert framework.asked(retriever, UNANSWERABLE) == framework.asked_later(retriever, UNANSWERABLE) == []
    near = framework.asked(framework.made(index=str(bundled_index), nearest=True, top=1), UNANSWERABLE)
    assert [metadata["answered"] for _, metadata, _ in near] == [False]


def test_only_some_documents_are_searched(framework: Framework, bundled_index: Path, chat_url: str) -> None:
    for where in ({"index": str(bundled_index)}, {"url": chat_url}):
        assert framework.asked(framework.made(**where, documents=(ARTICLE,), filters=("lang:en",)))
        with pytest.raises(UsageError, match="no document has kind:pdf"):
            framework.asked(framework.made(**where, filters=("kind:pdf",)))
        with pytest.raises(UsageError, match="nowhere"):
            framework.asked(framework.made(**where, folders=("nowhere",)))


def test_there_is_an_index_or_a_server(framework: Framework) -> None:
    for options in ({}, {"index": "index", "url": "http://127.0.0.1:7860"}):
        with pytest.raises(UsageError, match="either the folder of an index or the address of a server"):
            framework.made(**options)
    with pytest.raises(UsageError, match="no address of a server"):
        framework.made(url="file:///etc/passwd")


def test_a_pipeline_of_haystack_can_be_saved(chat_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_TOKEN", "a secret")
    from haystack import Pipeline

    from citewell.integrations.haystack import CitewellRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", CitewellRetriever(url=chat_url, top=3, documents=[ARTICLE]))
    saved = pipeline.dumps()
    assert "a secret" not in saved
    loaded = Pipeline.loads(saved, allowed_modules=["citewell.integrations.haystack"])
    found = loaded.run({"retriever": {"query": QUESTION, "top": 1}})["retriever"]
    assert found["answered"]
    assert [each.meta["document"] for each in found["documents"]] == [ARTICLE]
