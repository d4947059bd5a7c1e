"""Grading on a cluster: Dask's workers behind the same interface as the processes here."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, NamedTuple

from optcourse.errors import UserError

BATCH = 50  # submissions that are sent at once


class Cluster(NamedTuple):
    """An executor, and how many batches it works on at once."""

    executor: Executor
    slots: int


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The workers of a scheduler; UserError where there is none, or it has no workers."""
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is missing: pip install 'optcourse[cluster]'") from error
    try:
        dask: Any = distributed  # it has no types
        client = dask.Client(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"There is no scheduler at {address} ({error}): dask scheduler starts one."
        ) from error
    with client:
        slots = sum(client.ncores().values())
        if not slots:
            raise UserError(f"The scheduler {address} has no workers: dask worker {address} starts one.")
        # Not pure: a batch that is graded again is another batch.
        yield Cluster(client.get_executor(pure=False), slots)
