"""Signing in and out: a separate page that needs no script, and ``/session``, which tells the chat who is signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from citewell.errors import AccountsError, BusyError, TooManyError
from citewell.state.accounts import NAME_CHARACTERS
from citewell.web import logs
from citewell.web.auth.attempts import Attempts, Verifier
from citewell.web.auth.credentials import PASSWORD_CHARACTERS, normal_name
from citewell.web.auth.sessions import Sessions
from citewell.web.auth.visitors import in_thread, visitor
from citewell.web.language.core import said
from citewell.web.language.current import gettext, language, noop
from citewell.web.problems import problem
from citewell.web.templates import render, sentence

_WRONG = noop("The name or the password is wrong.")
_BUSY = noop("The server is busy. Try again in a moment.")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
# A form with the longest value of all three fields, each character percent-encoded as three.
MOST_BYTES = 16_000
_LONGEST_NEXT = 4000
_ESCAPED = re.compile(r"(?:[^%]++|%[0-9A-Fa-f]{2})*+")


def sign_in_routes(sessions: Sessions, attempts: Attempts | None = None) -> APIRouter:
    """Create the routes for signing in and out, and ``/session``, which returns who is signed in.

    Args:
        sessions: The sessions.
        attempts: Counts wrong passwords.
    """
    router = APIRouter(include_in_schema=False)
    verifier = Verifier(sessions.store, attempts)

    @router.get("/sign-in")
    async def form(request: Request) -> Response:
        target = local(request.query_params.get("next", ""))
        return RedirectResponse(target, 303) if visitor().name else _page(target)

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        given = await _form(request)
        name, password, target = given.get("name", ""), given.get("password", ""), local(given.get("next", ""))
        # Checked first: no account has such a name or password, and normalizing a long name is slow.
        if not (0 < len(name) <= NAME_CHARACTERS and 0 < len(password) <= PASSWORD_CHARACTERS):
            logs.refused("sign-in failed: empty or too long")
            return _page(target, error=gettext(_WRONG), status=401, headers=_CHALLENGE)
        try:
            account = await verifier.account(normal_name(name), password, visitor().key)
        except TooManyError as error:
            logs.refused("too many attempts to sign in", **await _known(sessions, name))
            return _page(
                target, name, sentence(said(error.message)), status=429, headers={"Retry-After": str(error.seconds)}
            )
        except BusyError as error:
            logs.refused("too many concurrent sign-ins")
            return _page(target, name, gettext(_BUSY), status=503, headers={"Retry-After": str(error.seconds)})
        if account is None:
            logs.refused("sign-in failed", **await _known(sessions, name))
            return _page(target, name, gettext(_WRONG), status=401, headers=_CHALLENGE)
        sessions.begin(request.session, account)
        logs.event("signed in", name=account.name)
        return RedirectResponse(target, 303)

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        return await anyio.to_thread.run_sync(_sign_out, sessions, request)

    @router.get("/session")
    async def session() -> Response:
        who = visitor()
        return JSONResponse({"name": who.name, "maintains": who.maintains})

    return router


def _sign_out(sessions: Sessions, request: Request) -> Response:
    try:
        sessions.end(request.session)
    except AccountsError as error:
        logs.failed(error, response=str(error))
        return problem(503, "signed out in this browser only; see the server log")
    logs.event("signed out")
    return RedirectResponse("/sign-in", 303)


def local(address: str) -> str:
    """Return an address if it is certainly on this server, else "/" (prevents open redirects)."""
    # Browsers treat a backslash as a slash and ignore tabs and line ends; "//name" is another server.
    if len(address) > _LONGEST_NEXT or not re.fullmatch(r"/(?!/)[!-\[\]-~]*", address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or parts.path == "/sign-in" else address


async def _known(sessions: Sessions, name: str) -> dict[str, str]:
    """Return the name for the log if an account has it. Users sometimes type their password there, so no other is logged."""
    normal = normal_name(name)
    return {"name": normal} if await in_thread(sessions.store.kept, sessions.store.kept.named, normal) else {}


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    # Browsers send no invalid escapes, and decoding them is a hundred times slower.
    if not _ESCAPED.fullmatch(body):
        return {}
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _page(
    target: str, name: str = "", error: str = "", *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    page = render("auth/sign_in.html", tag=language().tag, error=error, name=name[:NAME_CHARACTERS], next=target)
    return HTMLResponse(page, status, {"Cache-Control": "no-store", **(headers or {})})
