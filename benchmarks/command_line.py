"""The command line of the benchmarks: which command is meant, what it takes, and where its page is written."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

# Nothing here reaches for the network, and everything is measured with what is on this machine.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")

from citewell.errors import CitewellError
from commands import cluster, load, peers, quality, scale, speed
from processes import FailedError
from reporting.report import FOLDER, Report

_COMMANDS = {
    "quality": (quality, "what answers show, mark and refuse, with intervals"),
    "speed": (speed, "building, asking and starting, as ratios to plain sentence-transformers"),
    "scale": (scale, "building, opening and asking from a thousand to a million windows"),
    "load": (load, "answers a second for many who ask at once, here and in another checkout"),
    "cluster": (cluster, "an index in PostgreSQL, and its servers killed while people ask"),
    "peers": (peers, "other tools with the same texts, questions and model"),
}


def main(arguments: Sequence[str], description: str | None = None) -> int:
    """Run a command, write its page, print it, and return the exit status.

    Args:
        arguments: What was typed after the name of the program.
        description: What `--help` says first.
    """
    parser = argparse.ArgumentParser(
        prog="python benchmarks", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (module, words) in _COMMANDS.items():
        command = commands.add_parser(name, help=words, description=module.__doc__)
        command.add_argument("--to", type=Path, default=FOLDER, metavar="DIR", help="where the page is written")
        module.add_arguments(command)
    given = parser.parse_args(arguments)
    page = Report(given.command, arguments)
    try:
        _COMMANDS[given.command][0].measure(given, page)
    except (CitewellError, FailedError) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 1
    file = page.write(given.to)
    print(page.text())
    print(f"written to {file}", file=sys.stderr)
    return 0
