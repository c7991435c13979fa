"""What measured: the machine, the versions, and the state of the code."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "citewell",
    "faiss-cpu",
    "openvino",
    "tantivy",
    "tokenizers",
    "sentence-transformers",
    "torch",
    "numpy",
    "gradio",
)


def described() -> list[tuple[str, str]]:
    """Return what a reader needs to judge figures of this machine, as pairs of a name and its value."""
    return [
        ("processor", f"{os.cpu_count()} cores of {_processor()}"),
        ("memory", f"{_memory() / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("load before", ", ".join(f"{each:.1f}" for each in os.getloadavg())),
        ("Python", platform.python_version()),
        ("packages", ", ".join(f"{name} {found}" for name, found in versions(PACKAGES).items())),
        ("commit", commit(ROOT)),
        ("date", time.strftime("%Y-%m-%d")),
    ]


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit(checkout: Path) -> str:
    """Return the commit of a checkout, with a word if its files differ from it."""
    git = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
