"""Databases for the gradebook's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grading.postgres import Server, programs
from tests.programs import missing


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        missing("PostgreSQL is not installed: apt-get install postgresql", "POSTGRES")
    made = Server(found)
    made.start()
    try:
        yield made
    finally:
        made.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/grades.db"
    return request.getfixturevalue("server").new_database()
