"""What programs can ask for, whether over HTTP or as tools of an MCP server. All of it blocks, so call it from a thread."""

from __future__ import annotations

import time

from citewell import answer
from citewell.errors import UsageError
from citewell.index import Snapshot
from citewell.web.measuring import Desk
from citewell.web.wire import Document, Documents, Listed, Question, State

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

    def ask(self, asked: Question) -> answer.Answer:
        """Answer a question.

        Raises:
            UsageError: The question is no question, or the scope names what the index does not hold.
            BusyError: Too many others wait for an answer.
            IndexFaultError: The index cannot be used.
        """
        scope = asked.scope.admitted()
        if scope:
            self._assistant.check_scope(scope)
        return self.desk.ask(asked.question, top=asked.top, scope=scope, history=asked.turns())

    def documents(self) -> Documents:
        """List what the index holds.

        Raises:
            IndexFaultError: The index cannot be used.
        """
        snapshot = self._assistant.snapshot
        held = [Listed.of(document) for document in snapshot.catalogue.documents()]
        return Documents(snapshot=snapshot.manifest.name, documents=held)

    def document(self, path: str) -> Document:
        """Return a document as it was indexed. The index alone is looked at: no path reaches the disk.

        Raises:
            NotHeldError: The index holds no document at this path.
            IndexFaultError: The index cannot be used.
        """
        snapshot = self._assistant.snapshot
        if not snapshot.catalogue.documents([path]):
            raise NotHeldError(f"the index holds no document {path!r}", mend="citewell status")
        return Document.read(snapshot.catalogue.document(path), snapshot.manifest.name)

    def ready(self) -> State:
        """Say that questions can be answered, after answering one where that was not done lately.

        Raises:
            CitewellError: The index is missing or damaged, or cannot be used with this encoder and these settings.
        """
        snapshot = self._assistant.snapshot
        asked, when = self._asked
        if asked is not snapshot or time.monotonic() > when + _ANSWERED_SECONDS:
            self._assistant.ask("What is this about?", top=1)
            self._asked = (snapshot, time.monotonic())
        return State(status="ready", snapshot=snapshot.manifest.name)
