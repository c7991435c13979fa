"""A call in a thread of its own, whose result is wanted later, or never."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def begun(
    name: str, function: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Future[Result]:
    """Begin a call, and return its result to come; an error is raised where that is wanted.

    Args:
        name: What the thread does.
        function: The function.
        arguments: Its arguments.
        named: Those that have names.
    """
    future: Future[Result] = Future()
    # A daemon, because nobody waits for it if the build is stopped.
    threading.Thread(
        target=fulfil, args=(future, partial(function, *arguments, **named)), name=name, daemon=True
    ).start()
    return future


def fulfil(future: Future[Result], function: Callable[[], Result]) -> None:
    """Call a function, and give its result, or its error, to who waits for it."""
    try:
        future.set_result(function())
    except BaseException as error:  # noqa: BLE001 - raised where the result is wanted
        future.set_exception(error)
