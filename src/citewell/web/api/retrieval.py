"""The API in the form of Dify's external knowledge: passages for a question, with filters on the facts of documents.

https://docs.dify.ai/en/use-dify/knowledge/external-knowledge-api
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from citewell.answer import Answer, Filter
from citewell.errors import UsageError
from citewell.integrations.metadata import metadata_of
from citewell.search.filtering import MOST_FILTERS
from citewell.text.fact_names import FOLDER, fact_name
from citewell.web.api.schema import MOST_PASSAGES, Question, Scope
from citewell.web.api.service import Programs

PATH = "/retrieval"
# There is one index, so there is one knowledge.
KNOWLEDGE = "citewell"
# The sign of the filter that means the same.
_COMPARED = {"is": "", "=": "", "in": "", "is not": "-", "≠": "-", "not in": "-"}
_HOLDING = {"contains": "", "not contains": "-"}
# A document has several tags, and is found by some words of its author or title.
_PARTLY = frozenset({"author", "tag", "title"})
_DATED = {"before": "before", "<": "before", "≤": "until", "after": "after", ">": "after", "≥": "since"}
_SUPPORTED = (
    "there are is, is not, in and not in; for author, tag and title contains and not contains; for date before, after, "
    "<, >, ≤ and ≥"
)
# No value of a fact is longer.
_Value = Annotated[str, Field(max_length=300)]
_Name = Annotated[str, Field(max_length=100)]


class _Ignoring(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RetrievalSetting(_Ignoring):
    """How many records there may be, and how relevant they have to be, from 0 to 1."""

    top_k: int = Field(ge=1, le=MOST_PASSAGES)
    score_threshold: float | None = 0.0


class Condition(_Ignoring):
    """A condition on a fact of the documents."""

    name: _Name | list[_Name]
    comparison_operator: _Name
    value: _Value | int | float | list[_Value] | None = None


class MetadataCondition(_Ignoring):
    """Conditions on the facts of the documents."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[Condition] | None = Field(default=[], max_length=MOST_FILTERS)


class Retrieval(_Ignoring):
    """A question to a knowledge, of which there is one: ``citewell``."""

    knowledge_id: str
    query: str
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class Record(BaseModel):
    """A passage, word for word as in its document."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


class Records(BaseModel):
    """The passages that answer, the best first; none if the documents do not cover the question."""

    records: list[Record]


class RetrievalError(BaseModel):
    """An error. The codes 1001 and 1002 are a missing and a wrong key, 2001 another knowledge; else it is the status."""

    error_code: int
    error_msg: str


_ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": RetrievalError, "description": "The request failed."}}


def retrieval_routes(programs: Programs) -> APIRouter:
    """Create the route in the form of Dify's.

    Args:
        programs: The service that answers requests.
    """
    router = APIRouter(responses=_ERRORS)

    @router.post(PATH, summary="Retrieve passages, in the form of Dify's external knowledge", response_model=Records)
    async def retrieve(request: Retrieval) -> Response:
        """Return the passages that answer a question; none if the documents do not cover it. Limits count it as `/api/ask`."""
        if request.knowledge_id != KNOWLEDGE:
            raise HTTPException(404, f"the knowledge {request.knowledge_id[:100]!r} does not exist; use {KNOWLEDGE!r}")
        setting = request.retrieval_setting
        question = Question(
            question=request.query,
            top=setting.top_k,
            scope=Scope(filters=filters_of(request.metadata_condition)),
        )
        return await programs.ask(question, lambda answer: _records(answer, setting.score_threshold or 0.0))

    return router


def filters_of(condition: MetadataCondition | None) -> list[str]:
    """Return conditions as filters.

    Args:
        condition: The conditions; None is none.

    Raises:
        UsageError: Filters cannot say this.
    """
    groups = [_filters(each) for each in (condition.conditions if condition else None) or ()]
    if condition and len(groups) > 1:
        _check_joined(groups, together=condition.logical_operator != "or")
    filters = [str(each) for group in groups for each in group]
    if len(filters) > MOST_FILTERS:
        raise UsageError(f"there are {len(filters):,} values in conditions; at most {MOST_FILTERS} are allowed")
    return filters


def _check_joined(groups: list[list[Filter]], *, together: bool) -> None:
    """Check that filters say what several conditions say: those of one name are alternatives, those of several must all hold.

    Raises:
        UsageError: They do not.
    """
    names = [group[0].name for group in groups]
    wanted = [group[0].name for group in groups if not group[0].excluded]
    if together and len(set(wanted)) < len(wanted):
        raise UsageError("two conditions on one name cannot be joined by and", hint="join them by or, or use in")
    if not together and (len(set(names)) > 1 or len(wanted) < len(names)):
        raise UsageError("conditions joined by or must be on one name, and exclude nothing")


def _filters(condition: Condition) -> list[Filter]:
    """Return one condition as filters of one name.

    Raises:
        UsageError: No filter is like it.
    """
    names = {_fact(each) for each in ([condition.name] if isinstance(condition.name, str) else condition.name)}
    given = condition.value if isinstance(condition.value, list) else [condition.value]
    values = [str(each) for each in given if each is not None and str(each).strip()]
    operator, name = condition.comparison_operator, "".join(names)
    if len(names) != 1 or not values:
        raise UsageError(f"the condition {operator!r} needs one name and a value")
    if name == "date" and operator in _DATED:
        return [Filter(name=_DATED[operator], value=values[0])]
    sign = (_COMPARED | _HOLDING if name in _PARTLY else _COMPARED).get(operator)
    if sign is None:
        raise UsageError(f"the condition {operator!r} is not supported for {name!r}", hint=_SUPPORTED)
    return [Filter(name=name, value=each, excluded=sign == "-") for each in values]


def _fact(name: str) -> str:
    return FOLDER if name == "folder" else fact_name(name) or name


def _records(answer: Answer, least: float) -> Response:
    found = [each for each in answer.passages if each.score >= least] if answer.answered else []
    records = [
        Record(content=each.text, score=each.score, title=each.title, metadata=metadata_of(answer, each))
        for each in found
    ]
    return Response(Records(records=records).model_dump_json(), media_type="application/json")
