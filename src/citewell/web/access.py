"""Who is let in: sessions, tokens, and what is answered to those who are neither."""

from __future__ import annotations

import hashlib
import hmac
import html
import secrets
import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.accounts import Account, AccountStore
from citewell.credentials import Role
from citewell.errors import AccountsError
from citewell.web import logs
from citewell.web.ended import EndedSessions
from citewell.web.problems import COOKIE, problem
from citewell.web.visitors import Visitor, visiting

SESSION_SECONDS = 12 * 60 * 60
# What everyone may see, because it says nothing of the documents.
_OPEN = frozenset({"/sign-in", "/healthz", "/readyz", "/favicon.ico"})
_FOR_MAINTAINERS = frozenset({"/metrics"})
_UNCHANGING = ("/assets/", "/static/")
_LONGEST_ADDRESS = 4000


class Sessions:
    """The sessions of one file of accounts, which live in signed cookies. Only those that ended early are kept.

    Args:
        store: The accounts.

    Raises:
        AccountsError: What is kept of them cannot be read or written.
    """

    def __init__(self, store: AccountStore) -> None:
        self.store = store
        self._ended = EndedSessions(store)

    def begin(self, session: MutableMapping[str, Any], account: Account) -> None:
        """Make a session of somebody who has just signed in."""
        session.clear()
        until = time.time() + SESSION_SECONDS
        session.update(id=secrets.token_hex(16), name=account.name, stamp=account.stamp, until=until)

    def end(self, session: MutableMapping[str, Any]) -> None:
        """End a session, also for whoever has a copy of its cookie, after a restart, and in other servers of these accounts.

        Raises:
            AccountsError: That cannot be kept: it has ended in this browser, and not for a copy.
        """
        try:
            if "id" in session and session["until"] > time.time():
                self._ended.add(session["name"], session["id"], session["until"])
        finally:
            session.clear()

    def account(self, session: MutableMapping[str, Any]) -> Account | None:
        """Return whose session it is, if it has not ended, and their password and role are what they were.

        Raises:
            AccountsError: The file of accounts, or of the sessions that ended, is missing or damaged.
        """
        account = self.store.accounts().get(session.get("name", ""))
        if account is None or session["until"] < time.time():
            return None
        if self._ended.holds(account.name, session["id"], session["until"]):
            return None
        return account if hmac.compare_digest(session["stamp"], account.stamp) else None


class SessionCookie:
    """Keeps the session in a signed cookie that no script reads and no other site sends; over https, that is sent over it only.

    Args:
        app: The application.
        key: What cookies are signed with.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        # Browsers share cookies between the ports of a machine; two servers there must not end each other's sessions.
        name = f"{COOKIE}{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        self._plain, self._secure = (
            SessionMiddleware(app, key, name, SESSION_SECONDS, same_site="strict", https_only=secure)
            for secure in (False, True)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        await (self._secure if scope.get("scheme") == "https" else self._plain)(scope, receive, send)


class Gate:
    """Says who is asking, to everything behind it, and lets nobody else in.

    Args:
        app: The application.
        sessions: The sessions, where there are accounts.
        everyone: What everyone may do, where there are none.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions | None, everyone: Role) -> None:
        self.app = app
        self._sessions = sessions
        self._everyone: Role = everyone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say what is missing."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            who = self._visitor(scope)
        except AccountsError as error:
            logs.failed(error, told=str(error))
            await problem(503, "nobody can be let in; the server's log says why")(scope, receive, send)
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

    def _visitor(self, scope: Scope) -> Visitor:
        address = scope["client"][0] if scope.get("client") else ""
        if self._sessions is None:
            return Visitor(None, self._everyone, address)
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            account = self._sessions.store.of_token(token.strip())
        else:
            account = self._sessions.account(scope["session"])
        return Visitor(account.name, account.role, address) if account else Visitor(address=address)

    def _unkept(self, scope: Scope, send: Send) -> Send:
        """Have a browser keep nothing that only who is signed in may see."""
        if self._sessions is None or scope["path"].startswith(_UNCHANGING):
            return send

        async def send_unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        return send_unkept


def _refusal(scope: Scope, who: Visitor) -> Response | None:
    """Return what is answered to those who may not do this, or None."""
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
        return problem(403, "this is for maintainers", "sign in as one")
    return None


def _for_maintainers(scope: Scope) -> bool:
    path = scope["path"]
    return path in _FOR_MAINTAINERS or (path.startswith("/api/documents/") and scope["method"] not in {"GET", "HEAD"})


def _to_sign_in(scope: Scope, headers: Headers) -> Response:
    wanted = quote(scope["path"]) + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    query = f"?next={quote(wanted, safe='')}" if wanted != "/" and len(wanted) < _LONGEST_ADDRESS else ""
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"}:
        return RedirectResponse(f"/sign-in{query}", 303)
    # A link in another site: the browser has kept the cookie back, and sends it with what our own page asks for.
    address = html.escape(f"/sign-in{query}")
    return HTMLResponse(f'<!doctype html><title>Citewell</title><meta http-equiv="refresh" content="0;url={address}">')
