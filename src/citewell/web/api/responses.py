"""What the API may answer besides what was asked for, as /openapi.json describes it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from citewell.web.api.schema import Fault

DocumentPath = Annotated[str, Path(description="As the list of documents has it.")]
UNUSABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": Fault, "description": "The index cannot be used, or too much is asked."}
}
NOT_HELD: dict[int | str, dict[str, Any]] = {404: {"model": Fault, "description": "The index holds no such document."}}
NO_QUESTION: dict[int | str, dict[str, Any]] = {
    422: {
        "model": Fault,
        "description": "What was sent is not what is described here, or names what the index does not hold.",
    }
}
READ: dict[int | str, dict[str, Any]] = UNUSABLE | {
    429: {"model": Fault, "description": "This account or address has asked too much."}
}
ASKED: dict[int | str, dict[str, Any]] = NO_QUESTION | READ
ONLY_MAINTAINERS: dict[int | str, dict[str, Any]] = {403: {"model": Fault, "description": "Only maintainers may."}}
NO_DOCUMENT: dict[int | str, dict[str, Any]] = (
    NO_QUESTION
    | ONLY_MAINTAINERS
    | {
        409: {"model": Fault, "description": "There is a document of this name already."},
        413: {"model": Fault, "description": "The document is too long."},
    }
)
