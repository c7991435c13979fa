"""Building: from a corpus to a new snapshot of its index.

``building`` runs the steps, ``holding`` protects documents from being dropped from an index, ``writing`` writes the stores of
the new snapshot, ``report`` describes the result. May import everything below it: search (for calibration), the index, the
corpus and the encoder; nothing of the evaluation, the web or the command line.
"""

from citewell.building.building import build
from citewell.building.report import BuildReport, Progress

__all__ = ["BuildReport", "Progress", "build"]
