"""The catalogues of the page's languages.

``python -m tests.support.messages`` brings them up to date with the messages of the code (`make messages`), and ``--check``
only says whether they are. A new language begins as an empty file, such as ``src/citewell/web/language/fr.po``.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[2] / "src" / "citewell"
FOLDER = PACKAGE / "web" / "language"
# The page, and the charts that it shows.
_SOURCES = ("web", "evaluation")
_METHODS = [("templates/**.html", "jinja2"), ("static/**.js", "javascript"), ("**.py", "python")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
_KEYWORDS = {**DEFAULT_KEYWORDS, "noop": None, "say": None}
# Dates would change with every update, and nobody fills the others.
_LEFT_OUT = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Report-Msgid",
    "Last-Translator",
    "Language-Team",
    "Project-Id",
)
_HEADER = "# Translations of the page of Citewell, brought up to date by `make messages`."


@cache
def messages_of_code() -> Catalog:
    """Return the messages of the code, each with the files that use it; reading all of it takes seconds."""
    catalogue = Catalog(charset="utf-8")
    for source in _SOURCES:
        found = extract_from_dir(PACKAGE / source, _METHODS, _OPTIONS, _KEYWORDS)
        for file, _, message, comments, context in found:
            at = Path(file) if source == _SOURCES[0] else Path(source, file)
            catalogue.add(message, locations=[(at.as_posix(), 0)], auto_comments=comments, context=context)
    return catalogue


def updated(file: Path) -> bytes:
    """Return a catalogue with the messages of the code, and the translations that it has.

    Args:
        file: The catalogue.
    """
    catalogue = read_po(BytesIO(file.read_bytes()), locale=file.stem.replace("-", "_"))
    # A translation of another message that looks like it would be shown as if it were right.
    catalogue.update(messages_of_code(), no_fuzzy_matching=True)
    catalogue.header_comment = _HEADER
    written = BytesIO()
    write_po(written, catalogue, width=110, ignore_obsolete=True, include_lineno=False, sort_output=True)
    dropped = tuple(f'"{name}'.encode() for name in _LEFT_OUT)
    return b"".join(line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(dropped))


def main() -> int:
    """Update the catalogues, or compare them with the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    check = parser.parse_args().check
    behind = {file: content for file in sorted(FOLDER.glob("*.po")) if (content := updated(file)) != file.read_bytes()}
    for file, content in behind.items():
        if not check:
            file.write_bytes(content)
        sys.stdout.write(f"{file.name} {'is not up to date: make messages' if check else 'updated'}\n")
    return int(check and bool(behind))


if __name__ == "__main__":
    sys.exit(main())
