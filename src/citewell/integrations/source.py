"""Where retrievers get answers from: an index in this process, or a server."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citewell.answer import Answer, FoundPassage, Scope
from citewell.errors import CitewellError, UsageError
from citewell.search.filtering import parse_filters

if TYPE_CHECKING:
    from citewell.assistant import Assistant

TOKEN = "CITEWELL_TOKEN"  # noqa: S105 - the name of a variable
# A server that is busy answers at once that it is.
_SECONDS = 60


@dataclass(frozen=True)
class Source:
    """Asks an index in this process, or a server; exactly one of them. Thread-safe.

    Args:
        index: The folder of an index.
        url: The address of a server, such as ``http://127.0.0.1:7860``.
        token: The token for the server; None is that of the variable CITEWELL_TOKEN, if there is one.
        documents: Search only these documents.
        folders: Search only these folders.
        filters: Search only documents with these facts, such as ``author:Lee``.

    Raises:
        UsageError: There are both, or neither, or the address is none of HTTP.
    """

    index: str | Path | None = None
    url: str | None = None
    token: str | None = None
    documents: Sequence[str] = ()
    folders: Sequence[str] = ()
    filters: Sequence[str] = ()

    def __post_init__(self) -> None:
        if (self.index is None) == (self.url is None):
            raise UsageError("a retriever needs either the folder of an index or the address of a server")
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise UsageError(f"{self.url!r} is no address of a server", hint="write http://127.0.0.1:7860")

    def retrieve(self, question: str, top: int, *, nearest: bool = False) -> tuple[Answer, Sequence[FoundPassage]]:
        """Ask a question, and return the answer with the passages that answer it, the best first.

        Args:
            question: The question.
            top: The maximum number of passages.
            nearest: Whether the nearest passages are returned if the documents do not cover the question; else none are.

        Raises:
            UsageError: The question is invalid, or the scope names something that is not in the index.
            CitewellError: The index cannot be used, or the server cannot be reached or refuses.
        """
        answer = self._ask_server(question, top) if self.url else self._ask_index(question, top)
        return answer, answer.passages if answer.answered or nearest else ()

    @cached_property
    def _assistant(self) -> Assistant:
        # Importing it takes a second, which those who ask a server need not wait for.
        from citewell.assistant import Assistant
        from citewell.index.opening import open_index

        return Assistant(open_index(str(self.index or "")))

    @cached_property
    def _scope(self) -> Scope:
        return Scope(tuple(self.documents), tuple(self.folders), parse_filters(self.filters))

    def _ask_index(self, question: str, top: int) -> Answer:
        self._assistant.check_question(question)
        view = self._assistant.view()
        view.check_scope(self._scope)
        return view.ask(question, top=top, scope=self._scope)

    def _ask_server(self, question: str, top: int) -> Answer:
        scope = {"documents": [*self.documents], "folders": [*self.folders], "filters": [*self.filters]}
        token = self.token or os.environ.get(TOKEN)
        request = urllib.request.Request(  # noqa: S310 - only HTTP, see above
            f"{str(self.url).rstrip('/')}/api/ask",
            json.dumps({"question": question, "top": top, "scope": scope}).encode(),
            {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - only HTTP, see above
                return Answer.model_validate_json(response.read())
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except OSError as error:
            raise CitewellError(f"the server at {self.url} cannot be reached: {error}") from error


def _refused(error: urllib.error.HTTPError) -> CitewellError:
    """Return what a server says why it refuses; a proxy before it may say something else."""
    try:
        said: dict[str, Any] = json.loads(error.read())
        message = str(said["message"])
    except (ValueError, KeyError, TypeError):
        return CitewellError(f"the server answered {error.code} {error.reason}")
    kind = UsageError if error.code == 422 else CitewellError
    return kind(message, command=said.get("command"), hint=said.get("hint"))
