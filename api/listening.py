"""The address that the service listens on. Light to import: a worker does so before it can show that it lives."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable

from hotspots.errors import ConfigError


class WorkerSocket(socket.socket):
    """An address for several workers: in each process it is handed to, it becomes a socket of that process's own.

    Linux spreads new connections over the sockets that share an address so (SO_REUSEPORT; socket(7)). Over one socket
    for all, whichever worker wakes first takes every connection that waits.
    """

    def __reduce__(self) -> tuple[Callable[[str, int], socket.socket], tuple[str, int]]:
        host, port, *_ = self.getsockname()
        return listening_at, (host, port)


def listening_at(host: str, port: int) -> socket.socket:
    """A socket at an address that `check_free` found free, to be handed to workers.

    Where the system does not spread connections (macOS, Windows) it stays one socket for all of them.
    """
    spread = sys.platform == "linux"
    # The protocol is named so that asyncio sets TCP_NODELAY: small answers waited 40 ms without.
    made = (WorkerSocket if spread else socket.socket)(_family(host), socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if spread:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made


def check_free(host: str, port: int) -> None:
    """Say in words, before anything starts, that the address cannot be had.

    Raises
    ------
    ConfigError
        If the address cannot be listened on.
    """
    # Without SO_REUSEPORT: with it the address of another service of the same user would seem free.
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise ConfigError(
                f"port {port} is taken." if taken else f"cannot listen there ({error.strerror}).",
                source=f"{host}:{port}",
                remedy="Stop the other program, or choose another port with --port.",
            ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
