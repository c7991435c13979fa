"""Pictures and files over HTTP: of documents of the index alone, and only as they were indexed."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from citewell import Assistant, IndexFolder, Settings, build
from citewell.corpus.reading.pictures import Picture, Wanted
from citewell.web.api.pictures import Pictures
from citewell.web.auth.accounts import AccountStore
from citewell.web.desk import Desk
from tests.support.applications import HOME, made, sign_in
from tests.support.pdfs import Pdf, shown
from tests.support.pictures import picture

PAPER = Pdf(
    [shown(72, 84, "The wren weighs ten grams and sings."), shown(72, 84, "The wren builds a nest of moss.")]
).data()
NOTES = "# Notes\n\nThe hall has a plan.\n\n![The plan](plans/hall%20one.png) and ![a map](map.svg)\n\n"
# A page that holds its pictures itself, one of them in a menu, one damaged.
SAVED = """<!DOCTYPE html><title>Hall</title><h1>Hall</h1>
<nav><img src="data:image/png;base64,AA"> Menu</nav><p>The hall is high.</p>
<img alt="The plan" src="data:image/png;base64,{plan}"><p>It has a door.</p><img alt="The door" src="data:image/png;base64,A">
<p>It is old.</p><img alt="A drawing" src="data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22/%3E">"""
NOTES += "![outside](../../secret.png) ![far](https://example.org/x.png) ![hidden](.hidden.png) ![lost](lost.png)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a PDF and a text with pictures, and its index."""
    folder = tmp_path_factory.mktemp("pictured")
    (folder / "corpus" / "texts" / "plans").mkdir(parents=True)
    (folder / "secret.png").write_bytes(picture())
    for name, data in {
        "paper.pdf": PAPER,
        "moon.txt": b"The Moon\n\nThe Moon has no air.\n",
        "texts/notes.md": NOTES.encode(),
        "texts/map.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "texts/plans/hall one.png": picture(300, 200),
        "texts/.hidden.png": picture(),
        "saved.html": SAVED.format(plan=base64.b64encode(picture(30, 20)).decode()).encode(),
        "secret.png": picture(),
    }.items():
        (folder / "corpus" / name).write_bytes(data)
    (folder / "corpus" / "texts" / "lost.png").symlink_to(folder / "secret.png")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    return folder


@pytest.fixture(scope="module")
def api(folder: Path) -> TestClient:
    return TestClient(made(Assistant(IndexFolder(folder / "index")), originals=True), HOME)


def test_a_page_is_shown_with_its_size(api: TestClient) -> None:
    shown = api.get("/api/page-image", params={"document": "paper.pdf", "page": 2, "dpi": 100})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert (shown.headers["page-size"], shown.headers["page-count"]) == ("5950 8420", "2")
    assert shown.headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(shown.content)).size == (1190, 1684)
    for wrong in ({"page": 0}, {"page": 1, "dpi": 9_999}, {"page": "x"}, {}):
        assert api.get("/api/page-image", params={"document": "paper.pdf", **wrong}).status_code == 422
    for document, page, status, said in (
        ("paper.pdf", 3, 422, "paper.pdf has no page 3"),
        ("moon.txt", 1, 422, "moon.txt has no pages that can be shown"),
        ("nothing.pdf", 1, 404, "the index has no document"),
    ):
        refused = api.get("/api/page-image", params={"document": document, "page": page})
        assert refused.status_code == status
        assert refused.json()["message"].startswith(said)


@pytest.mark.promise("inside-the-corpus")
@pytest.mark.parametrize(
    "path", ["../secret.png", "texts/plans/hall one.png", "texts/../moon.txt", "/etc/passwd", "texts", "", "moon.txt\0"]
)
def test_a_request_names_a_document_and_no_file(api: TestClient, path: str) -> None:
    for address in ("/api/page-image?page=1&", "/api/figure?figure=0&", "/api/original?"):
        answer = api.get(
            address,
            params={**dict(part.split("=") for part in address.partition("?")[2].split("&") if part), "document": path},
        )
        assert answer.status_code == 404


