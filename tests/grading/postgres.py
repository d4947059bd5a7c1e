"""A real PostgreSQL server in a temporary folder, reached through a socket in it; it can be stopped and started."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")


def programs() -> Path | None:
    """The folder of pg_ctl and initdb; Debian keeps them off the path."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    folders = [folder for place in PLACES for folder in sorted(Path("/").glob(place[1:]))]
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


class Server:
    """Runs as the user postgres where the tests are run as root, which PostgreSQL refuses to be."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="optcourse-pg-"))
        self.as_postgres: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self.as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.count = 0
        self.run(
            "initdb", "--auth=trust", "--username=optcourse", "--no-sync", "--encoding=UTF8", "--locale=C"
        )

    def run(self, program: str, *arguments: str) -> None:
        command = [*self.as_postgres, str(self.programs / program), "--pgdata", str(self.folder / "data")]
        done = subprocess.run(
            [*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/"
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        settings = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=40"
        self.run("pg_ctl", "--wait", "--silent", f"--log={self.folder / 'log'}", "-o", settings, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://optcourse@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        import psycopg

        self.count += 1
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE grades{self.count}")
        return self.url(f"grades{self.count}")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
