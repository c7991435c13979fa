"""An index in PostgreSQL: its snapshots, the row that names the one in use, and who may write (`index.Index`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from citewell.errors import IndexBusyError, IndexDamagedError, IndexFaultError, IndexUnreadableError
from citewell.index.checking import part_finding, store_findings
from citewell.index.finding import Finding
from citewell.index.index import Index
from citewell.index.manifest import Manifest, sealed
from citewell.index.postgres import creating, schema
from citewell.index.postgres.awaiting import Awaited
from citewell.index.postgres.connecting import Connection, Connections
from citewell.index.postgres.drafting import PostgresDraft, drop_segment
from citewell.index.postgres.in_use import PostgresInUse
from citewell.index.postgres.row_digests import row_faults
from citewell.index.postgres.snapshot import PostgresSnapshot
from citewell.index.segmented import count_faults
from citewell.index.storage import Draft, Snapshot
from citewell.postgres.address import Address
from citewell.postgres.reasons import reason

_HAS_TABLES = "SELECT to_regclass(%s) IS NOT NULL"
_IS_THERE = "SELECT EXISTS (SELECT FROM snapshots WHERE name = %s)"
_CURRENT = "SELECT snapshot, switches, pg_is_in_recovery() FROM pointer WHERE name = 'current'"
_SWITCH = (
    "INSERT INTO pointer VALUES ('current', %s, 1)"
    " ON CONFLICT (name) DO UPDATE SET snapshot = excluded.snapshot, switches = pointer.switches + 1"
)
_BEGUN = "SELECT segment, name FROM begun LEFT JOIN segments ON id = segment"
_BYTES = "SELECT bytes FROM {}"
_SIZE = (
    "SELECT sum(pg_total_relation_size(format('%%I.%%I', schemaname, tablename)))::int8"
    " FROM pg_tables WHERE schemaname = %s"
)


class PostgresIndex(Index[PostgresSnapshot]):
    """An index in a database. What is only of this machine is in a folder that has the name of the database.

    Args:
        address: The address of the database.
        corpus: The folder of the documents, as long as there is no index that names one.

    Raises:
        UsageError: The address is not one.
    """

    pointer_name = "the row in use"
    chooser = "a graph (HNSW)"
    writing_hint = "start the server if it has stopped, or look into its log"

    def __init__(self, address: str, corpus: Path | None = None) -> None:
        self.address = Address(address)
        super().__init__(str(self.address), Path(f"index-{self.address.database}"), corpus)
        self.connections = Connections(self.address)
        # Made for the first build, and kept, because snapshots that were opened then use them.
        self._primary: Connections | None = None
        self._is_ready = False
        # A process that has seen the tables waits for a standby that does not have them yet.
        self._tables = Awaited(_HAS_TABLES, (f"{schema.SCHEMA}.version",))
        # How often the current snapshot had changed when it was last asked for, and its name.
        self._newest = (0, "")

    def close(self) -> None:
        """Close its connections (`Index.close`)."""
        for each in (self.connections, self._primary):
            if each:
                each.close()

    @property
    def is_awaited(self) -> bool:
        """Whether there is no index here yet, and none has been read since this was opened."""
        return self._corpus is None and not (self._has_tables() and self.connections.all(_CURRENT))

    def _has_tables(self) -> bool:
        """Return whether there are tables of an index.

        Raises:
            IndexMismatchError: They have another version.
        """
        if not self._is_ready:
            if not self.connections.all(_HAS_TABLES, (f"{schema.SCHEMA}.version",))[0][0]:
                return False
            schema.check(self.connections.all("SELECT version FROM version")[0][0], self.address)
            self._is_ready = True
        return True

    def current(self) -> str:
        """Return the name of the current snapshot (`Index.current`)."""
        rows = self.connections.all(_CURRENT, ready=self._tables) if self._has_tables() else []
        if not rows:
            raise self._missing()
        name, switches, is_standby = rows[0]
        with self._lock:
            # One standby may lag behind another one, or the primary, that was asked before.
            if is_standby and switches < self._newest[0]:
                return self._newest[1]
            self._newest = switches, name
        return str(name)

    def names(self) -> list[str]:
        """Return the names of all snapshots, oldest first."""
        rows = self.connections.all("SELECT name FROM snapshots", ready=self._tables) if self._has_tables() else []
        return sorted(name for (name,) in rows)

    def description(self, name: str) -> bytes:
        """Return the manifest of a snapshot as it is stored (`Index.description`)."""
        there = Awaited(_IS_THERE, (name,))
        rows = self.connections.all("SELECT manifest FROM snapshots WHERE name = %s", (name,), ready=there)
        if not rows:
            raise IndexDamagedError(f"{self.described(name)} is missing", command=self.build_command())
        return bytes(rows[0][0])

    def described(self, name: str) -> str:
        """Return what the manifest of a snapshot is called."""
        return f"the manifest of {name} in {self.place}"

    def open_snapshot(self, name: str, *, in_full: bool = False) -> PostgresSnapshot:
        """Open a snapshot (`Index.open_snapshot`); in full, whether its stores agree is verified now."""
        manifest = self.manifest(name)
        self._corpus = manifest.corpus
        command = self.build_command(manifest.corpus)
        snapshot = PostgresSnapshot(self.connections, manifest, command)
        for fault in count_faults(snapshot, manifest) if in_full else ():
            raise IndexDamagedError(f"the snapshot {name} in {self.place} is damaged: {fault}", command=command)
        with self._lock:
            self._opened.add(snapshot)
        return snapshot

    def in_use(self) -> PostgresInUse:
        """Return what provides the current snapshot (`Index.in_use`)."""
        return PostgresInUse(self)

    def findings(self, manifest: Manifest) -> Iterator[Finding]:
        """Verify all of a snapshot (`Index.findings`)."""
        try:
            snapshot = PostgresSnapshot(self.connections, manifest, self.build_command(manifest.corpus))
        except IndexFaultError as error:
            if isinstance(error, IndexDamagedError):
                self.mark_damaged(manifest.name, error.message)
            yield Finding("stores", passed=False, message=error.message, command=error.command, hint=error.hint)
            return
        segments = [
            (number, each.name, each.files) for number, each in zip(snapshot.numbers, manifest.segments, strict=True)
        ]
        yield part_finding(
            self,
            manifest,
            "rows",
            row_faults(snapshot.connections, segments),
            f"all rows of {len(segments)} segments are as they were written",
        )
        yield from store_findings(self, snapshot, manifest)

    def size(self) -> int:
        """Return how many bytes the tables have, those of the other snapshots included."""
        here = int(self.connections.all(_SIZE, (schema.SCHEMA,))[0][0] or 0)
        shards = [nth for nth, (server,) in enumerate(self.connections.all(schema.SHARDS)) if server]
        there = [self.connections.all(_BYTES.format(schema.part(schema.VIEW, nth))) for nth in shards]
        return here + sum(int(rows[0][0]) for rows in there)

    def unwritable(self, error: OSError) -> IndexFaultError:
        """Return the error for an index that cannot be written (`Index.unwritable`)."""
        return IndexFaultError(f"the index in {self.place} cannot be written: {error}")

    @contextmanager
    def _at_primary(self) -> Iterator[None]:
        """Have everything be read where it is written, while the block runs."""
        before = self.connections
        self.connections = self._primary = self._primary or Connections(self.address, primary=True)
        try:
            yield
        finally:
            self.connections = before

    @contextmanager
    def writing(self) -> Iterator[PostgresPublisher]:
        """Lock the index for writing while the block runs (`Index.writing`); the lock ends with the connection."""
        self.path.mkdir(parents=True, exist_ok=True)
        with self._at_primary(), self.connections.writing() as connection:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [schema.LOCK]).fetchone()
            if not (row and row[0]):
                raise IndexBusyError(
                    f"another process is writing the index in {self.place}",
                    hint="wait until it has finished, then try again",
                )
            creating.create(connection, self.address)
            publisher = PostgresPublisher(self, connection)
            publisher.clear()
            yield publisher


class PostgresPublisher:
    """Writes the snapshots of an index that is locked (`index.Publishing`).

    Args:
        index: The index.
        connection: What holds the lock.
    """

    def __init__(self, index: PostgresIndex, connection: Connection) -> None:
        self._index = index
        self._connection = connection

    def start(self, before: Snapshot | None = None) -> PostgresDraft:  # noqa: ARG002 - the manifest names what stays
        """Begin a new snapshot."""
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return PostgresDraft(name, self._index.connections, self._connection)

    def publish(self, draft: Draft[Snapshot], manifest: Manifest) -> None:  # noqa: ARG002 - its rows are there
        """Add the snapshot, and make it the current one, in one transaction.

        Raises:
            OSError: The database does not take it.
            IndexUnreadableError: The connection was lost while the transaction ended, so that it is unknown whether it did.
        """
        ending = False
        try:
            with self._connection.transaction():
                values = [manifest.name, sealed(manifest)]
                self._connection.execute("INSERT INTO snapshots (name, manifest) VALUES (%s, %s)", values)
                self._connection.execute(_SWITCH, [manifest.name])
                ending = True
        except psycopg.Error as error:
            if ending and isinstance(error, psycopg.OperationalError):
                raise self._unknown(error) from error
            raise OSError(str(error).partition("\n")[0]) from error

    def _unknown(self, error: psycopg.OperationalError) -> IndexUnreadableError:
        return IndexUnreadableError(
            f"the connection to {self._index.place} was lost while the new snapshot was published, so that it is unknown"
            f" whether it is in use: {reason(error)}",
            hint="start the primary, or promote a standby; the same command then publishes it, if it is not in use",
        )

    def switch(self, name: str) -> None:
        """Make another snapshot the current one.

        Raises:
            OSError: The database does not take it.
        """
        try:
            self._connection.execute(_SWITCH, [name])
        except psycopg.Error as error:
            raise OSError(str(error).partition("\n")[0]) from error

    def prune(self) -> None:
        """Remove all snapshots except the current one and the one it replaced; their segments are removed by `clear`."""
        manifest = self._index.manifest()
        kept = [manifest.name, manifest.replaced or ""]
        self._connection.execute("DELETE FROM snapshots WHERE name <> ALL(%s)", [kept])

    def clear(self) -> None:
        """Remove the segments that no snapshot has; nothing, if a manifest cannot be read, or the connection is lost."""
        if self._connection.closed:
            return
        try:
            manifests = [self._index.manifest(name) for name in self._index.names()]
        except IndexFaultError:
            return
        needed = {each.name for manifest in manifests for each in manifest.segments}
        for segment, name in self._connection.execute(_BEGUN).fetchall():
            if name not in needed:
                with self._connection.transaction():
                    drop_segment(self._connection, segment)
