"""From a URL to a database with this version's tables. An older gradebook is brought up to date."""

import logging
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from optcourse.errors import UserError

HOW = "sqlite:///grades.db (a file), or postgresql://user@host/name"
LOCK = 0x0_0_7_C_0_5  # of PostgreSQL: whoever brings a gradebook up to date
BUSY = 5_000  # milliseconds that SQLite waits for another writer, who takes some for a batch
PAUSES = (
    0.05,
    0.1,
    0.2,
    0.5,
    1,
    1,
    2,
)  # seconds until the log for writing is asked for again


def opened(address: str, create: bool) -> Engine:
    """The database at a URL, up to date; UserError where it can't be had, or is a newer version's.

    Where there is none, `create` makes it.
    """
    url = checked(address, create)
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is missing: pip install 'optcourse[instructor]'") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", begin)
    try:
        update(engine, create)
    except BaseException as error:
        engine.dispose()
        if not isinstance(error, DBAPIError):
            raise
        raise UserError(f"The gradebook {shown(url)} can't be opened: {reason(error)}") from error
    return engine


def checked(address: str, create: bool) -> URL:
    """The URL, with its driver; UserError where it is none of ours."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise UserError(f"--gradebook is {HOW}; got {re.sub('//.*@', '//***@', address)!r}.") from error
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:":
        raise UserError(f"--gradebook is {HOW}; got {shown(url)}.")
    file = Path(url.database)
    if not create and not file.exists():
        raise UserError(f"There is no gradebook {file}; optcourse grade --gradebook {shown(url)} makes one.")
    if not file.absolute().parent.is_dir():
        raise UserError(f"There is no folder {file.absolute().parent} for the gradebook.")
    return url


def shown(url: URL) -> str:
    """A URL for a message, without its passwords."""
    secret = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def reason(error: DBAPIError) -> str:
    """The first line of what the database said."""
    says = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    if is_locked(error.orig):
        return f"another program has been writing to it for {BUSY / 1000:g} seconds ({says})"
    return says


def is_locked(error: object) -> bool:
    """Whether it is SQLite's, and says that somebody else does not let go of the file."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def prepare(connection: Any, record: object) -> None:
    """A new connection to SQLite: a log of its own for writing, and transactions that are begun by us."""
    connection.isolation_level = None
    for setting in ("busy_timeout = 0", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}").close()
    for pause in (*PAUSES, None):  # others who open it at the same time: SQLite doesn't wait for them here
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
            break
        except sqlite3.OperationalError as error:
            if pause is None or not is_locked(error):
                raise
            time.sleep(pause)
    connection.execute(f"PRAGMA busy_timeout = {BUSY}").close()


def begin(connection: Connection) -> None:
    """A transaction that may write waits for its turn at once; a later one could not get it any more."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def update(engine: Engine, create: bool) -> None:
    """Bring the tables up to date in one transaction, in which nobody else does."""
    scripts = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    newest = scripts.get_current_head()
    with engine.begin() as connection:
        if revision(connection) == newest:
            return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        now = revision(connection)
        if now is None and not create:
            raise UserError(f"There is no gradebook in {shown(engine.url)}; optcourse grade makes one.")
        if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
            raise UserError(
                f"{shown(engine.url)} is a newer optcourse's gradebook (its version is {now!r}, this "
                f"one's is {newest}), or another program's database: install that optcourse, or choose "
                "another --gradebook. Nothing was changed."
            )
        logging.getLogger("alembic").setLevel(logging.WARNING)
        config = Config()
        config.set_main_option("script_location", scripts.dir.replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()
