"""The address of a database, whose password is never said."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from citewell.errors import UsageError

_SECRET = {"password", "passfile", "sslpassword", "sslkey", "oauth_client_secret"}
_PLACE = ("user", "host", "hostaddr", "port", "dbname")


class Address:
    """The address of a database; as a text, it has no password.

    Args:
        text: The address, as libpq reads it: ``postgresql://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?sslmode=…``.

    Raises:
        UsageError: It is not one.
    """

    def __init__(self, text: str) -> None:
        try:
            fields = conninfo_to_dict(text)
        except ProgrammingError:
            # What libpq says of it has parts of it, such as the password.
            raise UsageError(
                "this is not an address of PostgreSQL",
                hint="write postgresql://USER@HOST:PORT/DATABASE, and the password into PGPASSWORD or ~/.pgpass",
            ) from None
        self.conninfo = text
        self._fields = {name: str(value) for name, value in fields.items()}

    @property
    def database(self) -> str:
        """The name of the database."""
        return self._fields.get("dbname") or self._fields.get("user") or "postgres"

    def says(self, name: str) -> bool:
        """Return whether the address has a setting of libpq."""
        return name in self._fields

    def __str__(self) -> str:
        fields = self._fields
        hosts = (fields.get("host") or fields.get("hostaddr") or "").split(",")
        ports = fields.get("port", "").split(",")
        ports = ports * len(hosts) if len(ports) == 1 else ports
        places = [f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=False)]
        user = f"{quote(fields['user'], safe='')}@" if "user" in fields else ""
        others = {name: value for name, value in fields.items() if name not in _SECRET and name not in _PLACE}
        options = f"?{urlencode(others)}" if others else ""
        return f"postgresql://{user}{','.join(places)}/{quote(fields.get('dbname', ''), safe='')}{options}"

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"
