"""The encoder: texts to unit vectors.

``models`` says which model and where it is kept ready, ``preparing`` makes one ready, once, ``converting`` turns a
sentence-transformers model into an OpenVINO one (the only module that needs torch), ``encoding`` runs it. May import
the nouns only.
"""

import sys

# Otherwise each import of OpenVINO sends an event to Google Analytics, from a process that a thread forks. Citewell sends
# nothing, and such a fork copies locks that other threads hold and meets hooks that are half registered. OpenVINO does
# without where the package is not installed, which None here stands for.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
