"""The same for language models: an MCP server with two tools, `ask` and `read_document`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import FastAPI
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as ASGIScope

from citewell._version import __version__
from citewell.answer import Answer
from citewell.errors import CitewellError
from citewell.index.lexical import is_panic
from citewell.web import logs
from citewell.web.api.schema import MOST_NAME, Document, History, Question, Scope, Top
from citewell.web.api.service import Programs
from citewell.web.faults import told
from citewell.web.problems import again, problem

PATH = "/mcp"
_INSTRUCTIONS = (
    "Answers questions about a body of documents with word-for-word quotations, and says so where the documents do not cover "
    "a question. Quote them as they are, with their document, start and end."
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)
_ALL = Scope()


def create_tools(programs: Programs) -> MCPServer:
    """Make the MCP server.

    Args:
        programs: What can be asked for.
    """
    server = MCPServer(
        "citewell",
        title="Citewell",
        version=__version__,
        instructions=_INSTRUCTIONS,
        subscriptions=False,
        log_level="WARNING",
    )

    @server.tool(title="Ask the documents", annotations=_READS)
    async def ask(
        question: Annotated[str, Field(description="What is asked, in words as they might stand in the documents.")],
        history: History = [],  # noqa: B006 - it is never changed
        top: Top = 5,
        scope: Scope = _ALL,
    ) -> Answer:
        """Answer a question with quotations from the documents, the best first.

        Where `answered` is false, the documents do not seem to cover it, and the passages are only the nearest ones. The
        `highlights` of a passage say what in it answers.
        """
        with _said():
            asked = Question(question=question, history=history, top=top, scope=scope)
            return await programs.ask(asked, lambda answer: answer)

    @server.tool(title="Read a document", annotations=_READS)
    async def read_document(
        path: Annotated[str, Field(max_length=MOST_NAME, description="The `document` of a passage.")],
    ) -> Document:
        """Return a whole document as it was indexed: its text, its title, and where its headings stand."""
        with _said():
            return await programs.document(path, lambda document: document)

    return server


def add_tools(app: FastAPI, server: MCPServer) -> None:
    """Have an application answer MCP clients, by streamable HTTP.

    Args:
        app: The application.
        server: The MCP server.
    """
    # The application itself refuses names that are not its own and what other sites ask for, here as everywhere.
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    # No tool says more than its result, so that no session has to be kept and plain JSON is enough.
    inner = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=security
    )
    # As a route, not mounted: a mount would answer at /mcp/ and leave /mcp to the page.
    app.router.routes.extend(Route(PATH, _Calls(route.app)) for route in inner.routes if isinstance(route, Route))


class _Calls:
    """Lets calls through, one a request: there are no sessions, whose streams would stand open, and no batches.

    Args:
        app: The MCP server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["method"] != "POST":
            await problem(
                405, "there are no sessions and no streams; send each call by POST", headers={"Allow": "POST"}
            )(scope, receive, send)
            return
        # The whole body: whoever looks for too many parts in it has put it together.
        first = await receive()
        if first.get("body", b"").lstrip()[:1] == b"[":
            logs.refused("a batch of calls", path=PATH)
            await problem(400, "there are no batches; send one call at a time")(scope, receive, send)
            return
        await self.app(scope, again([first], receive), send)


@contextmanager
def _said() -> Iterator[None]:
    """Say what Citewell can explain, instead of only that something went wrong."""
    try:
        yield
    except CitewellError as error:
        raise ToolError(str(told(error))) from error
    except BaseException as error:
        # It would end the server of the tools, and all who use them.
        if not is_panic(error):
            raise
        logs.failed(error)
        raise ToolError("the server made a mistake; its log says where") from error
