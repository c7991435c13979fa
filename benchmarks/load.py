"""What others notice of a client that means harm, and how many questions a second many users get answered.

    python benchmarks/load.py [--only NAME] [--seconds 60] [--corpus DIR]

A server in a process of its own, with accounts. While one client sends each kind of burden, another asks `/healthz` and
questions of its own: the first must stay under 100 ms at the median, the others under three times what they took before. Then
24 and 50 users, each with an account of their own, ask without pause: nothing fails, and 50 get as many answers a second as 24.
Clients are processes of their own, on this machine only, and end by themselves. What does not hold makes the exit status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

Result = TypeVar("Result")

_ROOT = Path(__file__).parent.parent
_A_SECOND = 20
_MOST_HEALTHZ_SECONDS = 0.1
_MOST_TIMES_SLOWER = 3.0
_LONGEST_PAUSE = 15
_PROBED_EVERY = 0.2
# As long as a process needs to begin.
_STARTING_SECONDS = 3
# Each may ask 60 questions a minute, where nothing else is said.
_ASKERS = 10
_PHRASE = "seven quiet lanterns over the harbour"
_QUESTIONS = (
    "What are the challenges of international education?",
    "What do student exchanges offer?",
    "How are degrees recognised in other countries?",
    "Who pays for international cooperation?",
)
_UPLOAD = "/api/documents/load.md?replace=true"
_UPLOAD_BYTES = 63_900_000


class Client(NamedTuple):
    """Who asks, and where."""

    port: int
    token: str


class Seen(NamedTuple):
    """What one saw who asked while others did something: seconds of /healthz and of questions, and replies by status."""

    healthz: list[float]
    questions: list[float]
    statuses: Counter[str]


# What is sent. A burden takes a client and until when, and sends as long as that.


def _request(client: Client, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{client.port}", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {kind}", "Accept: application/json, text/event-stream"]
    if client.token:
        lines.append(f"Authorization: Bearer {client.token}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _question(client: Client, question: str, **more: object) -> bytes:
    return _request(client, "POST", "/api/ask", json.dumps({"question": question, **more}).encode())


async def _reply(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read one reply; return its status and its headers."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers


async def _once(client: Client, request: bytes, seconds: float = 60.0) -> str:
    """Send a request over a connection of its own; return the status, or what kind of failure it was."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
            try:
                writer.write(request)
                await writer.drain()
                return str((await _reply(reader))[0])
            finally:
                writer.close()
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        return type(error).__name__


async def _steadily(client: Client, request: bytes, until: float) -> Counter[str]:
    """Send a request so many times a second, whether those before are answered or not."""
    sent: list[asyncio.Task[str]] = []
    while time.monotonic() < until:
        sent.append(asyncio.create_task(_once(client, request, max(1.0, until + 5 - time.monotonic()))))
        await asyncio.sleep(1 / _A_SECOND)
    return Counter(await asyncio.gather(*sent))


async def accents(client: Client, until: float) -> Counter[str]:
    """Sign in with a name of 30,000 accents of two kinds, which are sorted one by one when they are normalised."""
    body = f"name=a{chr(0x301) * 30_000}{chr(0x316) * 30_000}&password=x".encode()
    stranger = Client(client.port, "")
    return await _steadily(
        stranger, _request(stranger, "POST", "/sign-in", body, "application/x-www-form-urlencoded"), until
    )


