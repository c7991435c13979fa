"""Whole archives over the API, and what Citewell sees of a file before it is taken."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import FilePayload, Page, expect

from citewell import Assistant, IndexFolder
from citewell.index.soundness import stamp
from citewell.web import ServerOptions
from citewell.web.application import create_app
from tests.support.servers import hosted

WREN = "Wren\n\nA wren weighs ten grams.\n"


def zipped(files: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def client(index: IndexFolder) -> Any:
    with TestClient(create_app(Assistant(index)), base_url="http://127.0.0.1") as client:
        yield client


def test_an_archive_becomes_a_folder(client: TestClient, corpus: Path) -> None:
    before = {file for file in corpus.rglob("*") if file.is_file()}
    files: dict[str, bytes | str] = {
        "wren.txt": WREN,
        "more/robin.md": "# Robin\n\nA robin sings.\n",
        "empty.txt": " ",
        "CON.txt": WREN,
        "film.mp4": b"\x00" * 50,
        "__MACOSX/wren.txt": WREN,
        ".git/config.txt": WREN,
    }
    done = client.put("/api/archives/birds/spring.zip", content=zipped(files))
    assert done.status_code == 200
    lines = [json.loads(line) for line in done.text.splitlines()]
    assert {(each["path"], each["outcome"]) for each in lines} == {
        ("birds/spring/wren.txt", "added"),
        ("birds/spring/more/robin.md", "added"),
        ("birds/spring/empty.txt", "refused"),
        ("birds/spring/CON.txt", "refused"),
        ("birds/spring/film.mp4", "left out"),
        ("birds/spring/__MACOSX/wren.txt", "left out"),
        ("birds/spring/.git/config.txt", "left out"),
    }
    assert all(each["reason"] for each in lines if each["outcome"] != "added")
    after = {file for file in corpus.rglob("*") if file.is_file()}
    assert after - before == {corpus / "birds/spring/wren.txt", corpus / "birds/spring/more/robin.md"}
    written = stamp(corpus / "birds/spring/wren.txt")
    files["more/robin.md"] = "# Robin\n\nA robin sleeps.\n"
    again = [
        json.loads(line)
        for line in client.put("/api/archives/birds/spring.zip", content=zipped(files)).text.splitlines()
    ]
    # What is there already, byte for byte, is left alone.
    assert (again[0]["outcome"], again[0]["reason"], again[0]["exists"]) == (
        "left out",
        "is in the corpus already",
        False,
    )
    assert (again[1]["outcome"], again[1]["exists"]) == ("refused", True)
    assert again[1]["reason"] == "the corpus already has birds/spring/more/robin.md"
    replaced = client.put("/api/archives/birds/spring.zip?replace=true", content=zipped(files)).text.splitlines()
    assert [json.loads(line)["outcome"] for line in replaced[:2]] == ["left out", "added"]
    assert stamp(corpus / "birds/spring/wren.txt") == written


def test_names_of_an_archive_are_read_as_they_were_meant_and_none_is_lost(client: TestClient, corpus: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("Muecke.txt", WREN)
        archive.writestr("wren.txt", WREN)
        archive.writestr("WREN.txt", "Another wren.")
    # As programs do that write UTF-8 without saying so.
    content = stream.getvalue().replace(b"Muecke", "Mücke".encode())
    lines = [json.loads(line) for line in client.put("/api/archives/birds.zip", content=content).text.splitlines()]
    assert [(each["path"], each["outcome"]) for each in lines] == [
        ("birds/Mücke.txt", "added"),
        ("birds/WREN.txt", "added"),
        ("birds/wren.txt", "left out"),
    ]
    assert (corpus / "birds" / "Mücke.txt").read_text(encoding="utf-8") == WREN


def test_an_archive_with_a_folder_of_its_name_is_no_folder_in_a_folder(client: TestClient, corpus: Path) -> None:
    client.put("/api/archives/spring.zip", content=zipped({"spring/wren.txt": WREN, "spring/a/robin.txt": WREN}))
    assert (corpus / "spring" / "wren.txt").is_file()
    assert (corpus / "spring" / "a" / "robin.txt").is_file()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no archive", "not a whole archive"),
        (zipped({"../out.txt": WREN}), "leads outside"),
        (zipped({"bomb.txt": b"0" * 60_000_000}), "times its size"),
        (zipped({f"{nth}.txt": "" for nth in range(10_001)}), "10,001 parts"),
    ],
    ids=["none", "outside", "bomb", "many"],
)
def test_a_hostile_archive_is_one_error(client: TestClient, corpus: Path, content: bytes, message: str) -> None:
    before = sorted(corpus.parent.rglob("*.txt"))
    refused = client.put("/api/archives/spring.zip", content=content)
    assert refused.status_code == 422
    assert message in refused.json()["message"]
    assert sorted(corpus.parent.rglob("*.txt")) == before


def test_a_file_is_seen_before_it_is_taken(client: TestClient, corpus: Path) -> None:
    before = sorted(corpus.rglob("*"))
    page = b"# Towers\n\nThey are <b>high</b>.\n\n## Lamps\n\nLamps are lit at night.\n"
    seen = client.post("/api/previews/towers.md", content=page).json()
    assert (seen["title"], seen["reader"].split()[0], seen["words"]) == ("Towers", "markdown", 12)
    assert [each["text"] for each in seen["outline"]] == ["Lamps"]
    html = client.post("/api/previews/towers.md", content=page, headers={"Accept": "text/html"}).text
    assert "They are &lt;b&gt;high" in html
    refused = client.post("/api/previews/towers.md", content=b" ")
    assert (refused.status_code, "contains no text" in refused.json()["message"]) == (422, True)
    assert client.post("/api/previews/long.txt", content=(b"word " * 200_000 for _ in range(70))).status_code == 413
    assert sorted(corpus.rglob("*")) == before


@pytest.mark.promise("roles")
def test_only_a_maintainer_may(index: IndexFolder) -> None:
    with TestClient(create_app(Assistant(index), ServerOptions(public=True)), base_url="http://127.0.0.1") as client:
        assert client.put("/api/archives/a.zip", content=zipped({"a.txt": WREN})).status_code == 403
        assert client.post("/api/previews/a.txt", content=WREN).status_code == 403


@pytest.mark.browser
def test_a_folder_and_an_archive_are_added_from_the_page(
    page: Page, corpus: Path, index: IndexFolder, tmp_path: Path
) -> None:
    folder = tmp_path / "birds"
    (folder / "more").mkdir(parents=True)
    (folder / ".git").mkdir()
    for nth in range(6):
        (folder / "more" / f"{nth}.txt").write_text(f"Wren {nth}\n\nWren {nth} weighs ten grams.\n", encoding="utf-8")
    (folder / "empty.txt").write_text(" ", encoding="utf-8")
    (folder / "wren.jpg").write_text("x", encoding="utf-8")
    (folder / ".git" / "config.txt").write_text("x", encoding="utf-8")
    (tmp_path / "spring.zip").write_bytes(zipped({"robin.txt": "Robin\n\nA robin sings.\n", "film.mp4": "x"}))
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        page.get_by_label("Choose a folder").set_input_files(folder)
        tray = page.locator(".cw-tray")
        expect(tray).to_contain_text("7 files to add")
        expect(tray).to_contain_text("1 file left out: hidden")
        expect(tray).to_contain_text("1 file left out: not in a supported format (.jpg)")
        page.get_by_role("button", name="Leave out birds/more/5.txt").click()
        page.get_by_label("Choose files").set_input_files(tmp_path / "spring.zip")
        page.get_by_label("Into the folder").fill("new")
        page.get_by_role("button", name="Add 7 files").click()
        lines = page.locator(".cw-uploads li")
        expect(lines.first).to_contain_text("6 added, 2 not")
        expect(lines.filter(has_text="new/birds/empty.txt")).to_contain_text("contains no text")
        expect(lines.filter(has_text="new/spring/robin.txt")).to_contain_text("added")
        expect(lines.filter(has_text="new/spring/film.mp4")).to_contain_text("left out: is not in a supported format")
        expect(page.locator(".cw-rebuild")).to_contain_text("6 added.")
    names = {file.relative_to(corpus).as_posix() for file in corpus.rglob("*.txt")}
    assert {f"new/birds/more/{nth}.txt" for nth in range(5)} | {"new/spring/robin.txt"} <= names
    assert "new/birds/more/5.txt" not in names


# Folders of the browser's own file system, as a test cannot drop real ones.
DROP = """async () => {
  const call = (target, name, ...more) => new Promise((done, failed) => target[name](...more, done, failed));
  const system = await new Promise((done, failed) => webkitRequestFileSystem(0, 1e6, done, failed));
  const folder = (into, name) => call(into, "getDirectory", name, { create: true });
  const birds = await folder(system.root, "birds");
  const more = await folder(birds, "more");
  await call(await folder(birds, ".git"), "getFile", "config.txt", { create: true });
  await call(birds, "getFile", "wren.jpg", { create: true });
  for (let nth = 0; nth < 120; nth += 1) await call(more, "getFile", `${nth}.txt`, { create: true });
  const drop = new DragEvent("drop", { bubbles: true, cancelable: true });
  const dropped = { types: ["Files"], items: [{ webkitGetAsEntry: () => birds }], files: [] };
  Object.defineProperty(drop, "dataTransfer", { value: dropped });
  document.querySelector(".cw-drop").dispatchEvent(drop);
}"""


@pytest.mark.long
@pytest.mark.browser
def test_a_folder_is_dropped_with_all_that_is_in_it(page: Page, index: IndexFolder) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        expect(page.locator(".cw-drop")).to_be_visible()
        page.evaluate(DROP)
        tray = page.locator(".cw-tray")
        expect(tray).to_contain_text("120 files to add")
        expect(tray.locator("summary").first).to_have_text("1 file left out: hidden")
        expect(tray).to_contain_text("birds/more/119.txt")
        expect(tray).to_contain_text("1 file left out: not in a supported format (.jpg)")


@pytest.mark.long
@pytest.mark.browser
def test_what_could_not_be_sent_stays_and_goes_on(page: Page, corpus: Path, index: IndexFolder) -> None:
    files: list[FilePayload] = [
        {"name": f"{nth}.txt", "mimeType": "text/plain", "buffer": f"Wren {nth} sings.".encode()} for nth in range(4)
    ]
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        page.get_by_label("Choose files").set_input_files(files)
        page.route("**/api/documents/2.txt", lambda route: route.abort())
        page.route("**/healthz", lambda route: route.abort())
        page.get_by_role("button", name="Add 4 files").click()
        tray = page.locator(".cw-tray")
        expect(tray).to_contain_text("The server does not respond. 2 files not added yet")
        page.unroute_all()
        tray.get_by_role("button", name="Add 2 files").click()
        expect(page.locator(".cw-uploads li")).to_have_text([f"{nth}.txt added" for nth in range(4)])
        # Those that are the same change nothing; of the others, each is offered for replacement, and all at once.
        files[2]["buffer"] = files[3]["buffer"] = b"Robins sing."
        another: FilePayload = {"name": "4.txt", "mimeType": "text/plain", "buffer": b"Wren 4 sings."}
        page.get_by_label("Choose files").set_input_files([*files, another])
        page.get_by_role("button", name="Add 5 files").click()
        sums = page.locator(".cw-uploads li").first
        expect(sums).to_contain_text("1 added, 2 already there, 2 not")
        sums.get_by_role("button", name="Replace all that exist").click()
        expect(page.locator(".cw-uploads li").filter(has_text="3.txt replaced")).to_be_visible()
    assert (corpus / "3.txt").read_bytes() == b"Robins sing."
