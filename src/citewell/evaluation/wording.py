"""How charts and maps say what they show: in English, or as the page says it."""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """Returns a message with its values, such as `in_english`; the messages are in the catalogues of the page, too."""

    def __call__(self, message: str, /, **values: object) -> str:
        """Return a message.

        Args:
            message: The message in English; ``%(name)s`` is a value, and ``%%`` a percent sign.
            values: The values; a whole number is written with its thousands apart.
        """
        ...


def in_english(message: str, /, **values: object) -> str:
    """Return a message in English; see `Say`."""
    return message % {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
