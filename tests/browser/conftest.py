"""A real JupyterLab and a real Chromium, as a learner has them.

tests/programs.py says what happens without Chromium.
"""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.programs import program

FLAGS = [
    "--headless",
    "--no-sandbox",  # Chromium refuses to run as root with one, and it only ever sees our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Off-screen cells stay in the page, and nothing asks for news.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}
# Seconds for whatever is waited for: a server's answer, a kernel, a state of a page. It says nothing about
# how long that may take, only that the wait ends: a busy machine may need many times what a free one does.
PATIENCE = 180
expect.set_options(timeout=PATIENCE * 1000)


def chromium() -> str:
    """The path of a Chromium; skips or fails where there is none."""
    return program("chromium", "chromium-browser", "google-chrome")


# JupyterLab's own commands, as its menus call them. What was open goes without a question about saving.
OPEN = """async path => {
    const { shell, serviceManager, commands } = window.jupyterapp;
    [...shell.widgets("main")].forEach(widget => widget.dispose());
    await serviceManager.sessions.shutdownAll();
    const opened = await commands.execute("docmanager:open", { path, factory: "Notebook" });
    await opened.context.ready;
}"""


class Lab:
    """A running JupyterLab: its address, its folder, and how to look at notebooks in it.

    To load JupyterLab costs several times what a test does on its page: all tests share one window, in which
    they open notebooks one after the other, each with a kernel of its own. Nobody closes the window.
    """

    def __init__(self, url: str, folder: Path, browser: Browser, environment: dict[str, str]) -> None:
        self.url, self.folder, self.browser, self.environment = url, folder, browser, environment
        self.loaded = 0
        self.window: Page | None = None
        self.running: tuple[str, ...] = ()  # the name and the cells of what `run` has in the window

    def write(self, name: str, *cells: str) -> Path:
        """A notebook of code cells in the workspace."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(
            cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
        )
        nbformat.write(notebook, path)
        return path

    def open(self, name: str, width: int = 1280, height: int = 900, *, anew: bool = False) -> Page:
        """The notebook `name` alone in the window, of this size; `anew`: in one that loads JupyterLab first."""
        self.running = ()
        page = self.window
        # Whatever a test left open over its notebook would be in the next one's way.
        if anew or page is None or page.locator(".jp-Dialog, .lm-Menu").count():
            if page is not None:
                page.close()
            self.window = page = self.browser.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            self.load(page, name)
        else:
            page.evaluate(OPEN, name)
            wait_for_kernel(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(reduced_motion="no-preference")
        return page

    def load(self, page: Page, name: str) -> None:
        """Load JupyterLab into a page, with the notebook `name` alone, and wait for its kernel."""
        self.loaded += 1  # a workspace of its own each time, so that no earlier layout comes back
        page.goto(f"{self.url}/doc/workspaces/walk{self.loaded}/tree/{name}")
        wait_for_kernel(page)

    def run(self, name: str, *cells: str, width: int = 1280, height: int = 900) -> Page:
        """A notebook of these cells alone in the window, all of them run.

        Where the window shows it already, without its outputs and run again: as fresh, but for its kernel.
        """
        page = self.window
        if page is not None and self.running == (name, *cells) and has_kernel(page):
            page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
            expect(page.locator(".jp-Notebook .jp-OutputArea-output")).to_have_count(0)
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(reduced_motion="no-preference")
        else:
            self.write(name, *cells)
            page = self.open(name, width, height)
            self.running = (name, *cells)
        page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        return page


def has_kernel(page: Page) -> bool:
    """Whether the notebook on a page has a kernel."""
    return page.locator(".jp-Toolbar-kernelName", has_text="Python 3").count() == 1


def wait_for_kernel(page: Page) -> None:
    """Wait until the notebook on a page has a kernel that waits for cells."""
    # Before there is a kernel, the indicator says idle as well; and to run a cell then asks for one.
    page.locator(".jp-Toolbar-kernelName", has_text="Python 3").wait_for(state="attached")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")


def free_port() -> int:
    """A port that nobody listens on now, and none of those that kernels are given: they come up meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    pytest.fail("of 100 ports between 20,000 and 32,000 none is free")


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers; fail with its log if it ends or PATIENCE is over."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}/api/status", timeout=PATIENCE):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)  # between two questions, not for an answer
    pytest.fail(f"JupyterLab did not answer at {url}:\n{log.read_text(errors='replace')[-3000:]}")


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def started_lab(browser: Browser, home: Path) -> Iterator[Lab]:
    """`optcourse lab`, with folders of its own below `home`, stopped with its kernels afterwards."""
    folder = home / "workspace"
    for name, setting in SETTINGS.items():
        path = home / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting), encoding="utf-8")
    own = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "layouts",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    environment = {**os.environ, **{name: str(home / place) for name, place in own.items()}}
    port = free_port()
    command = [sys.executable, "-c", "from optcourse.cli import main; main()", "lab", "--no-browser"]
    command += ["--dir", str(folder), "--port", str(port), "--", "--IdentityProvider.token="]
    command += ["--LabApp.expose_app_in_browser=True"]  # for Lab.open
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    log = home / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_it_answers(url, process, log)
            yield Lab(url, folder, browser, environment)
        finally:
            stop(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests."""
    with started_lab(browser, tmp_path_factory.mktemp("home")) as lab:
        yield lab


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server as a terminal's closing would; it takes its kernels with it."""
    process.terminate()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
