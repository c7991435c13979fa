"""What programs can ask for, whether over HTTP or as tools of an MCP server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from citewell import answer
from citewell.errors import IndexDamagedError, UsageError
from citewell.manifest import Manifest, file_faults
from citewell.web.measuring import Desk
from citewell.web.wire import Document, Documents, Listed, Question, State

Result = TypeVar("Result")

# Everyone may ask whether the server is ready; that must not cost an answer each time.
_ANSWERED_SECONDS = 10
# What each file is known by, short of reading it: its size and when it was written; None where it is not there.
_Seen = dict[str, tuple[int, int] | None]


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
        self._sound: tuple[str, _Seen] | None = None
        self._asked = 0.0

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
        return await self.desk.ask(asked.question, tell, top=asked.top, scope=scope, history=asked.turns())

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
                raise NotHeldError(f"the index holds no document {path!r}", mend="citewell status")
            return tell(Document.read(snapshot.catalogue.document(path), snapshot.manifest.name))

        return await self.desk.read(read)

    def ready(self) -> State:
        """Answer a question, to see that questions can be answered, and look at the files of the snapshot. It blocks.

        Raises:
            CitewellError: The index is missing or damaged, or cannot be used with this encoder and these settings.
        """
        manifest = self._assistant.snapshot.manifest
        if self._check_files(manifest) or time.monotonic() > self._asked + _ANSWERED_SECONDS:
            self._assistant.ask("What is this about?", top=1)
            self._asked = time.monotonic()
        return State(status="ready", snapshot=manifest.name)

    def _check_files(self, manifest: Manifest) -> bool:
        """Refuse a snapshot whose files are not what they were; they are read again only if they have been touched.

        Returns:
            Whether they were read again.
        """
        folder = self._assistant.index.snapshots / manifest.name
        seen: _Seen = {}
        for name in manifest.files:
            file = folder / name
            found = file.stat() if file.is_file() else None
            seen[name] = (found.st_size, found.st_mtime_ns) if found else None
        if self._sound == (manifest.name, seen):
            return False
        for faulty, reason in file_faults(folder, manifest):
            mend = self._assistant.index.mend(manifest.corpus)
            raise IndexDamagedError(f"{faulty} {reason}", mend=mend)
        self._sound = (manifest.name, seen)
        return True
