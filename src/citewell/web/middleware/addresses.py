"""Who connects, and under which name: the names that requests may give this server, proxies that are trusted, and those not."""

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

# A name as browsers send it, or an address of IPv6 in brackets, and perhaps a port.
_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[\w.-]{1,253}))(?::\d{1,5})?", re.ASCII)
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]|\.(?=[a-z0-9_])){0,252}", re.ASCII)
# More hops than this nobody has in front; what stands before them is whatever the client wrote.
_MOST_HOPS = 20
# No browser sends any of these; programs that hand on for others do.
_HANDED_ON = frozenset(
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
# Whether the server is up may be asked through anything: it says nothing of the documents.
_OPEN = frozenset({"/healthz"})


def is_loopback(host: str) -> bool:
    """Say whether an address is heard by this machine alone, whatever name it goes by."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(address[0]).is_loopback for *_, address in found)


def read_address(text: str) -> Address | None:
    """Read an address of IPv4 or IPv6; one of IPv4 that is written as IPv6 is that of IPv4. None is no address."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def read_proxies(given: Sequence[str]) -> tuple[Network, ...]:
    """Read the proxies that are trusted: addresses, or networks such as 10.0.0.0/8.

    Raises:
        UsageError: One is neither.
    """
    networks = []
    for each in given:
        try:
            networks.append(ipaddress.ip_network(read_address(each) or each))
        except ValueError as error:
            raise UsageError(
                f"{each!r} is no address of a proxy: {error}",
                hint="give an address or a network, such as --trusted-proxy 10.0.0.2 or --trusted-proxy 10.0.0.0/8",
            ) from error
    return tuple(networks)


def read_names(given: Sequence[str]) -> frozenset[str]:
    """Read the names that a server goes by, without a port.

    Raises:
        UsageError: One is no name of a host.
    """
    names = []
    for each in given:
        name = each.lower().removesuffix(".").removeprefix("[").removesuffix("]")
        address = read_address(name)
        if not (address or _NAME.fullmatch(name)):
            raise UsageError(
                f"{each!r} is no name of a host", hint="give it without https:// and port: --name docs.example.org"
            )
        names.append(str(address or name))
    return frozenset(names)


class KnownNames:
    """Refuses requests that give this server a name that is not its own: another site passes for it then (DNS rebinding).

    Args:
        app: The application.
        names: The names it goes by, beside those that always mean this machine.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str] = frozenset()) -> None:
        self.app = app
        self._names = names | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http" or self._known(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
            return
        logs.refused("another name", path=scope["path"][:200])
        await problem(
            400,
            "this server does not go by that name",
            "for a name that it shall go by",
            command="citewell chat --name NAME",
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
    """Takes from proxies that are trusted who asks them, and by http or https; what others say of that counts for nothing.

    The address is the last in X-Forwarded-For that is none of theirs: before it stands whatever the client wrote there.

    Args:
        app: The application.
        proxies: The proxies.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self.app = app
        self._proxies = proxies
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, as from whom the proxy says."""
        nearest = read_address(scope["client"][0]) if scope.get("client") else None
        if scope["type"] == "http" and not self._warned and (nearest is None or not is_one_of(nearest, self._proxies)):
            self._warn(scope, nearest)
        if scope["type"] == "http" and nearest is not None and is_one_of(nearest, self._proxies):
            headers = Headers(scope=scope)
            scope["client"] = (str(self._asking(nearest, headers.getlist("x-forwarded-for"))), 0)
            scheme = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
            if scheme in {"http", "https"}:
                scope["scheme"] = scheme
        await self.app(scope, receive, send)

    def _warn(self, scope: Scope, nearest: Address | None) -> None:
        """Log once that all whom a proxy lets in are counted as one; whoever likes can send these headers."""
        if any(name in _FORWARDED for name, _ in scope["headers"]):
            self._warned = True
            logs.warned(
                "a proxy seems to be in front", address=str(nearest), command=f"citewell chat --trusted-proxy {nearest}"
            )

    def _asking(self, nearest: Address, lines: Sequence[str]) -> Address:
        """Return the last hop that is no proxy of ours, as far as the hops can be read."""
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
    """Refuses what a proxy hands on, where everyone who gets here may do everything.

    Only those of this machine are meant to get here then, and a proxy beside the server lets in whoever reaches the proxy.
    HTTP/1.0 is what nginx hands on with when nothing else is said; no browser speaks it.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in _OPEN or not _handed_on(scope):
            await self.app(scope, receive, send)
            return
        logs.refused("a proxy handed it on, and there are no accounts", path=scope["path"][:200])
        refusal = problem(
            403,
            "a proxy handed this on, and everyone behind it could read and change the documents here",
            "give those who may an account; to let everyone read: citewell chat --public",
            command="citewell user add NAME --role maintainer",
        )
        await refusal(scope, receive, send)


def is_one_of(address: Address, networks: Sequence[Network]) -> bool:
    """Say whether an address lies in one of some networks."""
    return any(address in network for network in networks)


def _handed_on(scope: Scope) -> bool:
    return scope["http_version"] == "1.0" or any(
        name in _HANDED_ON or name.startswith(b"x-forwarded") for name, _ in scope["headers"]
    )


def _hop(text: str) -> Address | None:
    """Read one hop of X-Forwarded-For, perhaps with a port."""
    if text.startswith("["):
        return read_address(text[1:].partition("]")[0])
    if text.count(":") == 1:
        return read_address(text.partition(":")[0])
    return read_address(text)
