"""The gate: admits requests by session or token, and answers those without."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.errors import AccountsError
from citewell.state.accounts import Role
from citewell.web import logs
from citewell.web.auth.sessions import Sessions
from citewell.web.auth.visitors import Visitor, in_thread, visiting
from citewell.web.problems import problem
from citewell.web.templates import render

# Open to everyone, because they reveal nothing about the documents.
_OPEN = frozenset({"/sign-in", "/healthz", "/readyz", "/favicon.ico"})
# Nothing but the process is asked whether it is up, so that nobody is looked up.
_UP = "/healthz"
_FOR_MAINTAINERS = frozenset({"/metrics", "/api/rebuild"})
_UPLOADS = ("/api/documents/", "/api/archives/", "/api/previews/")
_UNCHANGING = ("/assets/", "/static/")
_LONGEST_ADDRESS = 4000


class Gate:
    """Identifies the visitor of each request, and rejects requests without access.

    Args:
        app: The application.
        sessions: The sessions, if there are accounts.
        everyone: The role of everyone, if there are none.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions | None, everyone: Role) -> None:
        self.app = app
        self._sessions = sessions
        self._everyone: Role = everyone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            who = await self._visitor(scope)
        except AccountsError as error:
            logs.failed(error, response=str(error))
            headers = {"Retry-After": str(error.seconds)} if error.seconds else None
            await problem(503, "access cannot be checked; see the server log", headers=headers)(scope, receive, send)
            return
        refusal = _refusal(scope, who)
        if refusal:
            await refusal(scope, receive, send)
            return
        if who.name:
            structlog.contextvars.bind_contextvars(user=who.name)
        scope.setdefault("state", {})["visitor"] = who
        before = visiting.set(who)
        try:
            await self.app(scope, receive, self._unkept(scope, send))
        finally:
            visiting.reset(before)

    async def _visitor(self, scope: Scope) -> Visitor:
        address = scope["client"][0] if scope.get("client") else ""
        if self._sessions is None:
            return Visitor(None, self._everyone, address)
        if scope["path"] == _UP:
            return Visitor(address=address)
        kept = self._sessions.store.kept
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            account = await in_thread(kept, self._sessions.store.of_token, token.strip())
        else:
            account = await in_thread(kept, self._sessions.account, scope["session"])
        return Visitor(account.name, account.role, address) if account else Visitor(address=address)

    def _unkept(self, scope: Scope, send: Send) -> Send:
        """Tell browsers not to store responses that need a session."""
        if self._sessions is None or scope["path"].startswith(_UNCHANGING):
            return send

        async def send_unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        return send_unkept


def _refusal(scope: Scope, who: Visitor) -> Response | None:
    """Return the response to a request without the necessary role, or None."""
    path = scope["path"]
    if who.role is None and path not in _OPEN:
        headers = Headers(scope=scope)
        if scope["method"] in {"GET", "HEAD"} and "text/html" in headers.get("accept", ""):
            return _to_sign_in(scope, headers)
        logs.refused("not signed in", path=path[:200])
        return problem(
            401, "sign in first", "open /sign-in, or send Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"}
        )
    if _for_maintainers(scope) and not who.maintains:
        logs.refused("for maintainers only", path=path)
        return problem(403, "this is for maintainers only", "sign in as a maintainer")
    return None


def _for_maintainers(scope: Scope) -> bool:
    path = scope["path"]
    return path in _FOR_MAINTAINERS or (path.startswith(_UPLOADS) and scope["method"] not in {"GET", "HEAD"})


def _to_sign_in(scope: Scope, headers: Headers) -> Response:
    target = quote(scope["path"]) + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    query = f"?next={quote(target, safe='')}" if target != "/" and len(target) < _LONGEST_ADDRESS else ""
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"}:
        return RedirectResponse(f"/sign-in{query}", 303)
    # After a click on another site the browser holds the cookie back; it sends it with requests of our own page.
    return HTMLResponse(render("auth/to_sign_in.html", address=f"/sign-in{query}"))
