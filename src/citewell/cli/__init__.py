"""The command line: settings and arguments in, results on stdout, messages on stderr.

``app`` has the commands that index, ask and serve, ``evaluating`` those that judge, ``users`` those of accounts;
``options`` is what they share, ``batch`` reads questions from a file, ``terminal`` and ``tables`` show results. May
import everything; nothing imports it. What a command needs is imported inside it, so that no command waits for what
another one needs.
"""

from citewell.cli.app import main, run_chat

__all__ = ["main", "run_chat"]
