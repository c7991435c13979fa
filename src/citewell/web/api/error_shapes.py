"""Errors as the clients of other APIs read them: OpenAI's and Dify's."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

from citewell.errors import fix_in_words

# There, a request that cannot be understood is a bad request.
_UNPROCESSABLE, _BAD = 422, 400
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_MISSING = 404
# Where something that is missing is the model.
_OF_MODELS = ("/v1/chat/completions", "/v1/models/")
_SERVER_ERROR = 500
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}
# Dify's own codes; every other error has its status as its code.
_NO_KEY, _WRONG_KEY, _NO_KNOWLEDGE = 1001, 1002, 2001


def openai_error(scope: Scope, status: int, error: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of an error as OpenAI's API has them.

    Args:
        scope: The request.
        status: The status.
        error: The error, as `problems.described` returns it.
    """
    status = _BAD if status == _UNPROCESSABLE else status
    fallback = "server_error" if status >= _SERVER_ERROR else "invalid_request_error"
    # Where a request is invalid: body, then the field.
    field, code = next(iter(scope.get("state", {}).get("invalid", ())[1:]), None), _CODES.get(status)
    if status == _MISSING and scope["path"].startswith(_OF_MODELS):
        field, code = "model", "model_not_found"
    kind = _TYPES.get(status, fallback)
    return status, {"error": {"message": _message(error), "type": kind, "param": field, "code": code}}


def dify_error(scope: Scope, status: int, error: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of an error as Dify expects them of external knowledge.

    Args:
        scope: The request.
        status: The status.
        error: The error, as `problems.described` returns it.
    """
    code = status
    if status == _UNAUTHORIZED:
        kind, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
        # Dify takes only this status for a wrong key.
        status, code = _FORBIDDEN, _WRONG_KEY if kind.lower() == "bearer" and key.strip() else _NO_KEY
    elif status == _MISSING:
        code = _NO_KNOWLEDGE
    return status, {"error_code": code, "error_msg": _message(error)}


def _message(error: dict[str, Any]) -> str:
    fix = fix_in_words(error["command"], error["hint"])
    return f"{error['message']}; {fix}" if fix else str(error["message"])
