"""The door that writes: a corpus to a new snapshot of its index.

``building`` is the order of the steps, ``holding`` what a build may not take out of an index, ``writing`` the stores
of the new snapshot, ``report`` what was done. May import everything below it: search, for calibration, the index, the
corpus and the encoder; nothing of the evaluation, the web or the command line.
"""

from citewell.building.building import build
from citewell.building.report import BuildReport, Progress

__all__ = ["BuildReport", "Progress", "build"]
