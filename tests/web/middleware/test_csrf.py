"""Requests from other sites: nothing is done for them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.auth.accounts import AccountStore
from tests.support.applications import HOME, HTML, ask, made, sign_in


@pytest.mark.parametrize(
    ("headers", "served"),
    [
        ({}, True),
        ({"Origin": HOME}, True),
        ({"Origin": HOME, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://localhost:7860"}, False),
        ({"Origin": "http://127.0.0.1:8000"}, False),
        ({"Origin": "http://127.0.0.1:7860.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": HOME, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ],
)
@pytest.mark.promise("own-page-only")
def test_what_another_site_asks_for_is_not_done(
    open_client: TestClient, headers: dict[str, str], *, served: bool
) -> None:
    assert ask(open_client, **headers).status_code == (200 if served else 403)
    # Neither in the ways that need no permission of the server.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        posted = open_client.post("/sign-in", content="x", headers={"Content-Type": kind, **headers})
        assert (posted.status_code == 403) is not served


def test_a_token_needs_no_origin_but_a_cookie_does(client: TestClient, store: AccountStore) -> None:
    token = store.new_token("ada")
    evil = {"Origin": "https://evil.example"}
    assert ask(client, Authorization=f"Bearer {token}", **evil).status_code == 200
    sign_in(client)
    assert ask(client, Authorization=f"Bearer {token}", **evil).status_code == 403
    assert ask(client, **evil).status_code == 403
    assert client.post("/sign-out", headers=evil).status_code == 403
    assert client.get("/session").json()["name"] == "ada"


def test_behind_a_proxy_the_name_it_goes_by_is_its_own(assistant: Assistant) -> None:
    client = TestClient(made(assistant, public=True, names=["docs.example"]), HOME)
    assert ask(client, Origin="https://docs.example").status_code == 200
    assert ask(client, Origin="https://evil.example").status_code == 403
    assert ask(client, Host="docs.example").status_code == 200
    assert ask(client, Host="evil.example").status_code == 400


def test_a_link_in_another_site_leads_in_without_signing_in_again(client: TestClient) -> None:
    """The cookie stays back on the first request; the answer has the page itself ask again."""
    linked = client.get("/?q=%22%3E%3Cb%3E", headers={**HTML, "Sec-Fetch-Site": "cross-site"})
    assert linked.status_code == 200
    assert 'content="0;url=/sign-in?next=%2F%3Fq%3D%2522%253E%253Cb%253E"' in linked.text
    sign_in(client)
    assert client.get("/sign-in?next=%2F%3Fq%3Dx").headers["location"] == "/?q=x"
