"""A program in tesseract's place, which says what is in a file."""

from __future__ import annotations

from pathlib import Path

# Level, page, block, paragraph, line, word, left, top, width, height, confidence, text: at 300 dpi, 300 pixels an inch.
TABLE = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
4\t1\t1\t1\t1\t0\t300\t900\t900\t50\t-1\t
5\t1\t1\t1\t1\t1\t300\t900\t250\t50\t96.5\tThe
5\t1\t1\t1\t1\t2\t600\t900\t250\t50\t95.1\tscanned
5\t1\t1\t1\t1\t3\t900\t900\t300\t50\t94.2\tletter.
5\t1\t1\t1\t1\t4\t1300\t900\t30\t50\t3.2\t~|
"""
# What a page shows that is a picture.
PICTURE = "0 g 100 100 300 300 re f\n"


def install(folder: Path) -> Path:
    """Write the program, and return the file with what it says: the letter of `TABLE`.

    Args:
        folder: Where; it has to be in the path of the shell.
    """
    answer, script = folder / "answer.tsv", folder / "tesseract"
    answer.write_text(TABLE, encoding="utf-8")
    lines = ["#!/bin/sh", 'if [ "$1" = --list-langs ]; then echo List; echo eng; exit; fi', "/bin/cat > /dev/null"]
    script.write_text("\n".join([*lines, f"/bin/cat '{answer}'", ""]), encoding="utf-8")
    script.chmod(0o700)
    return answer