async def upload(client: Client, until: float) -> Counter[str]:
    """Put in the largest Markdown that is taken, of everything that costs its reader work, one after the other."""
    part = (
        "# Heading *with* `marks`\n\n- a\n  - b **bold _both_** [x](y 'z') <!-- c --> &amp; &copy;\n\n"
        '> > | a | b |\n> > |---|---|\n> > | 1 | "two" |\n\nWords (so) he said. “And more.” ![i](j) <b>c</b> ***d*** e.\n\n'
    ).encode()
    request = _request(client, "PUT", _UPLOAD, part * (_UPLOAD_BYTES // len(part)), "text/markdown")
    seen: Counter[str] = Counter()
    while time.monotonic() < until:
        seen[await _once(client, request, max(1.0, until - time.monotonic()))] += 1
    return seen


async def top(client: Client, until: float) -> Counter[str]:
    """Ask for 1,000 passages, with all that may have been said before."""
    history = [{"role": "user", "content": ("exchange students abroad " * 200)[:4000]}] * 12
    return await _steadily(client, _question(client, _QUESTIONS[0], top=1000, history=history), until)


async def tools(client: Client, until: float) -> Counter[str]:
    """Send 1,000 MCP calls in one batch."""
    calls = [
        {
            "jsonrpc": "2.0",
            "id": nth,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": _QUESTIONS[0]}},
        }
        for nth in range(1000)
    ]
    return await _steadily(client, _request(client, "POST", "/mcp", json.dumps(calls).encode()), until)


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


# Who asks meanwhile, and who ask without pause.


async def _probe(askers: list[Client], until: float) -> Seen:
    """Ask /healthz and questions, each over a connection of its own, as other people do."""
    seen = Seen([], [], Counter())
    nth = 0
    while time.monotonic() < until:
        asker = askers[nth % len(askers)]
        asked = {
            "healthz": (seen.healthz, _request(Client(asker.port, ""), "GET", "/healthz")),
            "question": (seen.questions, _question(asker, _QUESTIONS[nth % len(_QUESTIONS)])),
        }
        for name, (times, request) in asked.items():
            began = time.perf_counter()
            status = await _once(asker, request, 30.0)
            times.append(time.perf_counter() - began)
            seen.statuses[f"{name} {status}"] += 1
        nth += 1
        await asyncio.sleep(_PROBED_EVERY)
    return seen


async def _ask_on(client: Client, nth: int, until: float, times: list[float], seen: Counter[str]) -> None:
    """Ask without pause over one connection; what is told to come back comes back when it was told to, as the page does."""
    reader = writer = None
    while time.monotonic() < until:
        nth += 1
        began, tries = time.perf_counter(), 0
        while True:
            try:
                if writer is None or reader is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
                writer.write(_question(client, _QUESTIONS[nth % len(_QUESTIONS)]))
                await writer.drain()
                status, told = await _reply(reader)
            except (OSError, asyncio.IncompleteReadError) as error:
                seen[type(error).__name__] += 1
                reader = writer = None
                break
            if told.get("connection") == "close":
                writer.close()
                reader = writer = None
            if status != 503 or "retry-after" not in told:
                seen[str(status)] += 1
                times.extend([time.perf_counter() - began] if status == 200 else [])
                break
            seen["told to come back"] += 1
            tries += 1
            await asyncio.sleep(max(int(told["retry-after"]), min(2**tries, _LONGEST_PAUSE)))
    if writer:
        writer.close()


async def _ask_all(users: list[Client], begin: float, until: float) -> Seen:
    # The clocks of processes of one machine are one, and all of them begin together.
    await asyncio.sleep(begin - time.monotonic())
    seen = Seen([], [], Counter())
    await asyncio.gather(*(_ask_on(user, nth, until, seen.questions, seen.statuses) for nth, user in enumerate(users)))
    return seen


def _in_process(work: Callable[..., Coroutine[Any, Any, Result]], *arguments: object) -> Callable[[], Result]:
    """Do something in a process of its own; return what waits for it and gives its result."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sending, work, *arguments), daemon=True)
    process.start()
    sending.close()

    def result() -> Result:
        try:
            received: Result = receiving.recv()
            return received
        finally:
            process.join(10)
            process.kill()

    return result


def _run(sending: Connection, work: Callable[..., Coroutine[Any, Any, object]], *arguments: object) -> None:
    sending.send(asyncio.run(work(*arguments)))


# The server.


@contextmanager
def _served(index: Path, names: list[str], *options: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Serve an index with accounts; yield its port, and the token of each account."""
    from citewell.web.auth.accounts import AccountStore

    # The one place that knows where accounts are.
    file = index.with_name(f"accounts-{time.monotonic_ns()}.json")
    store = AccountStore(file)
    for name in names:
        store.add(name, "maintainer" if name == "maintainer" else "reader", _PHRASE)
    tokens = {name: store.new_token(name) for name in names}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable,
        str(_ROOT / "app.py"),
        "--index",
        str(index),
        "--port",
        str(port),
        "--accounts",
        str(file),
    ]
    with (index.parent / "server.log").open("ab") as log:
        server = subprocess.Popen([*command, *options], stderr=log)
    try:
        _wait(server, port, index.parent / "server.log")
        yield port, tokens
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        # It may still have work that nobody waits for any more.
        server.kill()
        server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit(f"the server did not start: {log.read_text()}")
        with suppress(urllib.error.URLError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
            return
        time.sleep(0.2)
    raise SystemExit("the server did not start within two minutes")


# What is measured.


def burdens(index: Path, chosen: list[str], seconds: float) -> bool:
    """Measure what others notice of each burden; return whether all is as it must be."""
    askers = [f"asker{nth}" for nth in range(_ASKERS)]
    print(f"{'burden':12} {'healthz p50':>12} {'questions p50':>14} {'times':>6}  holds  of whom; what the burden got")
    fine = True
    for name in chosen:
        # Each finds a server that nothing was done to before.
        with _served(index, ["maintainer", "attacker", *askers]) as (port, tokens):
            clients = [Client(port, tokens[each]) for each in askers]
            before = asyncio.run(_probe(clients, time.monotonic() + seconds / 2))
            healthz, usual = statistics.median(before.healthz), statistics.median(before.questions)
            print(f"{'(before)':12} {1000 * healthz:9.1f} ms {1000 * usual:11.1f} ms {'':13}  {dict(before.statuses)}")
            who = Client(port, tokens["maintainer" if name == "upload" else "attacker"])
            until = time.monotonic() + seconds + 2
            burden = _in_process(_BURDENS[name], who, until)
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


def users(index: Path, counts: list[int], seconds: float) -> bool:
    """Measure how many answers a second so many users get; return whether all is as it must be."""
    print(f"{'users':>5} {'answers/s':>10} {'p50':>9} {'p95':>9} {'longest':>9} {'come back':>10} {'failed':>7}")
    rates: list[float] = []
    failures = 0
    for count in counts:
        names = [f"user{nth}" for nth in range(count)]
        with _served(index, names, "--rate", "0") as (port, tokens):
            clients = [Client(port, tokens[each]) for each in names]
            begin = time.monotonic() + _STARTING_SECONDS
            halves = [_in_process(_ask_all, clients[nth::2], begin, begin + seconds) for nth in range(2)]
            found: list[Seen] = [half() for half in halves]
            took = time.monotonic() - begin
        times = sorted(each for one in found for each in one.questions)
        statuses = sum((one.statuses for one in found), Counter())
        failed = sum(number for status, number in statuses.items() if status not in {"200", "told to come back"})
        rates.append(len(times) / took)
        failures += failed
        p50, p95 = statistics.median(times), times[int(0.95 * len(times))]
        print(
            f"{count:5} {rates[-1]:10.1f} {1000 * p50:6.0f} ms {1000 * p95:6.0f} ms {times[-1]:7.1f} s "
            f"{statuses['told to come back']:10} {failed:7}  {dict(statuses)}",
            flush=True,
        )
    fine = not failures and all(rate >= rates[0] for rate in rates)
    print(f"nothing fails, and more users get no fewer answers: {'yes' if fine else 'NO'}")
    return fine


def main() -> int:
    """Measure what is asked for, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[*_BURDENS, "users"], action="append", help="this alone (can be repeated)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long users ask; a burden lasts a third of it")
    parser.add_argument(
        "--users", type=int, nargs="+", default=[24, 50], help="how many ask at once, one after the other"
    )
    parser.add_argument("--corpus", type=Path, default=_ROOT / "corpus", help="what is asked about")
    arguments = parser.parse_args()
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False")
    from citewell import IndexFolder, Settings, build

    print(_machine())
    wanted = arguments.only or [*_BURDENS, "users"]
    with tempfile.TemporaryDirectory(prefix="citewell-load-") as temporary:
        corpus, index = Path(temporary, "corpus"), Path(temporary, "index")
        # What is put in must not stay in somebody's corpus.
        shutil.copytree(arguments.corpus, corpus)
        report = build(corpus, IndexFolder(index), Settings())
        print(f"{report.passages} passages, {report.windows} windows")
        chosen = [name for name in wanted if name in _BURDENS]
        fine = not chosen or burdens(index, chosen, arguments.seconds / 3)
        if "users" in wanted:
            fine = users(index, arguments.users, arguments.seconds) and fine
    return 0 if fine else 1


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    git = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return f"{os.cpu_count()} x {cpu}; Python {platform.python_version()}; commit {commit}; load before {load}"


if __name__ == "__main__":
    sys.exit(main())
