"""The page's scripts: our ES modules, served beside Gradio's, which loads the first of them.

Their addresses contain a digest of all of them, so that browsers can cache them permanently and never use outdated ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter
from starlette.responses import Response

from citewell.web.problems import problem
from citewell.web.templates import render

# Gradio's own files are below /static, too; this name is unused there.
_FOLDER = "/static/citewell"
_MAIN = "main.js"
# Run by Gradio as the body of a function, so it is not served.
_BRIDGE = "bridge.js"


def _modules(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _modules(each, f"{above}{each.name}/")
        elif each.name.endswith(".js") and each.name != _BRIDGE:
            yield f"{above}{each.name}", each.read_bytes()


_MODULES = dict(_modules(files("citewell.web").joinpath("static")))
_VERSION = hashlib.sha256(repr(_MODULES).encode()).hexdigest()[:16]


def head() -> str:
    """Return the HTML for the head of the page that loads the scripts."""
    below = f"{_FOLDER}/{_VERSION}/"
    return render("head.html", modules=[below + name for name in _MODULES], main=below + _MAIN)


def script_routes() -> APIRouter:
    """Create the route of the scripts."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"{_FOLDER}/{{version}}/{{name:path}}")
    async def script(version: str, name: str) -> Response:
        if version != _VERSION or name not in _MODULES:
            return problem(404, "not found")
        unchanging = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(_MODULES[name], media_type="text/javascript", headers=unchanging)

    return router
