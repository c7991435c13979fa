"""Sessions: who is admitted, for how long, and what ends it."""

from __future__ import annotations

import re
import stat
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.sessions import Sessions
from citewell.web.auth.sign_in import local
from citewell.web.scripts import head
from tests.support.accounts import OTHER, PHRASE, QUICK
from tests.support.applications import HOME, HTML, ask, made, sign_in


def test_who_is_not_signed_in_sees_the_sign_in_page_and_nothing_else(client: TestClient) -> None:
    opened = client.get("/", headers=HTML)
    assert (opened.status_code, opened.headers["location"]) == (303, "/sign-in")
    shared = client.get("/?q=who%20%26%20what&in=a/b.txt", headers=HTML)
    wanted = urllib.parse.parse_qs(urllib.parse.urlsplit(shared.headers["location"]).query)["next"]
    assert wanted == ["/?q=who%20%26%20what&in=a/b.txt"]
    (main,) = re.findall(r'src="([^"]+)"', head())
    described = ("/docs", "/openapi.json", "/gradio_api/info")
    for path in ("/", "/theme.css", "/session", "/metrics", "/api/ask", main, *described):
        refused = client.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert set(refused.json()) == {"message", "command", "hint", "mend"}
    assert ask(client).status_code == 401
    for path in ("/healthz", "/readyz"):
        assert client.get(path).status_code not in {401, 403, 303}
    form = client.get("/sign-in")
    assert form.status_code == 200
    assert "International" not in form.text


def test_signing_in_opens_the_page_and_signing_out_closes_it(client: TestClient) -> None:
    done = sign_in(client)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=43200" in cookie
    assert "secure" not in cookie
    page = client.get("/", headers=HTML)
    assert "You can ask about" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "Another form of cooperation" in ask(client).text
    assert client.get("/session").json() == {"name": "ada", "maintains": True}
    assert client.get("/sign-in").headers["location"] == "/"
    copied = dict(client.cookies)
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert ask(client).status_code == 401
    client.cookies.update(copied)
    assert ask(client).status_code == 401


def test_over_https_the_cookie_goes_over_https_only(assistant: Assistant, store: AccountStore) -> None:
    app = made(assistant, accounts=store, host="0.0.0.0")  # noqa: S104
    assert "; secure" in sign_in(TestClient(app, "https://docs.example", follow_redirects=False)).headers["set-cookie"]


def test_a_wrong_name_and_a_wrong_password_are_reported_alike(client: TestClient) -> None:
    wrong = [sign_in(client, "ada", OTHER), sign_in(client, "ava", PHRASE), sign_in(client, "", "")]
    for done in wrong:
        assert done.status_code == 401
        assert "The name or the password is wrong." in done.text
        assert "set-cookie" not in done.headers
    assert wrong[0].text.replace('value="ada"', "") == wrong[1].text.replace('value="ava"', "")
    told = sign_in(client, '"><script>alert(1)</script>@NEXT', OTHER).text
    assert "<script" not in told
    assert "@NEXT" in told


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("/?q=a%20b&in=x", True),
        ("/docs", True),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("https://evil.example", False),
        ("evil.example", False),
        ("javascript:alert(1)", False),
        ("/sign-in?next=/", False),
        ("/ü", False),
        ("", False),
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(client: TestClient, address: str, *, followed: bool) -> None:
    assert local(address) == (address if followed else "/")
    assert sign_in(client, next=address).headers["location"] == local(address)


