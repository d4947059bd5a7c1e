"""Starting JupyterLab: what stops it, what it is told, and one that really starts."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from optcourse.errors import UserError
from optcourse.learner import lab
from optcourse.learner.lab import check_lab, lab_command, lab_environment, lesson_in_hub

TOKEN = "known-to-this-test"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"Port {port} cannot be used .*: choose another, or leave out"):
            check_lab(port)
    check_lab(port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(UserError, match=rf"between 1 and 65535; got {port}"):
        check_lab(port)


def test_a_missing_jupyterlab_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="JupyterLab is not installed here: python -m pip install jupyterlab"):
        check_lab(None)


def test_the_command_opens_the_first_lesson_and_hands_on_options() -> None:
    command = lab_command(
        Path("a folder"), "lessons/01 gd.ipynb", port=8123, browser=False, options=["--debug"]
    )
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.root_dir=a folder" in command
    assert "--LabApp.default_url=/lab/tree/lessons/01%20gd.ipynb" in command
    assert {"--ServerApp.port=8123", "--ServerApp.port_retries=0", "--no-browser"} <= set(command)
    assert command[-1] == "--debug"
    assert "--no-browser" not in lab_command(Path(), "x", port=None, browser=True, options=[])


@pytest.mark.parametrize(
    ("served", "lesson", "address"),
    [
        ("/home/ann", "/home/ann/w/lessons/00 a.ipynb", "/user/ann/lab/tree/w/lessons/00%20a.ipynb"),
        ("/", "/srv/w/lessons/00.ipynb", "/user/ann/lab/tree/srv/w/lessons/00.ipynb"),
    ],
)
def test_inside_a_hub_the_lesson_is_where_its_server_shows_it(served: str, lesson: str, address: str) -> None:
    hub = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/", "JUPYTER_SERVER_ROOT": served}
    assert lesson_in_hub(hub, Path(lesson)) == address
    assert lesson_in_hub({"JUPYTER_SERVER_ROOT": served}, Path(lesson)) is None


def test_a_workspace_that_the_hubs_server_does_not_show_is_refused() -> None:
    hub = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/", "JUPYTER_SERVER_ROOT": "/home/ann"}
    with pytest.raises(UserError, match=r"only what lies in /home/ann: name a folder there with --dir"):
        lesson_in_hub(hub, Path("/srv/w/lessons/00.ipynb"))


def test_our_settings_come_before_the_users_own_paths() -> None:
    assert lab_environment({})["JUPYTER_CONFIG_PATH"] == str(lab.CONFIG)
    both = lab_environment({"JUPYTER_CONFIG_PATH": "theirs", "HOME": "h"})
    assert both == {"JUPYTER_CONFIG_PATH": f"{lab.CONFIG}{os.pathsep}theirs", "HOME": "h"}


def test_a_started_lab_serves_the_workspace_and_saves_widgets_and_ends_with_the_command(
    tmp_path: Path,
) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from optcourse.cli import main; main()", "lab", "--no-browser"]
    command += [f"--dir={tmp_path / 'work'}", f"--port={port}", "--", f"--IdentityProvider.token={TOKEN}"]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path)}

    def get(path: str) -> tuple[str, bytes]:
        with urlopen(f"http://127.0.0.1:{port}{path}?token={TOKEN}", timeout=600) as answer:
            return answer.url, answer.read()

    def answers() -> bool:
        try:
            get("/api")
        except OSError:
            return False
        return True

    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            deadline = time.monotonic() + 600
            while not answers():
                assert process.poll() is None, f"JupyterLab ended:\n{log.read_text()}"
                assert time.monotonic() < deadline, f"JupyterLab does not answer:\n{log.read_text()}"
                time.sleep(0.1)
            names = [entry["name"] for entry in json.loads(get("/api/contents/lessons")[1])["content"]]
            assert "01_gradient_descent.ipynb" in names
            assert "/lab/tree/lessons/00_" in get("/")[0]
            plugin = json.loads(get("/lab/api/settings/@jupyter-widgets/jupyterlab-manager:plugin")[1])
            assert plugin["schema"]["properties"]["saveState"]["default"] is True
            news = json.loads(get("/lab/api/settings/@jupyterlab/apputils-extension:notification")[1])
            asks = news["schema"]["properties"]
            assert (asks["fetchNews"]["default"], asks["checkForUpdates"]["default"]) == ("false", False)
        finally:
            process.terminate()
    check_lab(port)
