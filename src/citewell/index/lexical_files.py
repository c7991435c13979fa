"""The files of a BM25 index (tantivy), opened."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import tantivy

from citewell.index.postings import SPACED, spaced

# Where tantivy describes the files.
_DESCRIPTION = "meta.json"


def searcher(folder: Path) -> tantivy.Searcher:
    """Open the files of a folder; a lock file is created there."""
    index = tantivy.Index.open(str(folder))
    # A snapshot never changes, so tantivy need not watch it.
    index.config_reader(reload_policy="manual")
    index.register_tokenizer(SPACED, spaced())
    return index.searcher()


def passages_in(folder: Path) -> int:
    """Return how many passages the files of a folder have, also those that were removed since they were written.

    Raises:
        ValueError: It has no description that tells.
    """
    try:
        described = json.loads((folder / _DESCRIPTION).read_bytes())
        return sum(int(each["max_doc"]) for each in described["segments"])
    except (OSError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{_DESCRIPTION} does not describe it: {error}") from error


def link_files(folder: Path, place: Path) -> Path:
    """Fill a folder with links to the files of another, or with copies if links are not supported."""
    for file in folder.iterdir():
        if file.suffix == ".lock":
            continue
        try:
            (place / file.name).symlink_to(file.absolute())
        except (OSError, NotImplementedError):
            shutil.copyfile(file, place / file.name)
    return place
