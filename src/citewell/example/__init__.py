"""Example documents to try Citewell with: six files, in six formats, of a school that does not exist, and questions on them."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from shutil import copy, copytree

from citewell.errors import UsageError

QUESTIONS = "example.questions.yaml"


def write_documents(folder: Path) -> list[Path]:
    """Write the example documents into a folder, which is made if it is missing.

    Args:
        folder: The folder; it must be empty, so that no corpus gets documents that are not its own.

    Returns:
        The files, sorted.

    Raises:
        UsageError: The folder is not empty, or is a file.
        OSError: They cannot be written.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and not empty; give another folder with --corpus")
    with as_file(files(__name__) / "files" / "corpus") as source:
        copytree(source, folder, dirs_exist_ok=True, copy_function=copy)
    return sorted(folder.iterdir())


def write_questions(file: Path) -> None:
    """Write the questions about the example documents, a question set, unless there is such a file.

    Raises:
        OSError: It cannot be written.
    """
    if not file.exists():
        with as_file(files(__name__) / "files" / QUESTIONS) as source:
            copy(source, file)
