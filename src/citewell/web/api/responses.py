"""The error responses of the API, as described in /openapi.json."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from citewell.web.api.schema import Fault

DocumentPath = Annotated[str, Path(description="The path, as in the list of documents.")]
UNUSABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": Fault, "description": "The index cannot be used, or the server is busy."}
}
NOT_HELD: dict[int | str, dict[str, Any]] = {404: {"model": Fault, "description": "The index has no such document."}}
NO_QUESTION: dict[int | str, dict[str, Any]] = {
    422: {
        "model": Fault,
        "description": "The request is invalid, or names something that is not in the index.",
    }
}
READ: dict[int | str, dict[str, Any]] = UNUSABLE | {
    429: {"model": Fault, "description": "This account or address has reached its rate limit."}
}
ASKED: dict[int | str, dict[str, Any]] = NO_QUESTION | READ
ONLY_MAINTAINERS: dict[int | str, dict[str, Any]] = {403: {"model": Fault, "description": "Only for maintainers."}}
NO_DOCUMENT: dict[int | str, dict[str, Any]] = (
    NO_QUESTION
    | ONLY_MAINTAINERS
    | {
        409: {"model": Fault, "description": "A document of this name exists already."},
        413: {"model": Fault, "description": "The document is too long."},
    }
)
