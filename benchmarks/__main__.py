"""The benchmarks that are published, one command each, which writes a page with its tables and its plot.

    python benchmarks quality ../shared/benchmarks/chunking ../shared/benchmarks/languages
    python benchmarks speed ../shared/benchmarks/chunking
    python benchmarks scale ../shared/benchmarks/chunking --texts /usr/share/doc --keep ~/scale
    python benchmarks load --against ../before
    python benchmarks cluster ../shared/benchmarks/chunking ~/scale/10000/index ~/scale/100000/index
    python benchmarks peers ../shared/benchmarks/chunking --environments ~/environments

Each says what it measures in `docs/benchmarks.md`. Data sets are given by their folders, and are not copied.
"""

from __future__ import annotations

import sys

from command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__))
