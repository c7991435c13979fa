"""What programs send and get: the shapes of the HTTP interface, and of the tools of the MCP server."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from citewell import answer
from citewell.answer import Turn
from citewell.index.catalogue import DocumentSummary, StoredDocument
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS
from citewell.web.documents.maintainer import Rebuild
from citewell.web.problems import described

# What the command line allows at once, and what a follow-up can make use of.
MOST_PASSAGES = 1000
_MOST_NAMES = 1000
# No system has longer names than 255 bytes, or longer paths than 4,096.
MOST_NAME = 1024
# All that was said before, in letters that JSON writes with six characters each, and a long list of names.
MOST_BYTES = 400_000

Top = Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="How many passages, at most.")]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Shape):
    """Something said before the question: by whom, and what."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MOST_CHARACTERS)


History = Annotated[list[Said], Field(max_length=MOST_TURNS, description="What was said before, oldest first.")]


_Name = Annotated[str, Field(max_length=MOST_NAME)]


class Scope(_Shape):
    """Which documents may answer: those named, and those under the folders named; without any, all."""

    documents: list[_Name] = Field(default=[], max_length=_MOST_NAMES, description="Paths, as /api/documents has them.")
    folders: list[_Name] = Field(default=[], max_length=_MOST_NAMES, description="Folders of those paths.")

    def admitted(self) -> answer.Scope:
        """Return it as the assistant takes it."""
        return answer.Scope(tuple(self.documents), tuple(self.folders))


class Question(_Shape):
    """A question, what was said before it, how many passages are wanted, and where to look."""

    question: str = Field(description="What is asked.")
    history: History = []
    top: Top = 5
    scope: Scope = Scope()

    def turns(self) -> tuple[Turn, ...]:
        """Return what was said before, as the assistant takes it."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class Range(_Shape):
    """A range `[start, end)` of a document's text, in Unicode code points."""

    start: int
    end: int


class Listed(_Shape):
    """A document without its text. `digest` is the SHA-256 of the file that was indexed."""

    path: str
    title: str
    digest: str

    @classmethod
    def of(cls, document: DocumentSummary) -> Self:
        """Return a document of the index so."""
        return cls(path=document.path, title=document.title, digest=document.digest)


class Documents(_Shape):
    """All that the index holds, in order of the paths."""

    snapshot: str
    documents: list[Listed]


class Heading(Range):
    """Where a heading stands, and its words without their markup, after those of the headings above it."""

    path: list[str]


class Document(Listed):
    """A document as it was indexed; `start` and `end` of quotations count the code points of `text`."""

    snapshot: str
    text: str
    headings: list[Heading]

    @classmethod
    def read(cls, document: StoredDocument, snapshot: str) -> Self:
        """Return a document of a snapshot so."""
        return cls(
            path=document.path,
            title=document.title,
            digest=document.digest,
            snapshot=snapshot,
            text=document.text,
            headings=[
                Heading(start=each.span.start, end=each.span.end, path=list(each.path)) for each in document.headings
            ],
        )


class Put(Listed):
    """A document that was put into the corpus, and how many sections of text were found in it."""

    sections: int


class Removed(_Shape):
    """A document that was taken out of the corpus, and where the server keeps it."""

    path: str
    kept: str


class State(_Shape):
    """How the server is; `snapshot` is the one in use, where that was looked at."""

    status: Literal["up", "ready"]
    snapshot: str | None = None


class Fault(_Shape):
    """What went wrong; `command` fixes it, `hint` says in words what to do. `mend` is both in one line, for older programs."""

    message: str
    command: str | None = None
    hint: str | None = None
    mend: str | None = None


class Stage(_Shape):
    """A stage of a rebuild: how many of its steps are done."""

    name: str
    done: int
    total: int


class RebuildState(_Shape):
    """How a rebuild goes. `report` is what `citewell index --json` prints; `fault` says why there is none."""

    status: Literal["none", "running", "done", "up to date", "held back", "failed", "cancelled"]
    stages: list[Stage] = []
    report: dict[str, Any] | None = None
    fault: Fault | None = None

    @classmethod
    def of(cls, rebuild: Rebuild | None) -> Self:
        """Return a rebuild so."""
        if rebuild is None:
            return cls(status="none")
        error = rebuild.error
        return cls(
            status="running" if rebuild.running else rebuild.outcome,
            stages=[Stage(name=name, done=done, total=total) for name, (done, total) in rebuild.stages.items()],
            report=rebuild.report.to_json() if rebuild.report else None,
            fault=Fault.model_validate(described(error.message, error.command, error.hint)) if error else None,
        )
