"""The command line: settings and arguments in, results on stdout, messages on stderr.

``app`` has the commands that index, ask and serve, ``evaluating`` those of evaluation, ``users`` those of accounts; ``options``
is shared by them, ``batch`` reads questions from a file, ``terminal`` and ``tables`` print results. May import everything;
nothing imports it. Imports are inside the commands, so that no command waits for what another one needs.
"""

import os

# Pydantic would look for plugins of its own among all packages that are installed, before the first command.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from citewell.cli.app import main, run_chat

__all__ = ["main", "run_chat"]
