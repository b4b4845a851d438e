"""Requests to publishers: which addresses may be reached, through which proxy, and what stands in the environment."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from urllib.request import getproxies, proxy_bypass

import httpx2

from hotspots.errors import ConfigError, InputError

OFFLINE_VARIABLE = "HOTSPOTS_OFFLINE"
PRIVATE_VARIABLE = "HOTSPOTS_ALLOW_PRIVATE"
MOST_REDIRECTS = 8
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class NetworkSettings:
    """What may be asked for: nothing where ``offline``; of addresses that are not public, those of ``private``."""

    offline: bool = False
    private: tuple[Network, ...] = ()

    @classmethod
    def of_environment(cls, variables: Mapping[str, str] = os.environ) -> NetworkSettings:
        """The settings HOTSPOTS_OFFLINE and HOTSPOTS_ALLOW_PRIVATE; ConfigError if one says nothing sensible."""
        offline = variables.get(OFFLINE_VARIABLE, "").strip().lower()
        if offline not in {"", "0", "1", "false", "true", "no", "yes"}:
            raise ConfigError(
                f"{offline!r} is neither yes nor no.", source=OFFLINE_VARIABLE, remedy="Set it to 1, or not at all."
            )
        try:
            networks = tuple(ipaddress.ip_network(text) for text in variables.get(PRIVATE_VARIABLE, "").split())
        except ValueError as error:
            raise ConfigError(
                f"{error}.", source=PRIVATE_VARIABLE, remedy="Give networks with spaces between, e.g. 10.1.0.0/16."
            ) from error
        return cls(offline in {"1", "true", "yes"}, networks)


def is_public(address: Address) -> bool:
    """Whether anybody could reach ``address``, also where it carries another one inside."""
    inner = _carried(address)
    return address.is_global and not address.is_multicast and (inner is None or is_public(inner))


def _carried(address: Address) -> Address | None:
    """The IPv4 address inside an IPv6 one that a gateway would go on to."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


class GuardedTransport(httpx2.BaseTransport):
    """Sends each request, redirected ones too, to an address that was looked up once and found allowed.

    The connection goes to the address that was checked, so that a name which answers differently the second time leads
    nowhere else. Where the environment names a proxy, names are looked up by it and only addresses written as such are
    checked here.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        self._settings = settings
        # Kept connections are known by their address alone, and two names may share one.
        self._limits = httpx2.Limits(max_keepalive_connections=0)
        self._direct = httpx2.HTTPTransport(limits=self._limits)
        self._proxied: dict[str, httpx2.HTTPTransport] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send ``request``; InputError if its address is not allowed."""
        host = request.url.host
        if request.url.scheme not in {"http", "https"}:
            raise InputError(
                f"{request.url.scheme!r} addresses are not fetched.", source=_shown(request.url), remedy="Use https."
            )
        proxy = _proxy_for(request.url)
        if proxy is not None:
            self._check_literal(host, request.url)
            return self._through(proxy).handle_request(request)
        failed: httpx2.ConnectError | None = None
        for address in self._allowed(request.url):
            try:
                return self._direct.handle_request(_pinned(request, address))
            except httpx2.ConnectError as error:
                failed = error
        raise failed or httpx2.ConnectError(f"{host} has no address")

    def close(self) -> None:
        """Close all connections."""
        for transport in (self._direct, *self._proxied.values()):
            transport.close()

    def _allowed(self, url: httpx2.URL) -> list[Address]:
        """The addresses of the host, all of them allowed."""
        try:
            found = socket.getaddrinfo(url.host, None, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise httpx2.ConnectError(f"{url.host} cannot be looked up: {error}") from error
        addresses = list(dict.fromkeys(ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found))
        for address in addresses:
            self._check(address, url)
        return addresses

    def _check_literal(self, host: str, url: httpx2.URL) -> None:
        if host.rstrip(".").lower() == "localhost":
            self._check(ipaddress.ip_address("127.0.0.1"), url)
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return
        self._check(address, url)

    def _check(self, address: Address, url: httpx2.URL) -> None:
        if not is_public(address) and not any(address in network for network in self._settings.private):
            raise InputError(
                f"leads to {address}, which is no public address.",
                source=_shown(url),
                remedy=f"If this is meant, allow its network with {PRIVATE_VARIABLE}.",
            )

    def _through(self, proxy: str) -> httpx2.HTTPTransport:
        if proxy not in self._proxied:
            self._proxied[proxy] = httpx2.HTTPTransport(limits=self._limits, proxy=proxy)
        return self._proxied[proxy]


def client(settings: NetworkSettings, connect_s: float, read_s: float) -> httpx2.Client:
    """A client behind the guard that follows nothing by itself; certificates are checked as the environment says."""
    return httpx2.Client(
        transport=GuardedTransport(settings),
        timeout=httpx2.Timeout(read_s, connect=connect_s),
        headers={"User-Agent": f"pollution-hotspots/{version('pollution-hotspots')}", "Accept-Encoding": "identity"},
        trust_env=False,
    )


def send(http: httpx2.Client, request: httpx2.Request) -> httpx2.Response:
    """The open response at the end of all redirects.

    Raises
    ------
    InputError
        If they lead to an address that is not allowed, from https to http, or do not end.
    """
    start = _shown(request.url)
    for _ in range(MOST_REDIRECTS + 1):
        response = http.send(request, stream=True, follow_redirects=False)
        following = response.next_request
        if following is None:
            return response
        response.close()
        if request.url.scheme == "https" and following.url.scheme != "https":
            raise InputError(
                f"redirects to the unprotected address {_shown(following.url)}.",
                source=start,
                remedy="Ask the publisher, or download the file by hand and name it with path.",
            )
        request = following
    raise InputError(
        f"redirects more than {MOST_REDIRECTS} times.", source=start, remedy="Open the address in a browser."
    )


def _shown(url: httpx2.URL) -> str:
    """An address without what may be secret in it."""
    return str(url.copy_with(query=None, userinfo=b""))


def _pinned(request: httpx2.Request, address: Address) -> httpx2.Request:
    """The same request, sent to ``address``: certificate and Host stay those of the name."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def _proxy_for(url: httpx2.URL) -> str | None:
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(url.netloc.decode("ascii")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
