"""The API for language models: an MCP server with tools to ask, to find, and to read documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.applications import Starlette

from citewell._version import __version__
from citewell.answer import Answer
from citewell.errors import CitewellError, UsageError
from citewell.found import Found, Sort
from citewell.index.lexical_reader import is_panic
from citewell.search.explanation import Explanation
from citewell.web import logs
from citewell.web.api.mcp_calls import PATH
from citewell.web.api.schema import (
    MOST_NAME,
    MOST_PAGE,
    QUERY,
    WORDS,
    At,
    Document,
    DocumentsPage,
    Expected,
    History,
    Question,
    Quote,
    Scope,
    Search,
    Top,
)
from citewell.web.api.service import Programs
from citewell.web.faults import public_error

_INSTRUCTIONS = (
    "Answers questions about a collection of documents with word-for-word quotations, and reports if they do not cover "
    "a question. Quote them unchanged, with document, start and end. `find` lists every place of some words,"
    " `list_documents` all documents."
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)
_ALL = Scope()
# The most places of a page, and documents of the list.
_MOST_PLACES = 100


def create_tools(programs: Programs) -> MCPServer:
    """Create the MCP server.

    Args:
        programs: The service that answers requests.
    """
    server = MCPServer(
        "citewell",
        title="Citewell",
        version=__version__,
        instructions=_INSTRUCTIONS,
        subscriptions=False,
        log_level="WARNING",
    )
    _add_asking(server, programs)
    _add_reading(server, programs)
    return server


def _add_asking(server: MCPServer, programs: Programs) -> None:
    @server.tool(title="Ask the documents", annotations=_READS)
    async def ask(
        question: Annotated[str, Field(description="The question, worded as in the documents if possible.")],
        history: History = [],  # noqa: B006 - never mutated
        top: Top = 5,
        scope: Scope = _ALL,
        correct: Annotated[bool, Field(description="Whether typos are corrected.")] = True,  # noqa: FBT002
        words: Annotated[bool, Field(description=WORDS)] = True,  # noqa: FBT002
    ) -> Answer:
        """Answer a question with quotations from the documents, the best first.

        If `answered` is false, the documents do not seem to cover the question, and the passages are only the nearest ones;
        `missing` are names, numbers or codes that it turns on and the documents lack; `unknown` are other words of it that no
        document has. `parts` are those of a question that asks for several things, each with the ranks of its passages, or not
        answered. `lead` are the sentences that answer, by the
        `rank` of their passage, their place in its document and their text. The `highlights` of a passage mark its answering
        part.
        """
        with _tool_errors():
            request = Question(question=question, history=history, top=top, scope=scope, correct=correct, words=words)
            return await programs.ask(request, lambda answer: answer)

    @server.tool(title="Explain why a place is not in an answer", annotations=_READS)
    async def why(
        question: Annotated[str, Field(description="The question, as it was asked.")],
        at: At = None,
        quote: Quote = None,
        history: History = [],  # noqa: B006 - never mutated
        scope: Scope = _ALL,
    ) -> Explanation:
        """Return the first reason why a place of the documents is not in the answer to a question, and what changes it."""
        with _tool_errors():
            request = Expected(question=question, at=at, quote=quote, history=history, scope=scope)
            return await programs.why(request, lambda explanation: explanation)


def _add_reading(server: MCPServer, programs: Programs) -> None:
    @server.tool(title="Find every place of some words", annotations=_READS)
    async def find(
        query: Annotated[str, Field(description=QUERY)],
        scope: Scope = _ALL,
        sort: Sort = "place",
        page: Annotated[int, Field(ge=1, le=MOST_PAGE, description="Which page of the places, from 1.")] = 1,
        per_page: Annotated[int, Field(ge=1, le=_MOST_PLACES, description="How many places a page has.")] = 20,
    ) -> Found:
        """Find all places of words as they are written (capitals and accents do not count, endings do), and count them.

        Use it to be sure that nothing is missed; use `ask` for a question. `total` and `documents_total` count everything;
        `places` are one page of it. Several words are found where one paragraph has them all.
        """
        with _tool_errors():
            request = Search(
                query=query,
                document=scope.documents,
                folder=scope.folders,
                filter=scope.filters,
                sort=sort,
                page=page,
                per_page=per_page,
            )
            return await programs.find(request, _shortened)

    @server.tool(title="Read a document", annotations=_READS)
    async def read_document(
        document: Annotated[
            str | None, Field(max_length=MOST_NAME, description="The `document` of a passage, or a `path` of the list.")
        ] = None,
        path: Annotated[str | None, Field(max_length=MOST_NAME, description="Another name of `document`.")] = None,
    ) -> Document:
        """Return a whole document as indexed: its text, its title, and the places of its headings."""
        with _tool_errors():
            named = document if document is not None else path
            if named is None:
                raise UsageError("read_document needs the path of a document", hint="list_documents lists them")
            return await programs.document(named, lambda found: found)

    @server.tool(title="List the documents", annotations=_READS)
    async def list_documents(
        page: Annotated[int, Field(ge=1, le=MOST_PAGE, description="Which page of the documents, from 1.")] = 1,
        per_page: Annotated[int, Field(ge=1, le=_MOST_PLACES, description="How many documents a page has.")] = 50,
    ) -> DocumentsPage:
        """List the documents, sorted by path, with title, language and facts (author, date, tags); `total` counts them all."""
        with _tool_errors():
            return await programs.documents_page(page, per_page)


def _shortened(found: Found) -> Found:
    """Return the result without most of its documents: a language model has no use for thousands."""
    return found.model_copy(update={"documents": found.documents[:_MOST_PLACES]})


def make_tools(programs: Programs) -> Starlette:
    """Make the MCP server as an application of its own, which speaks streamable HTTP at `PATH`.

    Args:
        programs: The service that answers requests.
    """
    # The application itself checks host names and cross-site requests, here as everywhere.
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    # A tool returns only its result, so no sessions are needed and plain JSON is enough.
    return create_tools(programs).streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=security
    )


@contextmanager
def _tool_errors() -> Iterator[None]:
    """Convert a CitewellError to a tool error with its message."""
    try:
        yield
    except CitewellError as error:
        raise ToolError(str(public_error(error))) from error
    except BaseException as error:
        # A panic would end the MCP server for all clients.
        if not is_panic(error):
            raise
        logs.failed(error)
        raise ToolError("Internal error; see the server log") from error
