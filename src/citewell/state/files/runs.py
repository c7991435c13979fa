"""Saved runs in a folder: one file each, which only its owner can read."""

from __future__ import annotations

from pathlib import Path

from citewell.errors import StateError
from citewell.files import write_atomically
from citewell.state.folder import StateFolder

_ENDING = ".jsonl"


class RunsFolder:
    """The runs in one folder (`storage.RunTexts`).

    Args:
        folder: The folder of user data; it is created with the first run.
    """

    def __init__(self, folder: StateFolder) -> None:
        self._state = folder

    def heads(self) -> dict[str, str]:
        """Return the first line of each run by name."""
        return {file.stem: _head(file) for file in self._state.runs.glob(f"[!.]*{_ENDING}")}

    def text(self, name: str) -> str | None:
        """Return a run (`storage.RunTexts.text`)."""
        # The name is of a request: only those that are listed are files.
        file = {each.stem: each for each in self._state.runs.glob(f"[!.]*{_ENDING}")}.get(name)
        try:
            return file.read_text(encoding="utf-8") if file else None
        except OSError as error:
            raise StateError(f"the run {file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            return ""

    def add(self, name: str, text: str) -> None:
        """Store a run (`storage.RunTexts.add`)."""
        try:
            self._state.create()
            self._state.runs.mkdir(exist_ok=True)
            write_atomically(self._state.runs / f"{name}{_ENDING}", text)
        except OSError as error:
            raise StateError(f"the run cannot be saved in {self._state.runs}: {error.strerror}") from error

    def described(self, name: str) -> str:
        """Return the file of a run, as errors name it."""
        return str(self._state.runs / f"{name}{_ENDING}")


def _head(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as lines:
            return lines.readline()
    except (OSError, UnicodeDecodeError):
        # The error is raised when the run is read.
        return ""