@pytest.mark.promise("inside-the-corpus")
def test_pictures_beside_a_text_are_shown_if_they_are_in_the_corpus_and_made_of_pixels(api: TestClient) -> None:
    said = [api.get("/api/figure", params={"document": "texts/notes.md", "figure": nth}) for nth in range(7)]
    assert [each.status_code for each in said] == [200, 422, 422, 422, 422, 422, 404]
    assert Image.open(io.BytesIO(said[0].content)).size == (300, 200)
    assert [each.json()["message"].partition(" picture of ")[2] or each.json()["message"] for each in said[1:6]] == [
        "texts/notes.md is of a kind that is not shown",
        "texts/notes.md is not in the corpus",
        "texts/notes.md is at another place, from which nothing is loaded",
        "texts/notes.md is not in the corpus",
        "texts/notes.md is not in the corpus",
    ]


def test_a_page_that_holds_its_pictures_shows_them(api: TestClient) -> None:
    said = [api.get("/api/figure", params={"document": "saved.html", "figure": nth}) for nth in range(4)]
    assert [each.status_code for each in said] == [200, 422, 422, 404]
    assert Image.open(io.BytesIO(said[0].content)).size == (30, 20)
    assert said[1].json()["message"] == "saved.html has a picture that is damaged"
    assert said[2].json()["message"] == "saved.html has a picture of a kind that is not shown"


def test_the_file_itself_is_sent_only_where_that_is_allowed(api: TestClient, folder: Path) -> None:
    sent = api.get("/api/original", params={"document": "paper.pdf"})
    assert sent.content == PAPER
    assert sent.headers["content-disposition"] == "attachment; filename*=UTF-8''paper.pdf"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert sent.headers["content-type"] == "application/octet-stream"
    closed = TestClient(made(Assistant(IndexFolder(folder / "index"))), HOME)
    assert closed.get("/api/original", params={"document": "paper.pdf"}).status_code == 404
    assert "original" not in str(closed.get("/openapi.json").json()["paths"].keys())


@pytest.mark.promise("as-indexed")
def test_nothing_is_sent_of_a_file_that_has_changed_since(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    paper = corpus / "paper.txt"
    (tmp_path / "elsewhere.txt").write_bytes(b"Wrens weigh ten grams.")
    paper.write_bytes(b"Wrens weigh ten grams.")
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    api = TestClient(made(Assistant(IndexFolder(tmp_path / "index")), originals=True), HOME)
    wanted = {"document": "paper.txt"}
    assert api.get("/api/original", params=wanted).status_code == 200
    paper.write_bytes(b"Wrens weigh two grams.")
    for address, more in (("/api/original", {}), ("/api/page-image", {"page": "1"})):
        answer = api.get(address, params=wanted | more)
        assert (answer.status_code, answer.json()["message"]) == (409, "paper.txt has changed since it was indexed")
    # The same bytes, outside the corpus.
    paper.unlink()
    paper.symlink_to(tmp_path / "elsewhere.txt")
    answer = api.get("/api/original", params=wanted)
    assert (answer.status_code, answer.json()["message"]) == (409, "paper.txt is no longer in the corpus")


@pytest.mark.promise("roles")
def test_pictures_need_the_right_to_read_and_count_as_reads(folder: Path, store: AccountStore) -> None:
    app = made(Assistant(IndexFolder(folder / "index")), accounts=store, rate=1, originals=True)
    client = TestClient(app, HOME)
    addresses = ["/api/page-image?document=paper.pdf&page=1", "/api/figure?document=texts/notes.md&figure=0"]
    addresses.append("/api/original?document=paper.pdf")
    assert [client.get(each).status_code for each in addresses] == [401] * 3
    sign_in(client, "bob")
    assert [client.get(each).status_code for each in addresses] == [200] * 3
    assert [client.get(addresses[0]).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.promise("bounded-work")
def test_few_pictures_are_kept(folder: Path) -> None:
    pictures = Pictures(Desk(Assistant(IndexFolder(folder / "index"))), most=2_500)
    for nth in range(5):
        pictures._keep(Wanted(page=nth), Picture(b"x" * 1_000, 1, 1))
    assert [pictures._known(Wanted(page=nth)) is not None for nth in range(5)] == [False, False, False, True, True]
    assert pictures._bytes == 2_000
