"""Clients of a server on this machine, in processes of their own, which ask without pause and end by themselves."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from itertools import cycle
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, TypeVar

Result = TypeVar("Result")

QUESTIONS = (
    "What are the challenges of international education?",
    "What do student exchanges offer?",
    "How are degrees recognised in other countries?",
    "Who pays for international cooperation?",
)
TOLD_TO_COME_BACK = "told to come back"
_LONGEST_PAUSE = 15


class Client(NamedTuple):
    """Who asks, and where."""

    port: int
    token: str


class Seen(NamedTuple):
    """What one saw who asked while others did something: seconds of /healthz and of questions, and replies by status."""

    healthz: list[float]
    questions: list[float]
    statuses: Counter[str]


def request(client: Client, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """Return a request as it is sent."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{client.port}", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {kind}", "Accept: application/json, text/event-stream"]
    if client.token:
        lines.append(f"Authorization: Bearer {client.token}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def question(client: Client, text: str, **more: object) -> bytes:
    """Return the request that asks a question."""
    return request(client, "POST", "/api/ask", json.dumps({"question": text, **more}).encode())


async def reply(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read one reply; return its status and its headers."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers


async def once(client: Client, sent: bytes, seconds: float = 60.0) -> str:
    """Send a request over a connection of its own; return the status, or what kind of failure it was."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
            try:
                writer.write(sent)
                await writer.drain()
                return str((await reply(reader))[0])
            finally:
                writer.close()
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        return type(error).__name__


async def _ask_on(client: Client, texts: Iterator[str], until: float, times: list[float], seen: Counter[str]) -> None:
    """Ask without pause over one connection; what is told to come back comes back when it was told to, as the page does."""
    reader = writer = None
    while time.monotonic() < until:
        sent = question(client, next(texts))
        began, tries = time.perf_counter(), 0
        while True:
            try:
                if writer is None or reader is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
                writer.write(sent)
                await writer.drain()
                status, told = await reply(reader)
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
            seen[TOLD_TO_COME_BACK] += 1
            tries += 1
            await asyncio.sleep(max(int(told["retry-after"]), min(2**tries, _LONGEST_PAUSE)))
    if writer:
        writer.close()


async def ask_all(users: list[Client], texts: Sequence[str], begin: float, until: float) -> Seen:
    """Let all users ask from one moment to another, on the clock of the machine: whoever is next asks the next question."""
    turns = cycle(texts)
    # The clocks of processes of one machine are one, and all of them begin together.
    await asyncio.sleep(begin - time.monotonic())
    seen = Seen([], [], Counter())
    await asyncio.gather(*(_ask_on(user, turns, until, seen.questions, seen.statuses) for user in users))
    return seen


def in_process(work: Callable[..., Coroutine[Any, Any, Result]], *arguments: object) -> Callable[[], Result]:
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
