"""Signing in and out: a page of its own that needs no script, and what the chat asks about who is using it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import anyio
from fastapi import APIRouter
from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from citewell import logs
from citewell.credentials import NAME_CHARACTERS, normal_name
from citewell.errors import AccountsError, TooManyError
from citewell.web.access import Sessions
from citewell.web.assets import asset
from citewell.web.guarding import problem
from citewell.web.visitors import Rate, visitor

_TEMPLATE = asset("sign_in.html")
_WRONG = "The name or the password is wrong."
# Only wrong ones count: a whole office can sit behind one address.
_ATTEMPTS = RateLimitItemPerMinute(10, multiples=5)
# Each verification takes 64 MiB and a core for a moment; more at once would take the machine from those who are in.
_AT_ONCE = 2


def sign_in_routes(sessions: Sessions) -> APIRouter:
    """Make the routes of signing in and out, and ``/session``, which says who is signed in.

    Args:
        sessions: The sessions.
    """
    router = APIRouter(include_in_schema=False)
    attempts = Rate(_ATTEMPTS, what="too many attempts; try again")
    verifying = anyio.CapacityLimiter(_AT_ONCE)

    @router.get("/sign-in")
    async def form(request: Request) -> Response:
        wanted = local(request.query_params.get("next", ""))
        return RedirectResponse(wanted, 303) if visitor().name else _page(wanted)

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        given = await _form(request)
        name, wanted = given.get("name", ""), local(given.get("next", ""))
        # Before it is normalised; a password that is too long is refused before that, too.
        counted = visitor().key, f"name {normal_name(name) if len(name) <= NAME_CHARACTERS else ''}"
        try:
            async with verifying:
                for key in counted:
                    attempts.check(key)
                account = await anyio.to_thread.run_sync(sessions.store.sign_in, name, given.get("password", ""))
                for key in () if account else counted:
                    attempts.hit(key)
        except TooManyError as error:
            logs.refused("too many attempts to sign in", name=name[:64])
            told = str(error)[:1].upper() + str(error)[1:] + "."
            return _page(wanted, name, told, status=429, headers={"Retry-After": str(error.seconds)})

        if account is None:
            logs.refused("sign-in failed", name=name[:64])
            return _page(wanted, name, _WRONG, status=401, headers={"WWW-Authenticate": "Bearer"})
        sessions.begin(request.session, account)
        logs.event("signed in", name=account.name)
        return RedirectResponse(wanted, 303)

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
        logs.failed(error, told=str(error))
        return problem(503, "signed out in this browser only; the server's log says why")
    logs.event("signed out")
    return RedirectResponse("/sign-in", 303)


def local(address: str) -> str:
    """Return an address if it can only be one of this server, else the page's own (no open redirect)."""
    # Browsers take a backslash for a slash and leave out tabs and line ends; "//name" is another server.
    if not re.fullmatch(r"/(?!/)[!-\[\]-~]*", address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or parts.path == "/sign-in" else address


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _page(
    wanted: str, name: str = "", error: str = "", *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    fields = {
        "@ERROR": f'<p class="error" role="alert">{html.escape(error)}</p>' if error else "",
        "@NAME": html.escape(name[:64]),
        "@NEXT": html.escape(wanted),
        "@FOCUS_NAME": "" if error else "autofocus",
        "@FOCUS_PASSWORD": "autofocus" if error else "",
    }
    # In one pass: what was typed is no placeholder.
    page = re.sub("|".join(sorted(fields, key=len, reverse=True)), lambda match: fields[match[0]], _TEMPLATE)
    return HTMLResponse(page, status, {"Cache-Control": "no-store", **(headers or {})})
