"""Chat completions, tried with the client of OpenAI against the real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.api.quotations import REFUSAL, quoted
from citewell.web.auth.accounts import AccountStore
from tests.support.applications import HOME, made
from tests.support.forms import chat
from tests.support.programs import measured

if TYPE_CHECKING:
    from openai import OpenAI

QUESTION = "What are the challenges of international cooperation?"
UNANSWERABLE = "Which compilers support C++20 modules?"
ARTICLE = "international-education.txt"


@pytest.fixture(scope="module")
def openai(chat_url: str) -> Iterator[OpenAI]:
    # It takes a second to import, which those who run other tests need not wait for.
    from openai import OpenAI

    with OpenAI(base_url=f"{chat_url}v1", api_key="none", max_retries=0) as client:
        yield client


def test_the_only_model_answers_with_quotations_and_nothing_else(openai: OpenAI, assistant: Assistant) -> None:
    assert [model.id for model in openai.models.list()] == [openai.models.retrieve("citewell").id] == ["citewell"]
    completion = openai.chat.completions.create(**chat(QUESTION), temperature=1.5, max_tokens=1)
    expected = assistant.ask(QUESTION)
    (choice,) = completion.choices
    assert choice.message.content == "\n\n".join(quoted(expected))
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert completion.usage
    assert completion.usage.total_tokens == 0
    # The same answer as everyone's, beside it.
    got = (completion.model_extra or {})["citewell"]
    assert {**got, "seconds": 0} == {**json.loads(json.dumps(expected.to_json())), "seconds": 0}
    for passage in expected.passages:
        assert f"[{passage.rank}] {passage.document}" in choice.message.content


def test_a_stream_is_the_same_answer_in_pieces(openai: OpenAI, assistant: Assistant) -> None:
    with openai.chat.completions.create(
        **chat(QUESTION), stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = [*stream]
    contents = [choice.delta.content for chunk in chunks for choice in chunk.choices]
    expected = [*quoted(assistant.ask(QUESTION))]
    assert "".join(each or "" for each in contents) == "\n\n".join(expected)
    assert sum(map(bool, contents)) == len(expected) > 1
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-2:] == [None, "stop"]
    assert (chunks[-2].model_extra or {})["citewell"]["answered"]
    assert chunks[-1].usage
    assert chunks[-1].usage.total_tokens == 0
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.parametrize("question", [UNANSWERABLE, "hello"])
def test_what_is_not_covered_gets_one_sentence(openai: OpenAI, question: str) -> None:
    completion = openai.chat.completions.create(**chat(question))
    assert completion.choices[0].message.content == REFUSAL
    assert not (completion.model_extra or {})["citewell"]["answered"]
    with openai.chat.completions.create(**chat(question), stream=True) as stream:
        said = [choice.delta.content for chunk in stream for choice in chunk.choices if choice.delta.content]
    assert said == [REFUSAL]


def test_a_follow_up_is_understood_as_by_the_api(open_client: TestClient) -> None:
    first = "What do student exchanges offer?"
    quotations = open_client.post("/v1/chat/completions", json=chat(first)).json()["choices"][0]["message"]["content"]
    long = ["Tell me of joint research.", REFUSAL] * 20
    parts = [{"type": "text", "text": "And what are"}, {"type": "text", "text": "their drawbacks?"}]
    asked = chat(*long, first, quotations)
    asked["messages"] = [
        {"role": "system", "content": "You are a pirate."},
        *asked["messages"],
        {"role": "user", "content": parts},
    ]
    got = open_client.post("/v1/chat/completions", json=asked).json()["citewell"]
    assert got["question"] == "And what are\ntheir drawbacks?"
    assert got["understood_with"] == [first]
    best = got["passages"][0]
    history = [{"role": "user", "content": first}, {"role": "assistant", "content": "Exchanges"}]
    same = open_client.post("/api/ask", json={"question": "And what are their drawbacks?", "history": history}).json()
    assert best["document"] == same["passages"][0]["document"]


@pytest.mark.parametrize(
    ("more", "kind", "status", "field", "code", "why"),
    [
        ({"model": "gpt-4o"}, "NotFoundError", 404, "model", "model_not_found", "'gpt-4o' does not exist"),
        ({"n": 2}, "BadRequestError", 400, "n", None, "should be 1"),
        (
            {"tools": [{"type": "function", "function": {"name": "f"}}]},
            "BadRequestError",
            400,
            "tools",
            None,
            "not supported",
        ),
        ({"logprobs": True}, "BadRequestError", 400, "logprobs", None, "not supported"),
        ({"response_format": {"type": "json_object"}}, "BadRequestError", 400, "response_format", None, "'text'"),
        ({"messages": []}, "BadRequestError", 400, "messages", None, "at least 1"),
        ({"messages": [{"role": "system", "content": "x"}]}, "BadRequestError", 400, None, None, "role user"),
        (chat(" "), "BadRequestError", 400, None, None, "the question is empty"),
        (chat("x", extra_body={"scope": {"folders": ["nowhere"]}}), "BadRequestError", 400, None, None, "nowhere"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
            *("BadRequestError", 400, "messages", None, "should be 'text'"),
        ),
    ],
)
def test_what_cannot_be_done_is_an_error_of_openai(
    openai: OpenAI, more: dict[str, Any], kind: str, status: int, field: str | None, code: str | None, why: str
) -> None:
    from openai import APIStatusError

    with pytest.raises(APIStatusError) as refused:
        openai.chat.completions.create(**{**chat(QUESTION), **more})
    error = refused.value
    assert (type(error).__name__, error.status_code, error.param, error.code) == (kind, status, field, code)
    assert error.type == "invalid_request_error"
    assert why in error.message


def test_other_parts_of_openai_are_missing_and_what_is_no_json_is_refused(open_client: TestClient) -> None:
    for method, path in (
        ("POST", "/v1/embeddings"),
        ("GET", "/v1/chat/completions"),
        ("DELETE", "/v1/models/citewell"),
    ):
        refused = open_client.request(method, path)
        assert refused.status_code == 404
        assert "/openapi.json" in refused.json()["error"]["message"]
    broken = open_client.post("/v1/chat/completions", content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["error"]["type"]) == (400, "invalid_request_error")
    longer = open_client.post("/v1/chat/completions", json=chat("x" * 500_000))
    assert (longer.status_code, longer.json()["error"]["type"]) == (413, "invalid_request_error")


@pytest.mark.promise("limits")
def test_keys_rates_measures_and_other_sites_are_as_everywhere(assistant: Assistant, store: AccountStore) -> None:
    with TestClient(made(assistant, accounts=store, rate=1), HOME) as client:
        strange, own = ({"Authorization": f"Bearer {key}"} for key in ("sk-wrong", store.new_token("ada")))
        for headers in ({}, strange):
            refused = client.post("/v1/chat/completions", json=chat(QUESTION), headers=headers)
            assert refused.status_code == 401
            assert refused.json()["error"]["code"] == "invalid_api_key"
        assert client.post("/v1/chat/completions", json=chat(QUESTION), headers=own).status_code == 200
        late = client.post("/v1/chat/completions", json=chat(QUESTION), headers=own)
        assert (late.status_code, late.json()["error"]["code"]) == (429, "rate_limit_exceeded")
        assert int(late.headers["Retry-After"]) > 0
        counted = measured(client.get("/metrics", headers=own).text)
        assert (counted["citewell_questions_total:answered"], counted["citewell_questions_total:limited"]) == (1, 1)
        other = client.post("/v1/chat/completions", json=chat(QUESTION), headers={"Origin": "https://evil.example"})
        assert (other.status_code, other.json()["error"]["type"]) == (403, "permission_error")
