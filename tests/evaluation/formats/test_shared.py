"""Documents of other formats as files: their names, and texts that are read as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.errors import QuestionError
from citewell.evaluation.formats.shared import file_name, write_corpus


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), max_size=90), max_size=20))
def test_file_names_are_safe_and_one_for_each_name(names: set[str]) -> None:
    names |= {name.swapcase() for name in names} | {f"{name}/" for name in names}
    files = {file_name(name) for name in names}
    assert len({file.lower() for file in files}) == len(names)
    assert all(file.isascii() and len(file) <= 90 and file[0] not in ".-~ " for file in files)
    assert not {character for file in files for character in file} & set('<>:"/\\|?* \t\n')


@pytest.mark.parametrize("device", ["con", "nul", "com1", "LPT9", "aux"])
def test_file_names_are_no_devices_of_windows(device: str) -> None:
    assert file_name(device).partition(".")[0].lower() != device.lower()


def test_a_made_name_cannot_be_taken_by_another(tmp_path: Path) -> None:
    made = file_name("Otters").removesuffix(".txt")
    assert file_name(made) != file_name("Otters")
    assert file_name("otters") == "otters.txt"
    assert file_name("Moon/1").startswith("moon-1~"), "a reader should know the document by its file"
    with pytest.raises(QuestionError, match="outside"):
        write_corpus({"good.txt": "Good.", "../bad.txt": "Bad."}, tmp_path / "corpus")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["\ufeffMarked", "Null \0 here", "Half \ud83d"])
def test_a_text_that_would_not_be_read_unchanged_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(QuestionError, match=r"'a\.txt'"):
        write_corpus({"a.txt": text}, tmp_path)
    assert not list(tmp_path.iterdir())
