"""Checks the host name of requests and determines the client's address, with and without trusted proxies."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.errors import UsageError
from citewell.web import logs
from citewell.web.problems import problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A host name as browsers send it, or an IPv6 address in brackets, with an optional port.
_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[\w.-]{1,253}))(?::\d{1,5})?", re.ASCII)
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]|\.(?=[a-z0-9_])){0,252}", re.ASCII)
# More hops are not realistic; anything before them was written by the client.
_MOST_HOPS = 20
# Browsers never send these headers; proxies do.
_FORWARDING = frozenset(
    {
        *(b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"x-cluster-client-ip", b"true-client-ip"),
        *(
            b"cf-connecting-ip",
            b"fastly-client-ip",
            b"x-original-host",
            b"x-original-forwarded-for",
            b"x-envoy-external-address",
        ),
    }
)
_FORWARDED = frozenset({b"x-forwarded-for", b"forwarded"})
# The liveness check is open, because it reveals nothing about the documents.
_OPEN = frozenset({"/healthz"})


def is_loopback(host: str) -> bool:
    """Return whether an address is reachable only from this machine, whatever its name."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(address[0]).is_loopback for *_, address in found)


def read_address(text: str) -> Address | None:
    """Parse an IPv4 or IPv6 address; an IPv4 address in IPv6 notation is converted. None is not an address."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def read_proxies(given: Sequence[str]) -> tuple[Network, ...]:
    """Parse the trusted proxies: addresses, or networks such as 10.0.0.0/8.

    Raises:
        UsageError: One is neither.
    """
    networks = []
    for each in given:
        try:
            networks.append(ipaddress.ip_network(read_address(each) or each))
        except ValueError as error:
            raise UsageError(
                f"{each!r} is not an address or network: {error}",
                hint="give an address or a network, such as --trusted-proxy 10.0.0.2 or --trusted-proxy 10.0.0.0/8",
            ) from error
    return tuple(networks)


def read_names(given: Sequence[str]) -> frozenset[str]:
    """Parse the host names of a server, without ports.

    Raises:
        UsageError: One is not a host name.
    """
    names = []
    for each in given:
        name = each.lower().removesuffix(".").removeprefix("[").removesuffix("]")
        address = read_address(name)
        if not (address or _NAME.fullmatch(name)):
            raise UsageError(
                f"{each!r} is not a host name", hint="give it without https:// and port: --name docs.example.org"
            )
        names.append(str(address or name))
    return frozenset(names)


class KnownNames:
    """Rejects requests to an unknown host name, which indicate DNS rebinding.

    Args:
        app: The application.
        names: The names of this server, besides those that always mean this machine.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str] = frozenset()) -> None:
        self.app = app
        self._names = names | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] != "http" or self._known(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
            return
        logs.refused("unknown host name", path=scope["path"][:200])
        await problem(
            400,
            "this server does not have that host name",
            "start the server with --name NAME to add one",
        )(scope, receive, send)

    def _known(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        if found["address"] is None and found["name"].lower().removesuffix(".") in self._names:
            return True
        address = read_address(found["address"] or found["name"])
        return address is not None and (address.is_loopback or str(address) in self._names)


class TrustedProxies:
    """Takes the client's address and scheme from trusted proxies; the headers of others are ignored.

    The client is the last address in X-Forwarded-For that is not a trusted proxy: anything before it was written by the client.

    Args:
        app: The application.
        proxies: The proxies.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self.app = app
        self._proxies = proxies
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request with the address and scheme that the proxy reports."""
        nearest = read_address(scope["client"][0]) if scope.get("client") else None
        if scope["type"] == "http" and not self._warned and (nearest is None or not is_one_of(nearest, self._proxies)):
            self._warn(scope, nearest)
        if scope["type"] == "http" and nearest is not None and is_one_of(nearest, self._proxies):
            headers = Headers(scope=scope)
            scope["client"] = (str(self._client(nearest, headers.getlist("x-forwarded-for"))), 0)
            scheme = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
            if scheme in {"http", "https"}:
                scope["scheme"] = scheme
        await self.app(scope, receive, send)

    def _warn(self, scope: Scope, nearest: Address | None) -> None:
        """Log once that all visitors behind a proxy count as one; these headers can also be forged."""
        if any(name in _FORWARDED for name, _ in scope["headers"]):
            self._warned = True
            logs.warned(
                "a proxy seems to be in front", address=str(nearest), command=f"citewell chat --trusted-proxy {nearest}"
            )

    def _client(self, nearest: Address, lines: Sequence[str]) -> Address:
        """Return the last hop that is not a trusted proxy, as far as the hops can be parsed."""
        found = nearest
        for hop in reversed(",".join(lines).rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
            address = _hop(hop.strip())
            if address is None:
                return found
            found = address
            if not is_one_of(found, self._proxies):
                return found
        return found


class NoProxies:
    """Rejects requests forwarded by a proxy if everyone has full access.

    Full access is meant only for users of this machine, and a proxy on it would extend it to everyone who reaches the proxy.
    HTTP/1.0 is nginx's default for forwarding; no browser uses it.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] != "http" or scope["path"] in _OPEN or not _is_forwarded(scope):
            await self.app(scope, receive, send)
            return
        logs.refused("forwarded by a proxy, without accounts", path=scope["path"][:200])
        refusal = problem(
            403,
            "this request was forwarded by a proxy; without accounts, everyone behind it could change the documents",
            "create accounts for your users, or let everyone read with --public",
            command="citewell user add NAME --role maintainer",
        )
        await refusal(scope, receive, send)


def is_one_of(address: Address, networks: Sequence[Network]) -> bool:
    """Return whether an address is in one of some networks."""
    return any(address in network for network in networks)


def _is_forwarded(scope: Scope) -> bool:
    return scope["http_version"] == "1.0" or any(
        name in _FORWARDING or name.startswith(b"x-forwarded") for name, _ in scope["headers"]
    )


def _hop(text: str) -> Address | None:
    """Read one hop of X-Forwarded-For, perhaps with a port."""
    if text.startswith("["):
        return read_address(text[1:].partition("]")[0])
    if text.count(":") == 1:
        return read_address(text.partition(":")[0])
    return read_address(text)
