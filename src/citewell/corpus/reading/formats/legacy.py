"""Word and PowerPoint files from before 2007: named with what converts them, or converted by LibreOffice where that is allowed.

An OLE2 compound file is recognised by its directory of streams ([MS-DOC] 2.1, [MS-PPT] 2.1.1).
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from citewell.corpus.reading.extract import Extract, FormatReader, Reader, Source
from citewell.errors import ReadingError

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class _Old:
    """An old format: what it is called, the stream that it has, and the suffix of the format that replaced it."""

    name: str
    stream: str
    new: str


_FORMATS = (_Old("Word", "WordDocument", "docx"), _Old("PowerPoint", "PowerPoint Document", "pptx"))


def read(source: Source) -> Extract:
    """Read an old file by converting it.

    Raises:
        ReadingError: Converting is not allowed, LibreOffice is not there, or it fails; or it is no such file.
    """
    old = _format_of(source.data)
    if old is None:
        raise ReadingError("is no Word or PowerPoint file that is read")
    program = shutil.which("soffice")
    if not (program and source.options.soffice):
        allowed = ", or allow it: soffice = true under [reading] in citewell.toml" if program else ""
        command = f"soffice --headless --convert-to {old.new} FILE"
        raise ReadingError(
            f"is in the format of {old.name} before 2007, which is not read; save it as .{old.new}, or convert it with"
            f" LibreOffice ({command}){allowed}",
            lacks="soffice",
        )
    converted = _convert(source.data, old, program)
    reader: Reader = import_module(f"citewell.corpus.reading.formats.{old.new}").READER
    extract = reader.read(replace(source, data=converted))
    return replace(extract, warnings=("was converted by LibreOffice", *extract.warnings))


def _format_of(data: bytes) -> _Old | None:
    """Return which old format bytes are in, or None."""
    if not data.startswith(_COMPOUND):
        return None
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(data)) as file:
            return next((each for each in _FORMATS if file.exists(each.stream)), None)
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        # What olefile raises for a damaged directory.
        return None


def _convert(data: bytes, old: _Old, program: str) -> bytes:
    """Convert a file in a folder and with a profile of its own, so that it starts no macro and no other window.

    Raises:
        ReadingError: LibreOffice fails or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="citewell-") as name:
        folder = Path(name)
        file = folder / "old.bin"
        file.write_bytes(data)
        profile = (folder / "profile").as_uri()
        command = [
            *(program, "--headless", "--norestore", f"-env:UserInstallation={profile}"),
            *("--convert-to", old.new, "--outdir", str(folder / "new"), str(file)),
        ]
        _run(command)
        try:
            return (folder / "new" / f"old.{old.new}").read_bytes()
        except OSError as error:
            raise ReadingError("LibreOffice cannot convert it") from error


def _run(command: list[str]) -> None:
    """Run LibreOffice with all processes that it starts.

    Raises:
        ReadingError: It fails or takes too long.
    """
    is_posix = sys.platform != "win32"
    try:
        # Without pipes, which its processes would hold open after its end.
        process = subprocess.Popen(  # noqa: S603 - the program that the user's path names, and our own file
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=is_posix,
            preexec_fn=_free if is_posix else None,
        )
    except OSError as error:
        raise ReadingError("LibreOffice cannot convert it") from error
    try:
        status = process.wait(_SECONDS)
    except subprocess.TimeoutExpired as error:
        # Its command only starts another process and waits for that.
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        raise ReadingError(f"LibreOffice takes more than {_SECONDS} seconds to convert it", retry=True) from error
    if status:
        raise ReadingError("LibreOffice cannot convert it")


def _free() -> None:
    """Give LibreOffice more memory and processor time than a reader has; it ends even if nothing is left to end it."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS if hard < 0 else min(_SECONDS, hard), hard))


def _is_old(data: bytes) -> bool:
    return _format_of(data) is not None


READER = FormatReader("legacy", 1, frozenset({".doc", ".dot", ".ppt", ".pps"}), read, _is_old, is_binary=True)
