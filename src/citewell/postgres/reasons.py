"""Why a database could not be asked, in one line and without a password."""

from __future__ import annotations

import psycopg


def reason(error: psycopg.Error) -> str:
    """Return what the database says, in a line; of several hosts, what each says."""
    lines = str(error).strip().split("\n")
    # "- host: …: connection failed: connection to server at …"
    several = [line.partition("connection failed: ")[2] or line[2:] for line in lines if line.startswith("- ")]
    return "; ".join(several) or lines[0]
