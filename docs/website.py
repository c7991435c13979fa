"""Builds the site of the documentation: ``make docs``.

The pages of ``docs``, and those that stand elsewhere (``BESIDE``), are put together in ``build/docs``, and Zensical makes
``build/site`` of them. A link or a picture that leads nowhere ends the build.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lxml import html

DOCS = Path(__file__).parent
ROOT = DOCS.parent
# Pages that stand elsewhere in the repository, and their names on the site.
BESIDE = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "reporting.md"}


def gather(folder: Path) -> None:
    """Put the pages and pictures together in a folder, with the links between them as they are there."""
    shutil.rmtree(folder, ignore_errors=True)
    for file in (*DOCS.glob("*.md"), *DOCS.glob("benchmarks/*"), *DOCS.glob("screenshots/*"), *DOCS.glob("theme/*")):
        there = folder / file.relative_to(DOCS)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, there)
    for name, page in BESIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        (folder / page).write_text(re.sub(r"\]\((?:docs/|(?=[A-Z]))", "](", text), encoding="utf-8")
    for file in folder.glob("*.md"):
        text = file.read_text(encoding="utf-8")
        for name, page in BESIDE.items():
            text = text.replace(f"](../{name}", f"]({page}").replace(f"]({name}", f"]({page}")
        file.write_text(text, encoding="utf-8")


def build(folder: Path) -> None:
    """Build the site in a folder.

    Raises:
        SystemExit: A page, a link or a picture is not right; what is printed says which.
    """
    site = folder / "site"
    gather(folder / "docs")
    text = (DOCS / "zensical.toml").read_text(encoding="utf-8")
    (folder / "zensical.toml").write_text(text.replace('"src"', f'"{(ROOT / "src").as_posix()}"'), encoding="utf-8")
    shutil.rmtree(site, ignore_errors=True)
    zensical = [str(Path(sys.executable).with_name("zensical")), "build", "--strict", "--clean"]
    if subprocess.run([*zensical, "--config-file", str(folder / "zensical.toml")], check=False).returncode:
        raise SystemExit(1)
    if faults := sorted(broken_links(site)):
        raise SystemExit("\n".join(faults))


def broken_links(site: Path) -> Iterator[str]:
    """Yield each link and picture of a built site that leads to no page, no file or no place in a page."""
    trees = {file: html.parse(str(file)).getroot() for file in site.rglob("*.html") if file.name != "404.html"}
    anchors = {
        file: {each for node in tree.iter() for each in (node.get("id"), node.get("name")) if each}
        for file, tree in trees.items()
    }
    for file, tree in trees.items():
        for node, attribute, link, _ in tree.iterlinks():
            path, _, anchor = link.partition("#")
            if attribute not in ("href", "src") or re.match(r"[a-z]+:|//", link):
                continue
            there = (file.parent / path).resolve() if path else file
            there = there / "index.html" if there.is_dir() else there
            if not there.exists() or (anchor and there in anchors and anchor not in anchors[there]):
                yield f"{file.relative_to(site)}: {node.tag} {attribute}={link!r} leads nowhere"


def main() -> None:
    """Build the site."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=ROOT / "build", help="the folder for the site")
    folder = parser.parse_args().to.resolve()
    build(folder)
    print(f"The site is in {folder / 'site'}")


if __name__ == "__main__":
    main()
