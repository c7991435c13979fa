"""What others notice of a client that means harm.

    python benchmarks/burdens.py [--only NAME] [--seconds 20] [--corpus DIR]

A server in a process of its own, with accounts. While one client sends each kind of burden, another asks `/healthz` and
questions of its own: the first must stay under 100 ms at the median, the others under three times what they took before.
Clients are processes of their own, on this machine only, and end by themselves. What does not hold makes the exit status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from clients import QUESTIONS, Client, Seen, in_process, once, question, request
from reporting.machine import ROOT, described
from serving import MAINTAINER, Site, prepared, served

_A_SECOND = 20
_MOST_HEALTHZ_SECONDS = 0.1
_MOST_TIMES_SLOWER = 3.0
_PROBED_EVERY = 0.2
# Each may ask 60 questions a minute, where nothing else is said.
_ASKERS = tuple(f"asker{nth}" for nth in range(10))
_UPLOAD = "/api/documents/load.md?replace=true"
_UPLOAD_BYTES = 63_900_000


async def _steadily(client: Client, sending: bytes, until: float) -> Counter[str]:
    """Send a request so many times a second, whether those before are answered or not."""
    sent: list[asyncio.Task[str]] = []
    while time.monotonic() < until:
        sent.append(asyncio.create_task(once(client, sending, max(1.0, until + 5 - time.monotonic()))))
        await asyncio.sleep(1 / _A_SECOND)
    return Counter(await asyncio.gather(*sent))


async def accents(client: Client, until: float) -> Counter[str]:
    """Sign in with a name of 30,000 accents of two kinds, which are sorted one by one when they are normalised."""
    body = f"name=a{chr(0x301) * 30_000}{chr(0x316) * 30_000}&password=x".encode()
    stranger = Client(client.port, "")
    return await _steadily(
        stranger, request(stranger, "POST", "/sign-in", body, "application/x-www-form-urlencoded"), until
    )


async def upload(client: Client, until: float) -> Counter[str]:
    """Put in the largest Markdown that is taken, of everything that costs its reader work, one after the other."""
    part = (
        "# Heading *with* `marks`\n\n- a\n  - b **bold _both_** [x](y 'z') <!-- c --> &amp; &copy;\n\n"
        '> > | a | b |\n> > |---|---|\n> > | 1 | "two" |\n\nWords (so) he said. “And more.” ![i](j) <b>c</b> ***d*** e.\n\n'
    ).encode()
    sending = request(client, "PUT", _UPLOAD, part * (_UPLOAD_BYTES // len(part)), "text/markdown")
    seen: Counter[str] = Counter()
    while time.monotonic() < until:
        seen[await once(client, sending, max(1.0, until - time.monotonic()))] += 1
    return seen


async def top(client: Client, until: float) -> Counter[str]:
    """Ask for 1,000 passages, with all that may have been said before."""
    history = [{"role": "user", "content": ("exchange students abroad " * 200)[:4000]}] * 12
    return await _steadily(client, question(client, QUESTIONS[0], top=1000, history=history), until)


async def tools(client: Client, until: float) -> Counter[str]:
    """Send 1,000 MCP calls in one batch."""
    calls = [
        {
            "jsonrpc": "2.0",
            "id": nth,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTIONS[0]}},
        }
        for nth in range(1000)
    ]
    return await _steadily(client, request(client, "POST", "/mcp", json.dumps(calls).encode()), until)


async def headers(client: Client, until: float) -> Counter[str]:
    """Open connections and never finish the headers."""
    held: list[asyncio.StreamWriter] = []
    seen: Counter[str] = Counter()
    while time.monotonic() < until:
        try:
            async with asyncio.timeout(5):
                _, writer = await asyncio.open_connection("127.0.0.1", client.port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            held.append(writer)
            seen["opened"] += 1
        except (OSError, TimeoutError) as error:
            seen[type(error).__name__] += 1
        await asyncio.sleep(1 / _A_SECOND)
    for writer in held:
        writer.close()
    return seen


Burden = Callable[[Client, float], Coroutine[Any, Any, "Counter[str]"]]
_BURDENS: dict[str, Burden] = {
    "accents": accents,
    "upload": upload,
    "top": top,
    "tools": tools,
    "headers": headers,
}


async def _probe(askers: list[Client], until: float) -> Seen:
    """Ask /healthz and questions, each over a connection of its own, as other people do."""
    seen = Seen([], [], Counter())
    nth = 0
    while time.monotonic() < until:
        asker = askers[nth % len(askers)]
        asked = {
            "healthz": (seen.healthz, request(Client(asker.port, ""), "GET", "/healthz")),
            "question": (seen.questions, question(asker, QUESTIONS[nth % len(QUESTIONS)])),
        }
        for name, (times, sending) in asked.items():
            began = time.perf_counter()
            status = await once(asker, sending, 30.0)
            times.append(time.perf_counter() - began)
            seen.statuses[f"{name} {status}"] += 1
        nth += 1
        await asyncio.sleep(_PROBED_EVERY)
    return seen


def burdens(site: Site, chosen: list[str], seconds: float) -> bool:
    """Measure what others notice of each burden; return whether all is as it must be."""
    print(f"{'burden':12} {'healthz p50':>12} {'questions p50':>14} {'times':>6}  holds  of whom; what the burden got")
    fine = True
    for name in chosen:
        # Each finds a server that nothing was done to before.
        with served(site) as (port, _):
            clients = [Client(port, site.tokens[each]) for each in _ASKERS]
            before = asyncio.run(_probe(clients, time.monotonic() + seconds / 2))
            healthz, usual = statistics.median(before.healthz), statistics.median(before.questions)
            print(f"{'(before)':12} {1000 * healthz:9.1f} ms {1000 * usual:11.1f} ms {'':13}  {dict(before.statuses)}")
            who = Client(port, site.tokens[MAINTAINER if name == "upload" else "attacker"])
            until = time.monotonic() + seconds + 2
            burden = in_process(_BURDENS[name], who, until)
            time.sleep(2)
            seen = asyncio.run(_probe(clients, until))
            got = burden()
            healthz, asked = statistics.median(seen.healthz), statistics.median(seen.questions)
            answered = {status for status in seen.statuses if not status.endswith(" 200")} == set()
            holds = healthz < _MOST_HEALTHZ_SECONDS and asked < _MOST_TIMES_SLOWER * usual and answered
            fine = fine and holds
            said = "yes" if holds else "NO"
            print(
                f"{name:12} {1000 * healthz:9.1f} ms {1000 * asked:11.1f} ms {asked / usual:6.2f}  {said:5}  "
                f"{dict(seen.statuses)}; {dict(got)}",
                flush=True,
            )
    return fine


def main() -> int:
    """Measure what is asked for, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(_BURDENS), action="append", help="this alone (can be repeated)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long a burden lasts")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus", help="what is asked about")
    arguments = parser.parse_args()
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False")
    print("; ".join(f"{name} {value}" for name, value in described()))
    with tempfile.TemporaryDirectory(prefix="citewell-load-") as temporary:
        corpus = Path(temporary, "corpus")
        # What is put in must not stay in somebody's corpus.
        shutil.copytree(arguments.corpus, corpus)
        site = prepared(ROOT, corpus, Path(temporary, "site"), [MAINTAINER, "attacker", *_ASKERS])
        return 0 if burdens(site, arguments.only or list(_BURDENS), arguments.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
