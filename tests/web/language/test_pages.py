"""The page in the language of its visitor, in a real browser and over HTTP."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from citewell import Assistant
from tests.support.applications import HOME, QUESTION, ask, call, made, sign_in
from tests.support.languages import english_left
from tests.support.pages import Look

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.8"}


@pytest.mark.browser
def test_a_german_browser_sees_german_and_no_english_message(german: Page, chat_url: str, sound: Look) -> None:
    page = german.goto(chat_url)
    assert page
    assert page.headers["content-language"] == "de"
    assert "Accept-Language" in page.headers["vary"]
    assert re.search(r'<html\s+lang="de"', page.text())
    expect(german.get_by_role("textbox", name="Ihre Frage")).to_be_visible()
    assert german.evaluate("document.documentElement.lang") == "de"
    assert english_left(german) == []
    german.get_by_role("textbox", name="Ihre Frage").fill(QUESTION)
    german.keyboard.press("Enter")
    german.get_by_role("button", name="Quelle zeigen").first.click()
    expect(german.get_by_role("region", name="Das ganze Dokument")).to_be_visible()
    german.set_viewport_size({"width": 390, "height": 844})
    bar, button = german.locator(".cw-bar").bounding_box(), german.locator(".cw-bar [data-new]").bounding_box()
    assert bar
    assert button
    assert bar["height"] < 2 * button["height"], "the header of a phone has more than one line"
    german.set_viewport_size({"width": 1280, "height": 800})
    assert english_left(german) == []
    sound(german)
    german.get_by_role("button", name="Ich habe eine andere Stelle erwartet").click()
    german.get_by_label("Die Textstelle, die Sie erwartet haben").fill("Sourdough bread rises in the oven.")
    german.keyboard.press("Enter")
    expect(german.locator(".cw-expect .cw-explanation")).to_contain_text(
        "Das Zitat steht nicht in den indexierten Dokumenten"
    )
    assert english_left(german) == []
    german.get_by_role("textbox", name="Ihre Frage").fill("How do I bake sourdough bread?")
    german.keyboard.press("Enter")
    expect(german.get_by_text("Die Dokumente scheinen das nicht zu behandeln.")).to_be_visible()
    german.get_by_role("button", name="Alle Fundstellen suchen").click()
    assert english_left(german) == []
    german.get_by_role("searchbox", name="Gesuchte Wörter").fill("students")
    german.keyboard.press("Enter")
    expect(german.locator(".cw-find-places")).to_be_visible()
    assert english_left(german) == []
    sound(german)
    german.get_by_role("searchbox", name="Gesuchte Wörter").fill('"students')
    german.keyboard.press("Enter")
    expect(german.get_by_role("alert").last).to_contain_text(
        "Das Anführungszeichen vor „students“ wird nicht geschlossen."
    )
    assert english_left(german) == []


def test_visitors_at_the_same_time_get_their_own_languages(app: FastAPI) -> None:
    client = TestClient(app, HOME, follow_redirects=False)
    sign_in(client)

    def asked(nth: int) -> bool:
        german = nth % 2 == 0
        html = ask(client, QUESTION, **(GERMAN if german else {"Accept-Language": "en-US"})).json()
        return ("Quelle zeigen" in html, "Show in source" in html) == (german, not german)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(asked, range(12)))


def test_each_page_says_its_language_and_that_it_depends_on_the_browser(app: FastAPI) -> None:
    client = TestClient(app, HOME, follow_redirects=False)
    for headers, tag, words in [(GERMAN, "de", "Anmelden"), ({"Accept-Language": "fr"}, "en", "Sign in")]:
        form = client.get("/sign-in", headers=headers)
        assert (form.headers["Content-Language"], form.headers["Vary"]) == (tag, "Accept-Language")
        assert f'<html lang="{tag}">' in form.text
        assert f"<h1>{words}</h1>" in form.text
    wrong = client.post("/sign-in", data={"name": "ada", "password": "wrong"}, headers=GERMAN)
    assert "Der Name oder das Passwort ist falsch." in wrong.text


def test_a_server_with_a_language_has_it_for_everybody(assistant: Assistant) -> None:
    client = TestClient(made(assistant, language="de"), HOME)
    assert "Quelle zeigen" in ask(client, **{"Accept-Language": "en"}).json()


def test_what_programs_read_stays_english(open_client: TestClient) -> None:
    answer = open_client.post("/api/ask", json={"question": QUESTION, "document": ["missing"]}, headers=GERMAN)
    assert answer.json() == open_client.post("/api/ask", json={"question": QUESTION, "document": ["missing"]}).json()
    assert "Content-Language" not in answer.headers


def test_what_the_core_says_to_readers_is_translated(open_client: TestClient) -> None:
    assert "Gern geschehen." in call(open_client, "ask", {"question": "Thank you!"}, **GERMAN).json()
