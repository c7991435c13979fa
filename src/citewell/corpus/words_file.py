"""The files of the house's own words: ``citewell-words.txt`` of a corpus, and the one that the settings name.

They are looked at with each question, and read again only if the file system reports a change. Faults are shown to the
maintainer, and never keep a question from its answer.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from citewell.errors import CitewellError, UsageError
from citewell.files import write_atomically
from citewell.text.own_words import FILE, MOST_BYTES, Fault, OwnWords, Rule, read_rules, with_rules

_State = tuple[int, int, int, int] | None
_NOT_UTF8 = Fault(0, "it is not UTF-8 text, so none of it counts", "save it as UTF-8")
_TOO_LARGE = Fault(0, f"it is larger than {MOST_BYTES:,} bytes, so none of it counts", "shorten it")
_NO_FILE = Fault(0, "it is not a regular file", "replace it by a text file")
_OUTSIDE = Fault(0, "it is a link that leads outside the corpus", 'name the file in citewell.toml: words = "FILE"')


@dataclass(frozen=True, slots=True)
class HouseWords:
    """The rules of all files, and what is wrong with the files, in words."""

    rules: tuple[Rule, ...] = ()
    faults: tuple[str, ...] = ()


_NONE = HouseWords()


class WordsFiles:
    """The files of one corpus. Thread-safe.

    Args:
        corpus: The folder of the corpus; it need not exist.
        named: The file that the settings name, if any.
    """

    def __init__(self, corpus: Path, named: str | None = None) -> None:
        self._corpus = corpus
        self._named = Path(named) if named else None
        self._files = [corpus / FILE, *([self._named] if self._named else [])]
        self._known: tuple[tuple[_State, ...], HouseWords] = ((None,), _NONE) if named is None else ((), _NONE)

    @property
    def own(self) -> Path:
        """The file that rules are added to."""
        return self._named or self._corpus / FILE

    def current(self) -> HouseWords:
        """Return the rules and faults of the files as they are now; the same object if nothing has changed."""
        states = tuple(map(_state, self._files))
        known, words = self._known
        if known != states:
            read = [(file, self._read(file)) for file in self._files]
            words = HouseWords(
                tuple(rule for _, found in read for rule in found.rules),
                tuple(_in_words(file, fault) for file, found in read for fault in found.faults),
            )
            self._known = (states, words)
        return words

    def add(self, rules: Sequence[Rule]) -> Path:
        """Add rules at the end of the file, which is created if missing; return the file.

        Args:
            rules: The rules.

        Raises:
            UsageError: A name or a folder cannot be written in such a file.
            CitewellError: The file cannot be read or written.
        """
        if self.own.is_symlink() and self._leads_out(self.own):
            raise CitewellError(f"{self.own} cannot be used: {_OUTSIDE.message}", hint=_OUTSIDE.hint)
        # A link keeps pointing to the file.
        file = Path(os.path.realpath(self.own))
        try:
            text = file.read_bytes().decode("utf-8") if file.exists() else ""
            write_atomically(file, with_rules(text, rules), like=file if file.exists() else None, private=False)
        except OSError as error:
            raise CitewellError(f"{self.own} cannot be written: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CitewellError(f"{self.own} is not UTF-8 text", hint=_NOT_UTF8.hint) from error
        except ValueError as error:
            raise UsageError(f"the rule cannot be added: {error}") from error
        return self.own

    def _read(self, file: Path) -> OwnWords:
        try:
            if file.is_symlink() and self._leads_out(file):
                return OwnWords(faults=(_OUTSIDE,))
            found = file.stat()
            # Opening a pipe would wait for its other end.
            if not stat.S_ISREG(found.st_mode):
                return OwnWords(faults=(_NO_FILE,))
            if found.st_size > MOST_BYTES:
                return OwnWords(faults=(_TOO_LARGE,))
            return read_rules(file.read_bytes()[: MOST_BYTES + 1].decode("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            missing = Fault(0, "there is no such file", "create it, or remove `words` from the settings")
            return OwnWords(faults=(missing,) if file == self._named else ())
        except UnicodeDecodeError:
            return OwnWords(faults=(_NOT_UTF8,))
        except OSError as error:
            return OwnWords(faults=(Fault(0, f"it cannot be read: {error.strerror}", "let this user read it"),))

    def _leads_out(self, link: Path) -> bool:
        """Return whether a link of the corpus leads out of it; the settings may name any file."""
        return link != self._named and not Path(os.path.realpath(link)).is_relative_to(os.path.realpath(self._corpus))


def _state(file: Path) -> _State:
    """Return what changes with a file; None if it is missing or cannot be looked at."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _in_words(file: Path, fault: Fault) -> str:
    line = f", line {fault.line}" if fault.line else ""
    return f"{file}{line}: {fault.message}; {fault.hint}"
