"""Starting JupyterLab in a workspace."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from optcourse.errors import UserError

CONFIG = Path(__file__).parent / "jupyter_config"  # settings for this server only: widgets are saved


def check_lab(port: int | None) -> None:
    """UserError where JupyterLab is missing or its port is taken."""
    if find_spec("jupyterlab") is None:
        raise UserError("JupyterLab is not installed here: python -m pip install jupyterlab")
    if port is not None:
        _check_port(port)


def _check_port(port: int) -> None:
    if not 1 <= port <= 65535:
        raise UserError(f"--port must lie between 1 and 65535; got {port}.")
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise UserError(
            f"Port {port} cannot be used ({why}): choose another, or leave out --port."
        ) from error


def lab_command(
    workspace: Path, first: str, *, port: int | None, browser: bool, options: Sequence[str]
) -> list[str]:
    """The command that starts JupyterLab in `workspace`, opened on the notebook `first`."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={workspace}",
        f"--LabApp.default_url=/lab/tree/{quote(first)}",
    ]
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; JupyterLab asks to be told
        command.append("--allow-root")
    return [*command, *options]


def lesson_in_hub(environment: Mapping[str, str], lesson: Path) -> str | None:
    """Where a lesson is in the JupyterLab that a JupyterHub has started already; None outside a hub.

    The hub names its address in JUPYTERHUB_SERVICE_PREFIX, the server the folder that it serves in
    JUPYTER_SERVER_ROOT (else it is the home folder). UserError where the lesson is not below that.
    """
    prefix = environment.get("JUPYTERHUB_SERVICE_PREFIX")
    if not prefix:
        return None
    root = Path(environment.get("JUPYTER_SERVER_ROOT") or Path.home()).absolute()
    if not lesson.is_relative_to(root):
        raise UserError(
            f"This hub's JupyterLab shows only what lies in {root}: name a folder there with --dir."
        )
    return f"{prefix.rstrip('/')}/lab/tree/{quote(lesson.relative_to(root).as_posix())}"


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with our settings first among Jupyter's."""
    paths = [str(CONFIG), environment.get("JUPYTER_CONFIG_PATH", "")]
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}


def run_lab(command: Sequence[str]) -> int:
    """Run JupyterLab until it ends; returns its exit code.

    Ctrl-C is JupyterLab's own affair (it asks before it stops), and it does not outlive us.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    process = subprocess.Popen(command, env=lab_environment(os.environ))
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
