"""An index as an older version left it, with user data in it; light to import, because a test forks with it."""

from __future__ import annotations

from pathlib import Path

# What an older version left in an index.
LEFT = {
    "accounts.json.lock": "",
    "accounts.key": "a" * 64,
    "accounts.json": '{"format": 1, "accounts": []}',
    "feedback.sqlite-journal": "journal",
    "feedback.sqlite": "opinions",
    "runs/one.jsonl": "a run",
    "removed/20260101T000000.000000Z/animals/moon.txt": "The Moon.",
    "removed/20260102T000000.000000Z/moon.txt": "The moon.",
}


def older(index: Path) -> Path:
    """Make a folder as an older version left it, with what an index has besides."""
    for name, content in {**LEFT, "CURRENT": "one\n", "snapshots/one/manifest.json": "{}"}.items():
        (index / name).parent.mkdir(parents=True, exist_ok=True)
        (index / name).write_text(content, encoding="utf-8")
    return index


def held(folder: Path) -> dict[str, str]:
    """Return what of the things of an older version a folder holds."""
    return {name: (folder / name).read_text(encoding="utf-8") for name in LEFT if (folder / name).is_file()}
