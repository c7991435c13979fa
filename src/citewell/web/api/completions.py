"""The API in the form of OpenAI's chat completions: one model, which answers with quotations and nothing else."""

from __future__ import annotations

import json
import time
import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from citewell.answer import Answer
from citewell.web.api.quotations import first_quotation, quoted
from citewell.web.api.schema import Question, Said, Scope, Top
from citewell.web.api.service import Programs
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS

PATH = "/v1/chat/completions"
MODEL = "citewell"


def _none(value: object) -> object:
    """Reject what changes the form of an answer in a way that quotations cannot have."""
    if value:
        raise PydanticCustomError("unsupported", "not supported; answers are quotations in one text")
    return value


_Unsupported = Annotated[Any, AfterValidator(_none)]


class _Ignoring(BaseModel):
    # Clients send options for sampling, which mean nothing where nothing is sampled.
    model_config = ConfigDict(frozen=True, extra="ignore")


class TextPart(_Ignoring):
    """A part of a message; only text is read."""

    type: Literal["text"]
    text: str


def _as_parts(content: object) -> object:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [] if content is None else content


class Message(_Ignoring):
    """A message of the conversation. Those of ``system`` and ``developer`` are ignored: nothing could follow instructions."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[
        list[TextPart], BeforeValidator(_as_parts, json_schema_input_type=str | list[TextPart] | None)
    ] = []

    @property
    def text(self) -> str:
        """The text of the message."""
        return "\n".join(part.text for part in self.content)


class ResponseFormat(_Ignoring):
    """The form of the answer; only text can be quoted."""

    type: Literal["text"] = "text"


class StreamOptions(_Ignoring):
    """Options of a stream."""

    include_usage: bool | None = None


class ChatRequest(_Ignoring):
    """A conversation, whose last message of the user is the question.

    ``top`` and ``scope`` are Citewell's own. Options for sampling are ignored.
    """

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    response_format: ResponseFormat | None = None
    tools: _Unsupported = None
    functions: _Unsupported = None
    logprobs: _Unsupported = None
    audio: _Unsupported = None
    top: Top = 5
    scope: Scope = Scope()

    def question(self) -> Question:
        """Return the last message of the user as a question, and what was said before as its history.

        Raises:
            HTTPException: There is no message of a user.
        """
        said = [each for each in self.messages if each.role in {"user", "assistant"}]
        asked = [nth for nth, each in enumerate(said) if each.role == "user"]
        if not asked:
            raise HTTPException(400, "messages: there is no message of the role user")
        earlier = [turn for each in said[: asked[-1]] if (turn := _turn(each))]
        return Question(question=said[asked[-1]].text, history=earlier[-MOST_TURNS:], top=self.top, scope=self.scope)


def _turn(message: Message) -> Said | None:
    """Return an earlier message as a turn; of an answer, its first quotation."""
    if message.role == "user":
        return Said(role="user", content=message.text[:MOST_CHARACTERS])
    text = first_quotation(message.text)
    return Said(role="assistant", content=text[:MOST_CHARACTERS]) if text else None


class Reply(BaseModel):
    """The message of an answer: numbered quotations with their citations, or one sentence of refusal, in Markdown."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The only choice."""

    index: int = 0
    message: Reply
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Tokens of a language model: none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class ChatCompletion(BaseModel):
    """An answer. ``citewell`` is the answer of `/api/ask`; the quotation [1] is from its passage with the rank 1."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage = Usage()
    citewell: Answer


class Model(BaseModel):
    """A model."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class Models(BaseModel):
    """The list of models."""

    object: Literal["list"] = "list"
    data: list[Model] = [Model()]


class ChatErrorDetail(BaseModel):
    """What was wrong, and with which field."""

    message: str
    type: str
    param: str | None
    code: str | None


class ChatError(BaseModel):
    """An error."""

    error: ChatErrorDetail


_ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": ChatError, "description": "The request failed."}}
_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


def completion_routes(programs: Programs) -> APIRouter:
    """Create the routes in the form of OpenAI's.

    Args:
        programs: The service that answers requests.
    """
    router = APIRouter(prefix="/v1", responses=_ERRORS)

    @router.post(
        "/chat/completions",
        summary="Ask, in the form of OpenAI's API",
        response_model=ChatCompletion,
        responses=_STREAM,
    )
    async def complete(request: ChatRequest) -> Response:
        """Answer the last message of the user with numbered quotations, or with one sentence of refusal.

        With `stream`, the answer is server-sent events, one for each quotation. Limits count it as `/api/ask`.
        """
        _check_model(request.model)
        if request.stream:
            usage = bool(request.stream_options and request.stream_options.include_usage)
            return await programs.ask(request.question(), lambda answer: _streamed(answer, usage=usage))
        return await programs.ask(request.question(), _whole)

    @router.get("/models", summary="List the models: one")
    async def models() -> Models:
        """Return the list of models, with `citewell` in it."""
        return Models()

    @router.get("/models/{model}", summary="Get the model")
    async def model(model: str) -> Model:
        """Return the model."""
        _check_model(model)
        return Model()

    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(rest: str) -> None:
        raise HTTPException(404, f"/v1/{rest} does not support this method or does not exist; see /openapi.json")

    return router


def _check_model(name: str) -> None:
    """Check the name of a model.

    Raises:
        HTTPException: There is no such model.
    """
    if name != MODEL:
        raise HTTPException(404, f"the model {name[:100]!r} does not exist; there is {MODEL!r}")


def _whole(answer: Answer) -> Response:
    content = "\n\n".join(quoted(answer))
    shape = ChatCompletion(
        id=_new_id(), created=int(time.time()), choices=[Choice(message=Reply(content=content))], citewell=answer
    )
    return Response(shape.model_dump_json(), media_type="application/json")


def _streamed(answer: Answer, *, usage: bool) -> Response:
    """Return an answer as events. It is whole before the first is sent, so that they need not be sent one by one."""
    frame = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}
    first, *rest = quoted(answer)
    pieces = [first, *(f"\n\n{piece}" for piece in rest)]
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    events: list[dict[str, Any]] = [frame | {"choices": [_choice(delta)]} for delta in deltas]
    events.append(frame | {"choices": [_choice({}, "stop")], "citewell": answer.to_json()})
    if usage:
        events.append(frame | {"choices": [], "usage": Usage().model_dump()})
    lines = [*map(json.dumps, events), "[DONE]"]
    return Response("".join(f"data: {line}\n\n" for line in lines), media_type="text/event-stream")


def _choice(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
