"""Attempts: passwords cannot be guessed, and who guesses keeps no owner out."""

from __future__ import annotations

import anyio
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.errors import BusyError, TooManyError
from citewell.state.accounts import Account
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.attempts import Attempts, Verifier
from tests.support.accounts import OTHER
from tests.support.applications import HOME, made, sign_in
from tests.support.servers import run_async


def test_signing_in_rightly_is_not_counted(client: TestClient) -> None:
    assert [sign_in(client).status_code for _ in range(12)] == [303] * 12


def test_passwords_cannot_be_tried_for_ever(app: FastAPI) -> None:
    def visitor(address: str) -> TestClient:
        return TestClient(app, HOME, follow_redirects=False, client=(address, 1))

    guesser = visitor("192.0.2.1")
    assert [sign_in(guesser, f"user{nth}").status_code for nth in range(10)] == [401] * 10
    refused = sign_in(guesser, "ada", OTHER)
    assert refused.status_code == 401
    assert [sign_in(guesser, "ada", OTHER).status_code for _ in range(9)] == [401] * 9
    refused = sign_in(guesser, "ada")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 300
    assert "Too many attempts; try again in" in refused.text
    # However many were wrong elsewhere, the owner is let in.
    assert sign_in(visitor("192.0.2.2"), "ada").status_code == 303


def test_many_guesses_at_once_are_no_more_than_one_after_another(
    store: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = AccountStore.sign_in

    def counting(self: AccountStore, name: str, password: str) -> Account | None:
        looked.append(name)
        return real(self, name, password)

    monkeypatch.setattr(AccountStore, "sign_in", counting)
    told: list[str] = []

    async def guessing() -> None:
        verifier = Verifier(store, Attempts(step=0.001, longest=0.002))

        async def guess() -> None:
            try:
                assert await verifier.account("ada", OTHER, "address 192.0.2.1") is None
            except (TooManyError, BusyError) as error:
                told.append(type(error).__name__)

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(guess)

    run_async(guessing)
    # Two are looked at at a time, so that one more can be in work when the last that counts is.
    assert 10 <= len(looked) <= 11
    assert told == ["TooManyError"] * (20 - len(looked))


def test_a_name_that_is_under_attack_waits_and_no_other_does() -> None:
    attempts = Attempts(step=0.5, longest=2)
    assert attempts.delay("ada") == 0
    delays = []
    for nth in range(20):
        attempts.count("ada", f"address 192.0.2.{nth}")
        delays.append(attempts.delay("ada"))
    assert delays == [0] * 9 + [0.5, 1, 1.5] + [2] * 8
    assert attempts.delay("bob") == 0
    attempts.check("ada", "address 192.0.2.99")


def test_one_address_cannot_go_through_the_names(app: FastAPI) -> None:
    def visitor(address: str) -> TestClient:
        return TestClient(app, HOME, follow_redirects=False, client=(address, 1))

    # Of IPv6, one subscriber has billions.
    tried = [sign_in(visitor(f"2001:db8::{nth:x}"), f"v{nth}").status_code for nth in range(61)]
    assert tried == [401] * 60 + [429]
    assert sign_in(visitor("2001:db8:0:1::1"), "v61").status_code == 401


@pytest.mark.promise("limits")
def test_an_owner_gets_in_however_many_were_wrong_elsewhere(assistant: Assistant, store: AccountStore) -> None:
    app = made(assistant, accounts=store)

    def visitor(address: str) -> TestClient:
        return TestClient(app, HOME, follow_redirects=False, client=(address, 1))

    assert [sign_in(visitor("192.0.2.1"), "ada", OTHER).status_code for _ in range(11)] == [401] * 10 + [429]
    assert sign_in(visitor("192.0.2.2"), "ada").status_code == 303
    assert sign_in(visitor("192.0.2.1"), "ada").status_code == 429
