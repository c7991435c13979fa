"""The real application without a server, and how tests sign in, ask and call its functions."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web import ServerOptions
from citewell.web.application import create_app
from tests.support.accounts import PHRASE

HOME = "http://127.0.0.1:7860"
HTML = {"Accept": "text/html,application/xhtml+xml"}
QUESTION = "joint curriculum development"


def made(assistant: Assistant, **options: Any) -> FastAPI:
    """Make the real application, inside a running event loop: Gradio would make one that nobody closes."""

    async def make() -> FastAPI:
        return create_app(assistant, ServerOptions(**options))

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(make())).result()


def sign_in(client: TestClient, name: str = "ada", password: str = PHRASE, **more: str) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def call(client: TestClient, function: str, wanted: dict[str, Any], **headers: str) -> Any:
    """Call a function of the page as its script does."""
    component = component_of(client.app)
    body = {"data": wanted, "component_id": component, "fn_name": function, "session_hash": "s"}
    return client.post("/gradio_api/component_server/", json=body, headers=headers)


def component_of(app: Any) -> int:
    page = app.state.later[0]._made
    gradio = next(route.app for route in page.routes if getattr(route, "path", None) == "")
    return next(int(number) for number, block in gradio.get_blocks().blocks.items() if block.elem_id == "citewell")


def ask(client: TestClient, question: str = QUESTION, **headers: str) -> Any:
    return call(client, "ask", {"question": question}, **headers)
