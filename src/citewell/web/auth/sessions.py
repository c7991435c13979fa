"""Sessions in signed cookies; only those that ended early are stored on the server."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.state.accounts import Account
from citewell.web.auth.accounts import AccountStore
from citewell.web.problems import COOKIE

SESSION_SECONDS = 12 * 60 * 60


class Sessions:
    """The sessions of some accounts, kept in signed cookies. Only those that ended early are stored.

    Args:
        store: The accounts.

    Raises:
        AccountsError: The stored data cannot be read or written.
    """

    def __init__(self, store: AccountStore) -> None:
        self.store = store
        self._ended = store.kept.ended()

    def begin(self, session: MutableMapping[str, Any], account: Account) -> None:
        """Start a session after a successful sign-in."""
        session.clear()
        until = time.time() + SESSION_SECONDS
        session.update(id=secrets.token_hex(16), name=account.name, stamp=account.stamp, until=until)

    def end(self, session: MutableMapping[str, Any]) -> None:
        """End a session, also for copies of its cookie, after a restart, and in other servers with these accounts.

        Raises:
            AccountsError: This cannot be stored: the session has ended in this browser, but not for a copy of the cookie.
        """
        try:
            if "id" in session and session["until"] > time.time():
                self._ended.add(session["name"], session["id"], session["until"])
        finally:
            session.clear()

    def account(self, session: MutableMapping[str, Any]) -> Account | None:
        """Return the account of a session, if it has not ended, and password and role are unchanged.

        Raises:
            AccountsError: The accounts, or the list of ended sessions, are missing, out of reach, or damaged.
        """
        account = self.store.kept.named(session.get("name", ""))
        if account is None or session["until"] < time.time():
            return None
        if self._ended.holds(account.name, session["id"], session["until"]):
            return None
        return account if hmac.compare_digest(session["stamp"], account.stamp) else None


class SessionCookie:
    """Keeps the session in a signed cookie that scripts and other sites cannot use; over https it is sent only over https.

    Args:
        app: The application.
        key: The key that signs cookies.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        # Browsers share cookies between ports; two servers on one machine must not overwrite each other's sessions.
        name = f"{COOKIE}{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        self._plain, self._secure = (
            SessionMiddleware(app, key, name, SESSION_SECONDS, same_site="strict", https_only=secure)
            for secure in (False, True)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        await (self._secure if scope.get("scheme") == "https" else self._plain)(scope, receive, send)