@pytest.mark.parametrize("change", ["password", "role", "removal", "time", "key"])
def test_a_session_ends_with_what_it_was_made_of(
    client: TestClient, assistant: Assistant, store: AccountStore, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    assert ask(client).status_code == 200
    elsewhere = AccountStore(Path(store.place), QUICK)
    if change == "password":
        elsewhere.set_password("ada", OTHER)
    elif change == "role":
        elsewhere.set_role("ada", "reader")
    elif change == "removal":
        elsewhere.remove("ada")
    elif change == "time":
        later = time.time() + 12 * 60 * 60 + 1
        monkeypatch.setattr("citewell.web.auth.sessions.time.time", lambda: later)
    else:
        Path(store.place).with_suffix(".key").unlink()
        cookies = dict(client.cookies)
        client = TestClient(made(assistant, accounts=store), HOME, cookies=cookies, follow_redirects=False)
    assert ask(client).status_code == 401
    assert client.get("/", headers=HTML).headers["location"] == "/sign-in"


def test_a_restart_signs_nobody_out(client: TestClient, assistant: Assistant, store: AccountStore) -> None:
    sign_in(client)
    again = made(assistant, accounts=AccountStore(Path(store.place), QUICK))
    assert ask(TestClient(again, HOME, cookies=dict(client.cookies))).status_code == 200


def test_who_has_signed_out_stays_out_after_a_restart_and_in_another_server(
    client: TestClient, assistant: Assistant, store: AccountStore
) -> None:
    beside = made(assistant, accounts=AccountStore(Path(store.place), QUICK))
    sign_in(client)
    copied = dict(client.cookies)
    assert ask(TestClient(beside, HOME, cookies=copied)).status_code == 200
    sign_in(stays := TestClient(client.app, HOME, follow_redirects=False))
    client.post("/sign-out")
    again = made(assistant, accounts=AccountStore(Path(store.place), QUICK))
    for server in (beside, again):
        assert ask(TestClient(server, HOME, cookies=copied)).status_code == 401
        assert ask(TestClient(server, HOME, cookies=dict(stays.cookies))).status_code == 200


def test_where_it_is_lost_who_has_signed_out_nobody_gets_access(
    client: TestClient, assistant: Assistant, store: AccountStore
) -> None:
    kept = Path(store.place).with_suffix(".sessions")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    sign_in(client)
    copied = dict(client.cookies)
    client.post("/sign-out")
    whole = kept.read_text(encoding="utf-8")
    for content in ("{", None):
        kept.unlink()
        if content:
            kept.write_text(content, encoding="utf-8")
        assert ask(TestClient(client.app, HOME, cookies=copied)).status_code == 503
    # Who starts it again has everybody sign in anew.
    again = TestClient(made(assistant, accounts=AccountStore(Path(store.place), QUICK)), HOME, cookies=copied)
    assert ask(again).status_code == 401
    # And a copy that was put back is of another key.
    kept.write_text(whole, encoding="utf-8")
    assert ask(TestClient(client.app, HOME, cookies=copied)).status_code == 401
    sign_in(again)
    assert ask(again).status_code == 503


def test_signing_out_that_cannot_be_kept_is_said(client: TestClient, store: AccountStore) -> None:
    sign_in(client)
    lock = Path(f"{Path(store.place).with_suffix('.sessions')}.lock")
    lock.unlink()
    lock.mkdir()
    done = client.post("/sign-out")
    assert (done.status_code, "in this browser only" in done.text) == (503, True)
    assert ask(client).status_code == 401


def test_however_often_somebody_signs_out_little_is_kept(client: TestClient, store: AccountStore) -> None:
    cookies = []
    account = store.accounts()["ada"]
    sessions = Sessions(store)
    for _ in range(250):
        session: dict[str, Any] = {}
        sessions.begin(session, account)
        cookies.append(dict(session))
        sessions.end(session)
    assert Path(store.place).with_suffix(".sessions").stat().st_size < 10_000
    assert [each for each in cookies if sessions.account(each)] == []
    sign_in(client)
    assert ask(client).status_code == 200


def test_a_cookie_that_somebody_made_is_worth_nothing(client: TestClient) -> None:
    sign_in(client)
    name, value = next(iter(client.cookies.items()))
    body, _, signature = value.strip('"').partition(".")
    for forged in (body, f"{body}.{signature[:-2]}AA", "null", "e30=", ""):
        client.cookies = {name: forged}
        assert ask(client).status_code == 401


@pytest.mark.parametrize("content", ["{", None], ids=["damaged", "gone"])
@pytest.mark.promise("closed-by-default")
def test_a_file_that_is_no_longer_whole_lets_nobody_in(
    client: TestClient, store: AccountStore, content: str | None
) -> None:
    sign_in(client)
    if content is None:
        Path(store.place).unlink()
    else:
        Path(store.place).write_text(content, encoding="utf-8")
    assert ask(client).status_code == 503
    assert client.get("/", headers=HTML).status_code == 503


def test_a_program_signs_in_with_a_token(client: TestClient, store: AccountStore) -> None:
    token = store.new_token("bob")
    assert ask(client, Authorization=f"Bearer {token}").status_code == 200
    assert client.get("/session", headers={"Authorization": f"Bearer {token}"}).json()["name"] == "bob"
    for wrong in ("Bearer ", "Bearer x", f"Basic {token}", token):
        assert ask(client, Authorization=wrong).status_code == 401
    sign_in(client)
    # Who shows a token is whom it belongs to, and nobody else.
    assert client.get("/session", headers={"Authorization": "Bearer x"}).status_code == 401
