"""A Dask cluster as the executor of a refresh: docs/cluster.md says how to run one.

A context travels to the scheduler once, as the bytes of a task that unpickles it, and from there to each worker that
needs it. A worker that dies takes nothing with it that cannot be had again: the scheduler repeats what was lost,
the context among it.
"""

from __future__ import annotations

import logging
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from data_pipelines.stages import LIBRARIES
from hotspots.blocks import Executor, Item, Pending, Result
from hotspots.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S: Final = 5
FIRST_WORKER_S: Final = 10
CLOSE_S: Final = 5


class Cluster:
    """The workers of a scheduler as `hotspots.blocks.Executor`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now; 1 while the last one is being replaced."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def share(self, context: Any) -> Any:
        """A task of the cluster whose result is ``context``."""
        return self._client.submit(pickle.loads, pickle.dumps(context, protocol=5), pure=False)

    def submit(self, fn: Callable[[Any, Item], Result], shared: Any, item: Item) -> Pending[Result]:
        """Start ``fn(context, item)`` on any worker."""
        pending: Pending[Result] = self._client.submit(fn, shared, item, pure=False)
        return pending


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at ``address``, e.g. ``tcp://10.0.0.5:8786``.

    Leaving by an exception (Ctrl-C among them) cancels what has not started.

    Raises
    ------
    ClusterError
        If Dask is not installed, the scheduler cannot be reached, it has no workers, these have other versions of what
        computes, or the work is lost.
    """
    try:
        import dask  # noqa: PLC0415  # an optional extra
        from distributed import Client, KilledWorker  # noqa: PLC0415
    except ImportError as error:
        raise ClusterError(
            "Dask is not installed.",
            field="--scheduler",
            remedy='Run `pip install "pollution-hotspots[cluster]"`, or leave the option out.',
        ) from error
    with _quiet():
        client = _connected(Client, address)
        try:
            _check_workers(client, address)
            # Contexts are large on purpose, and sent once.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
                yield Cluster(client)
        except KilledWorker as error:
            raise ClusterError(
                f"{error.allowed_failures + 1} workers died of the same task, "
                f"the last one at {error.last_worker.address}.",
                source=address,
                remedy="Give the workers more memory (`dask worker --memory-limit`); their logs say more.",
            ) from error
        except CancelledError as error:
            raise ClusterError(
                "the connection to the scheduler was lost.",
                source=address,
                remedy="Look at its log, then run it again.",
            ) from error
        finally:
            client.close(CLOSE_S)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the client's own log: what it tells in tracebacks arrives as a ClusterError."""
    loggers = [logging.getLogger(f"distributed.{name}") for name in ("batched", "client", "comm", "core")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _connected(client: Callable[..., Client], address: str) -> Client:
    try:
        return client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answered within {CONNECT_S} s.",
            source=address,
            remedy="Start one with `dask scheduler`, or check host and port.",
        ) from error


def _check_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_S)
    except TimeoutError as error:
        raise ClusterError(
            f"the scheduler has no workers after {FIRST_WORKER_S} s.",
            source=address,
            remedy=f"Start some with `dask worker {address}`.",
        ) from error
    installed = _inventory()
    here, there = installed(LIBRARIES), client.run(installed, LIBRARIES)
    other = Counter(
        f"{name} {found} (here {here[name]})"
        for on_worker in there.values()
        for name, found in on_worker.items()
        if found != here[name]
    )
    if other:
        counted = ", ".join(f"{text} on {count}" for text, count in sorted(other.items()))
        raise ClusterError(
            f"workers have other versions: {counted} of {len(there)}.",
            source=address,
            remedy="Install the same requirements.lock on every worker.",
        )


def _inventory() -> Callable[[Sequence[str]], dict[str, str]]:
    """What tells the versions of packages; it runs where not even this package is installed."""

    # A function inside another one is sent as it stands, not by its name.
    def installed(names: Sequence[str]) -> dict[str, str]:
        import sys  # noqa: PLC0415
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        found = {"Python": ".".join(map(str, sys.version_info[:2]))}
        for name in names:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                found[name] = "missing"
        return found

    return installed
