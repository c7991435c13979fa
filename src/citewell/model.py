"""Data that has one form in memory and as JSON, and the numbers in it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

# Enough digits for every comparison, and few enough to read.
_DIGITS = 6


def _rounded(value: float) -> float:
    return round(value, _DIGITS)


Share = Annotated[float, AfterValidator(_rounded)]
Seconds = Annotated[float, AfterValidator(_rounded)]


class Model(BaseModel):
    """Data that has one form: in memory, as JSON, and as it is read back from that."""

    model_config = ConfigDict(frozen=True)

    def to_json(self) -> dict[str, Any]:
        """Return this as JSON; the keys are those of the command line's contract, in order."""
        return self.model_dump(mode="json")
