"""What a program on this machine reaches, and the measures it reads."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from citewell import Assistant, IndexFolder
from citewell.web import ServerOptions
from citewell.web.application import create_app


def client_of(index: Path, *, public: bool = False) -> TestClient:
    """Return a client of an application over an index, as a program on this machine reaches it."""
    return TestClient(
        create_app(Assistant(IndexFolder(index)), ServerOptions(public=public)), base_url="http://127.0.0.1:7860"
    )


def measured(text: str) -> dict[str, float]:
    """Read measures as Prometheus does; a label is put behind its measure's name."""
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
