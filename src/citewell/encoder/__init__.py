"""The encoder: texts to unit vectors.

``models`` identifies models and manages the cache of prepared ones, ``preparing`` prepares a model once, ``converting``
converts a sentence-transformers model to OpenVINO, ``quantising`` makes its INT8 form (the only modules that need torch),
``encoding`` runs it. May import only the
base modules.
"""

import sys

# Otherwise each import of OpenVINO sends an event to Google Analytics, from a process that a thread forks. Citewell sends
# nothing, and such a fork copies locks that other threads hold and meets hooks that are half registered. OpenVINO does
# without where the package is not installed, which None here stands for.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
