"""User data in the files of one folder (`storage.State`)."""

from __future__ import annotations

from citewell.state.counting import MemoryCounts
from citewell.state.files.accounts import AccountsFile
from citewell.state.files.feedback import FeedbackFile
from citewell.state.files.runs import RunsFolder
from citewell.state.folder import StateFolder


class FileState:
    """The user data in one folder; limits are counted in memory.

    Args:
        folder: The folder; it need not exist yet.
    """

    def __init__(self, folder: StateFolder) -> None:
        self.folder = folder
        self.accounts = AccountsFile(folder.accounts)
        self.feedback = FeedbackFile(folder)
        self.runs = RunsFolder(folder)

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder.path)

    def counts(self, limit: str, most: int, seconds: float) -> MemoryCounts:  # noqa: ARG002 - each has its own
        """Return the counts of a limit, which end with this process."""
        return MemoryCounts(most, seconds)

    def close(self) -> None:
        """Close what is open: nothing."""
