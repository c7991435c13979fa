"""The MCP server, tried with the official client over real HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent, Tool

from citewell import Assistant
from tests.support.costs import MCP, Application
from tests.support.environment import CORPUS
from tests.support.servers import run_async

QUESTION = "What are the challenges of international cooperation?"
ARTICLE = "international-education.txt"
# The protocol with its handshake, which most clients still speak, and the one without.
MODES = ["legacy", "auto"]


def call(url: str, tool: str, arguments: dict[str, Any], *, mode: str = "auto") -> CallToolResult:
    """Call a tool, as a program does that knows nothing but the address."""

    async def calling() -> CallToolResult:
        async with Client(url + "mcp", mode=mode) as client:
            return await client.call_tool(tool, arguments)

    return run_async(calling)


def tools(url: str, mode: str) -> list[Tool]:
    async def listing() -> list[Tool]:
        async with Client(url + "mcp", mode=mode) as client:
            assert client.server_info is not None
            assert client.server_info.name == "citewell"
            return (await client.list_tools()).tools

    return run_async(listing)


def said(result: CallToolResult) -> str:
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_say_what_they_take_and_give(chat_url: str, mode: str) -> None:
    found = {tool.name: tool for tool in tools(chat_url, mode)}
    assert set(found) == {"find", "ask", "why", "list_documents", "read_document"}
    assert set(found["find"].input_schema["properties"]) == {"query", "scope", "sort", "page", "per_page"}
    assert set(found["ask"].input_schema["properties"]) == {"question", "history", "top", "scope", "correct", "words"}
    assert found["ask"].input_schema["required"] == ["question"]
    assert set(found["read_document"].input_schema["properties"]) == {"document", "path"}
    assert set(found["list_documents"].input_schema["properties"]) == {"page", "per_page"}
    for tool in found.values():
        assert tool.description
        assert tool.output_schema
        assert tool.annotations
        assert tool.annotations.read_only_hint


def test_every_place_is_found_and_counted(chat_url: str, assistant: Assistant) -> None:
    found = call(chat_url, "find", {"query": "of", "per_page": 2, "scope": {"documents": [ARTICLE]}}).structured_content
    same = assistant.view().finder().page("of", sort="place", page=1, per_page=2).to_json()
    assert found is not None
    assert {**found, "seconds": 0} == {**same, "seconds": 0}
    refused = call(chat_url, "find", {"query": "-of"})
    assert refused.is_error
    assert "only words to leave out" in said(refused)


@pytest.mark.parametrize("mode", MODES)
def test_a_model_gets_the_same_answer_as_everyone(chat_url: str, assistant: Assistant, mode: str) -> None:
    result = call(chat_url, "ask", {"question": QUESTION, "top": 2, "scope": {"documents": [ARTICLE]}}, mode=mode)
    assert not result.is_error
    expected = json.loads(json.dumps(assistant.ask(QUESTION, top=2).to_json()))
    got = result.structured_content
    assert got is not None
    assert {**got, "seconds": 0} == {**expected, "seconds": 0}
    # Clients that do not know structured results read the text.
    assert json.loads(said(result)) == got


def test_a_follow_up_is_understood(chat_url: str) -> None:
    history = [{"role": "user", "content": "What do student exchanges offer?"}]
    result = call(chat_url, "ask", {"question": "And what are their drawbacks?", "history": history})
    assert result.structured_content is not None
    assert result.structured_content["understood_with"] == ["What do student exchanges offer?"]


def test_a_quotation_stands_in_the_document_where_it_says(chat_url: str) -> None:
    answer = call(chat_url, "ask", {"question": QUESTION}).structured_content
    assert answer is not None
    passage = answer["passages"][0]
    document = call(chat_url, "read_document", {"document": passage["document"]}).structured_content
    assert document is not None
    assert call(chat_url, "read_document", {"path": passage["document"]}).structured_content == document
    (lead, *_) = answer["lead"]
    assert document["text"][lead["start"] : lead["end"]] == lead["text"] != ""
    assert document["text"][passage["start"] : passage["end"]] == passage["text"]
    assert document["text"] == (CORPUS / ARTICLE).read_text(encoding="utf-8")
    assert document["headings"]


def test_filters_are_taken_in_words_and_in_the_scope(chat_url: str) -> None:
    beside = call(chat_url, "ask", {"question": QUESTION, "scope": {"filters": ["kind:plain", "lang:en"]}})
    inside = call(chat_url, "ask", {"question": f"{QUESTION} kind:plain lang:en"})
    assert beside.structured_content is not None
    assert inside.structured_content is not None
    assert beside.structured_content["passages"] == inside.structured_content["passages"] != []
    assert [each["name"] for each in inside.structured_content["filters"]] == ["kind", "language"]
    for tool, arguments in (("ask", {"question": QUESTION}), ("find", {"query": "of"})):
        refused = call(chat_url, tool, {**arguments, "scope": {"filters": ["kind:pdf"]}})
        assert refused.is_error
        assert "no document has kind:pdf" in said(refused)


def test_the_documents_are_listed_in_pages(chat_url: str, assistant: Assistant) -> None:
    every = [each.path for each in assistant.documents()]
    first = call(chat_url, "list_documents", {"per_page": 1}).structured_content
    assert first is not None
    assert (first["total"], first["page"], [each["path"] for each in first["documents"]]) == (len(every), 1, every[:1])
    assert first["documents"][0]["title"]
    assert {"name": "format", "value": "plain text", "source": "format"}.keys() == first["documents"][0]["facts"][
        0
    ].keys()
    behind = call(chat_url, "list_documents", {"page": 2, "per_page": max(1, len(every))}).structured_content
    assert behind is not None
    assert (behind["total"], behind["documents"]) == (len(every), [])
    nothing = call(chat_url, "read_document", {})
    assert nothing.is_error
    assert "list_documents lists them" in said(nothing)


@pytest.mark.parametrize("path", ["../README.md", "/etc/passwd", "", "corpus/international-education.txt", "x\0y"])
def test_no_tool_reads_what_the_index_does_not_hold(chat_url: str, path: str) -> None:
    result = call(chat_url, "read_document", {"path": path})
    assert result.is_error
    assert "the index has no document" in said(result)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"question": " "}, "the question is empty; fix: citewell ask"),
        ({"question": "a", "scope": {"folders": ["nowhere"]}}, "the index has no document at 'nowhere'"),
        ({"question": "a", "top": 0}, "greater than or equal to 1"),
        ({}, "question"),
    ],
)
def test_what_cannot_be_done_is_said_to_the_model(chat_url: str, arguments: dict[str, Any], why: str) -> None:
    result = call(chat_url, "ask", arguments)
    assert result.is_error
    assert why in said(result)


def test_many_models_at_once_get_each_its_own_answer(chat_url: str) -> None:
    questions = [f"What is said about exchanges in case {number}?" for number in range(12)]
    answers: dict[str, Any] = {}

    async def one(question: str) -> None:
        async with Client(chat_url + "mcp") as client:
            answers[question] = (await client.call_tool("ask", {"question": question})).structured_content

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for question in questions:
                group.start_soon(one, question)

    run_async(all_of_them)
    assert {question: answer["question"] for question, answer in answers.items()} == {each: each for each in questions}


def test_a_page_of_another_site_cannot_use_it(chat_url: str) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    asked = urllib.request.Request(chat_url + "mcp", body, {**headers, "Origin": "https://evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked)
    asked = urllib.request.Request(chat_url + "mcp", body, {**headers, "Origin": chat_url.rstrip("/")})
    with urllib.request.urlopen(asked) as response:
        listed = json.load(response)["result"]["tools"]
    assert [tool["name"] for tool in listed] == ["ask", "why", "find", "read_document", "list_documents"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_there_are_no_streams_of_calls(plain_app: Application, method: str) -> None:
    assert plain_app.ask(method, "/mcp", headers={"Accept": "text/event-stream"}) == 405


def test_calls_come_one_at_a_time(plain_app: Application) -> None:
    one = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "x"}}}
    assert plain_app.ask("POST", "/mcp", json.dumps(one).encode(), MCP) == 200
    assert plain_app.ask("POST", "/mcp", b" \n" + json.dumps([one, one]).encode(), MCP) == 400
