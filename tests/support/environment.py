"""What every process of a run has in its environment; conftest imports this before anything else."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "corpus"

# Each of the processes of a run computes with one thread: more would wait for each other, and spin while they do.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"))
# Hundreds of processes import the same modules: what they compile is kept, even where other programs are told not to.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Before anything imports a hub client: tests never reach for the network.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False")
os.environ.update(HAYSTACK_TELEMETRY_ENABLED="False", LANGSMITH_TRACING="false")
# One for all processes of a run, so that the model is prepared once; the first of them removes it.
IS_FIRST = "CITEWELL_TESTS_CACHE" not in os.environ
CACHE = os.environ.setdefault("CITEWELL_TESTS_CACHE", tempfile.mkdtemp(prefix="citewell-tests-") if IS_FIRST else "")
os.environ["CITEWELL_CACHE"] = CACHE
# Not by one that has no room for its files: Python 3.11 keeps half of what it compiled (CPython's gh-126606), for all others.
WITHOUT_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
