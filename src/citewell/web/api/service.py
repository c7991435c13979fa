"""What programs can ask for, whether over HTTP or as tools of an MCP server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from citewell import answer
from citewell.errors import UsageError
from citewell.index.folder import Snapshot
from citewell.web.api.schema import Document, Documents, Listed, Question, State
from citewell.web.desk import Desk

Result = TypeVar("Result")

# Everyone may ask whether the server is ready; that must not cost an answer each time.
_ANSWERED_SECONDS = 10


class NotHeldError(UsageError):
    """The index holds no such document."""


class Programs:
    """Answers, documents, and whether there can be any. Safe to share between threads.

    Args:
        desk: Where questions are taken.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._assistant = desk.assistant
        self._asked: tuple[Snapshot | None, float] = (None, 0.0)

    async def ask(self, asked: Question, tell: Callable[[answer.Answer], Result]) -> Result:
        """Answer a question.

        Args:
            asked: The question.
            tell: Makes of the answer what is sent.

        Raises:
            UsageError: The question is no question, or the scope names what the index does not hold.
            BusyError: Too many others wait for an answer.
            TooManyError: This visitor has asked too many.
            IndexFaultError: The index cannot be used.
        """
        scope = asked.scope.admitted()
        return await self.desk.ask(
            asked.question, lambda answer, _: tell(answer), top=asked.top, scope=scope, history=asked.turns()
        )

    async def documents(self, tell: Callable[[Documents], Result]) -> Result:
        """List what the index holds.

        Args:
            tell: Makes of the list what is sent.

        Raises:
            BusyError: Too many others wait for what they read.
            TooManyError: This visitor has read too much.
            IndexFaultError: The index cannot be used.
        """

        def read() -> Result:
            snapshot = self._assistant.snapshot
            held = [Listed.of(document) for document in snapshot.catalogue.documents()]
            return tell(Documents(snapshot=snapshot.manifest.name, documents=held))

        return await self.desk.read(read)

    async def document(self, path: str, tell: Callable[[Document], Result]) -> Result:
        """Return a document as it was indexed. The index alone is looked at: no path reaches the disk.

        Args:
            path: Where it is, as the list of documents has it.
            tell: Makes of the document what is sent.

        Raises:
            NotHeldError: The index holds no document at this path.
            BusyError: Too many others wait for what they read.
            TooManyError: This visitor has read too much.
            IndexFaultError: The index cannot be used.
        """

        def read() -> Result:
            snapshot = self._assistant.snapshot
            if not snapshot.catalogue.documents([path]):
                raise NotHeldError(f"the index holds no document {path!r}", command="citewell status")
            document = snapshot.catalogue.document(path)
            self.desk.weigh(len(document.text))
            return tell(Document.read(document, snapshot.manifest.name))

        return await self.desk.read(read)

    def ready(self) -> State:
        """Say that questions can be answered, after answering one where that was not done lately. It blocks.

        Raises:
            CitewellError: The index is missing or damaged, or cannot be used with this encoder and these settings.
        """
        view = self._assistant.view()
        asked, when = self._asked
        if asked is not view.snapshot or time.monotonic() > when + _ANSWERED_SECONDS:
            view.ask("What is this about?", top=1)
            self._asked = (view.snapshot, time.monotonic())
        return State(status="ready", snapshot=view.manifest.name)
