"""An index in PostgreSQL over TLS, as the settings of libpq in its address say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from citewell import Assistant, Settings, build
from citewell.errors import CitewellError
from tests.support.calibrations import calibrated
from tests.support.environment import CORPUS
from tests.support.postgres import database
from tests.support.tls import Proxy, certificate, proxy

QUESTION = "What are the challenges of international education?"
SETTINGS = Settings(model="english")

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def plain(postgres: str) -> Iterator[str]:
    with database(postgres, "over_tls") as address:
        yield address


@pytest.fixture
def known(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path, "known")


@pytest.fixture
def secured(plain: str, known: tuple[Path, Path]) -> Iterator[Proxy]:
    """TLS before the server, which has none itself."""
    with proxy(known, int(urlsplit(plain).port or 0)) as made:
        yield made


def over_tls(plain: str, secured: Proxy, trusted: Path) -> str:
    user, _, _ = urlsplit(plain).netloc.rpartition("@")
    wanted = f"sslmode=verify-full&sslnegotiation=direct&sslrootcert={trusted}"
    return urlunsplit(urlsplit(plain)._replace(netloc=f"{user}@127.0.0.1:{secured.port}", query=wanted))


def test_an_index_is_built_and_asked_over_tls(
    plain: str, secured: Proxy, known: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from citewell.index.postgres.index import PostgresIndex

    monkeypatch.chdir(tmp_path)
    with closing(PostgresIndex(over_tls(plain, secured, known[0]))) as index, calibrated(by_all=True):
        build(CORPUS, index, SETTINGS)
        assert Assistant(index, SETTINGS).ask(QUESTION).answered
        assert "sslmode=verify-full" in str(index.address)
        (rows,) = index.connections.all("SELECT inet_server_port()")
    assert rows[0] == urlsplit(plain).port
    assert secured.versions
    assert set(secured.versions) == {"TLSv1.3"}


def test_a_certificate_that_is_not_trusted_is_refused(
    plain: str, secured: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from citewell.index.postgres.index import PostgresIndex

    monkeypatch.chdir(tmp_path)
    other, _ = certificate(tmp_path, "other")
    with (
        closing(PostgresIndex(over_tls(plain, secured, other))) as index,
        pytest.raises(CitewellError, match="certificate verify failed"),
    ):
        index.open()
