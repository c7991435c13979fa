"""The data that programs send and receive over the HTTP API and MCP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from citewell import answer
from citewell import document as nouns
from citewell.answer import Turn
from citewell.corpus.curating import Placed
from citewell.found import Sort
from citewell.index.stored import DocumentSummary, StoredDocument
from citewell.search import quoting
from citewell.search.filtering import MOST_FILTERS, parse_filters
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS
from citewell.web.documents.rebuilds import Rebuild
from citewell.web.problems import described

# The limits of the command line.
MOST_PASSAGES = 1000
_MOST_NAMES = 1000
# An explanation answers the question several times.
MOST_EXPLAINED = 100
# File systems allow at most 255 bytes for a name, and usually 4,096 for a path.
MOST_NAME = 1024
# A full history in characters that JSON escapes with six bytes each, and a long list of names.
MOST_BYTES = 400_000

# No list is longer, and numpy counts in 64 bits.
MOST_PAGE = 1 << 40

QUERY = 'Words, "phrases", word* (any ending), -word (not in the paragraph).'
FILTERS = (
    'Facts of the documents to search, such as author:"Ann Lee", after:2023 or -tag:draft: one of each name, and none of those'
    " with a hyphen. They can stand in the question, too. /api/documents lists the facts of each document."
)
WORDS = "Whether the other names in citewell-words.txt are searched for, too; `widened` shows them."
Top = Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="The maximum number of passages.")]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Shape):
    """A turn before the question."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MOST_CHARACTERS)


History = Annotated[list[Said], Field(max_length=MOST_TURNS, description="The earlier turns, oldest first.")]


_Name = Annotated[str, Field(max_length=MOST_NAME)]
At = Annotated[_Name | None, Field(description="FILE, FILE:START or FILE:START-END, in code points of its text.")]
Quote = Annotated[
    str | None,
    Field(
        max_length=quoting.MOST_CHARACTERS,
        description="A quotation instead of a position; with a file, of that file.",
    ),
]


class Scope(_Shape):
    """The documents to search: the named documents, and those in the named folders, that pass the filters; all if empty."""

    documents: list[_Name] = Field(default=[], max_length=_MOST_NAMES, description="Paths, as in /api/documents.")
    folders: list[_Name] = Field(default=[], max_length=_MOST_NAMES, description="Folders of such paths.")
    filters: list[_Name] = Field(default=[], max_length=MOST_FILTERS, description=FILTERS)

    def admitted(self) -> answer.Scope:
        """Return the scope in the form that the assistant takes.

        Raises:
            UsageError: One of the filters is none.
        """
        return answer.Scope(tuple(self.documents), tuple(self.folders), parse_filters(self.filters))


class Question(_Shape):
    """A question, the earlier turns, the number of passages, and the documents to search."""

    question: str = Field(description="The question.")
    history: History = []
    top: Top = 5
    scope: Scope = Scope()
    correct: bool = Field(default=True, description="Whether typos are corrected.")
    words: bool = Field(default=True, description=WORDS)

    def turns(self) -> tuple[Turn, ...]:
        """Return the earlier turns in the form that the assistant takes."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class Expected(Question):
    """A question, and the place that was expected in its answer."""

    top: Annotated[int, Field(ge=1, le=MOST_EXPLAINED, description="The number of passages in the answer.")] = 5
    at: At = None
    quote: Quote = None


class Search(_Shape):
    """Words to find, the documents to search, and which page of the places to return."""

    query: str = Field(description=QUERY)
    document: list[_Name] = Field(default=[], max_length=_MOST_NAMES, description="Find only in these documents.")
    folder: list[_Name] = Field(default=[], max_length=_MOST_NAMES, description="Find only in these folders.")
    filter: list[_Name] = Field(default=[], max_length=MOST_FILTERS, description=FILTERS)
    sort: Sort = Field(default="place", description="The order of the places.")
    page: int = Field(default=1, ge=1, le=MOST_PAGE, description="Which page of the places, from 1.")
    per_page: int = Field(default=20, ge=1, le=MOST_PASSAGES, description="How many places a page has.")

    def scope(self) -> answer.Scope:
        """Return the documents to search.

        Raises:
            UsageError: One of the filters is none.
        """
        return answer.Scope(tuple(self.document), tuple(self.folder), parse_filters(self.filter))


class LikeRequest(_Shape):
    """A passage that others should be like."""

    at: _Name | None = Field(default=None, description="FILE:START or FILE:START-END, in code points of its text.")
    quote: Quote = None
    top: Top = 5
    scope: Scope = Scope()


class Range(_Shape):
    """A range `[start, end)` of a document's text, in Unicode code points."""

    start: int
    end: int


