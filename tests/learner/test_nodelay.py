"""Kernel messages leave at once: a real server started by `optcourse lab` loads the extension."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from optcourse.learner.nodelay import SETTING, PromptConnection, _load_jupyter_server_extension

from .test_lab import free_port

LOADED = "optcourse: kernel messages leave at once (TCP_NODELAY)"


def server_with(connection: type) -> Any:
    """As much of a server as the extension looks at; `said` is its log."""
    said: list[str] = []
    log = SimpleNamespace(info=said.append)
    return SimpleNamespace(web_app=SimpleNamespace(settings={SETTING: connection}), log=log, said=said)


def test_the_stock_connection_is_replaced_and_a_chosen_one_is_left_alone() -> None:
    class Chosen(ZMQChannelsWebsocketConnection):
        pass

    for connection, wanted in [(ZMQChannelsWebsocketConnection, PromptConnection), (Chosen, Chosen)]:
        server = server_with(connection)
        _load_jupyter_server_extension(server)
        assert server.web_app.settings[SETTING] is wanted
        assert (LOADED in server.said) == (wanted is PromptConnection)


def test_a_connection_sets_nodelay_before_it_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connect"))
    handler = SimpleNamespace(set_nodelay=lambda value: done.append(value))
    monkeypatch.setattr(PromptConnection, "websocket_handler", handler)
    PromptConnection.connect(PromptConnection.__new__(PromptConnection))
    assert done == [True, "connect"]


def test_a_started_lab_loads_the_extension(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from optcourse.cli import main; main()", "lab", "--no-browser"]
    command += [f"--dir={tmp_path / 'work'}", f"--port={free_port()}"]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path)}
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            deadline = time.monotonic() + 600
            while LOADED not in log.read_text():
                assert process.poll() is None, f"JupyterLab ended:\n{log.read_text()}"
                assert time.monotonic() < deadline, f"The extension was not loaded:\n{log.read_text()}"
                time.sleep(0.1)
        finally:
            process.terminate()