class Fact(_Shape):
    """Something that is known about a document, and where it comes from."""

    name: str
    value: str
    source: str


class Listed(_Shape):
    """A document without its text. `digest` is the SHA-256 of the file that was indexed."""

    path: str
    title: str
    digest: str
    language: str | None = None
    facts: list[Fact] = []

    @classmethod
    def of(cls, document: DocumentSummary, facts: Iterable[nouns.Fact]) -> Self:
        """Convert a document of the index."""
        return cls(
            path=document.path,
            title=document.title,
            digest=document.digest,
            language=document.language,
            facts=_facts(facts),
        )


class Documents(_Shape):
    """All documents of the index, sorted by path, and questions that it answers well."""

    snapshot: str
    examples: list[str]
    documents: list[Listed]


class DocumentsPage(_Shape):
    """One page of the documents of the index, sorted by path; `total` counts all of them."""

    snapshot: str
    total: int
    page: int
    per_page: int
    documents: list[Listed]


class Heading(Range):
    """The place of a heading, and its text without markup, preceded by those of the headings above it."""

    path: list[str]


class Document(Listed):
    """A document as indexed; `start` and `end` of quotations count the code points of `text`."""

    snapshot: str
    text: str
    headings: list[Heading]

    @classmethod
    def read(cls, document: StoredDocument, facts: Iterable[nouns.Fact], snapshot: str) -> Self:
        """Convert a document of a snapshot."""
        return cls(
            path=document.path,
            title=document.title,
            digest=document.digest,
            language=document.language,
            facts=_facts(facts),
            snapshot=snapshot,
            text=document.text,
            headings=[
                Heading(start=each.span.start, end=each.span.end, path=list(each.path)) for each in document.headings
            ],
        )


def _facts(facts: Iterable[nouns.Fact]) -> list[Fact]:
    return [Fact(name=each.name, value=each.value, source=each.source) for each in facts]


class Put(_Shape):
    """A document that was added to the corpus, and its number of sections; ``unchanged`` if it was there already."""

    path: str
    title: str
    digest: str
    sections: int
    unchanged: bool = False

    @classmethod
    def of(cls, placed: Placed) -> Self:
        """Convert a document that was put into the corpus."""
        each = placed.document
        return cls(
            path=each.path, title=each.title, digest=each.digest, sections=each.sections, unchanged=placed.unchanged
        )


class Removed(_Shape):
    """A document that was removed from the corpus, and where the server keeps it."""

    path: str
    kept: str


class State(_Shape):
    """The state of the server; `snapshot` is the current one, if it was checked."""

    status: Literal["up", "ready"]
    snapshot: str | None = None


class Fault(_Shape):
    """An error; `command` fixes it, `hint` describes the fix in words. `mend` is both in one line, for older clients."""

    message: str
    command: str | None = None
    hint: str | None = None
    mend: str | None = None


_CONFIRM = "POST with ?confirm=true removes them"


class Stage(_Shape):
    """A stage of a rebuild, with the number of steps done."""

    name: str
    done: int
    total: int


class RebuildState(_Shape):
    """The state of a rebuild. `report` has the format of `citewell index --json`; `fault` is the error of a failed rebuild.

    `lost` are the documents that a rebuild was held back for.
    """

    status: Literal["none", "running", "done", "up to date", "held back", "failed", "cancelled"]
    stages: list[Stage] = []
    report: dict[str, Any] | None = None
    fault: Fault | None = None
    lost: list[str] = []

    @classmethod
    def of(cls, rebuild: Rebuild | None) -> Self:
        """Return the state of a rebuild."""
        if rebuild is None:
            return cls(status="none")
        error, held_back = rebuild.error, rebuild.held_back
        hint = _CONFIRM if held_back else (error.hint if error else None)
        return cls(
            status="running" if rebuild.running else rebuild.outcome,
            stages=[Stage(name=name, done=done, total=total) for name, (done, total) in rebuild.stages.items()],
            report=rebuild.report.to_json() if rebuild.report else None,
            lost=list(held_back.lost) if held_back else [],
            fault=Fault.model_validate(described(error.message, error.command, hint)) if error else None,
        )
