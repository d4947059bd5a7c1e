"""How soon a picture follows its slider, in a real JupyterLab with headless Chromium, beside `interact`.

python benchmarks/slider.py

Contour, 200 steps of Adam, in one notebook and one run: `explore` with its strip loaded, `explore` that asks
the kernel for each picture, and `interact` with an inline figure and two sliders. Rounds are interleaved. A
picture has changed when its canvas has been drawn, or its image loaded. Prints a Markdown table. Needs the
`dev` extra.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Locator, Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.browser.conftest import started_chromium, started_lab

ROUNDS = 4
PRESSES = 10  # in each round
DRAG = 2.0  # seconds, in each round
QUIET = 0.4  # seconds without a change, after which a picture is taken to be final

STRIP = "from optcourse import explore\nexplore('adam')"
KERNEL = "picture = explore('adam')\npicture.on_msg(picture._strip_asked, remove=True)  # no strips\npicture"
INTERACT = """import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact
from optcourse import run
from optcourse.problems import quadratic
bowl = quadratic()
x, y = np.meshgrid(np.linspace(-5, 5, 100), np.linspace(-3, 3, 100))
height = bowl.loss(np.stack([x, y], axis=-1))

lr = FloatSlider(0.1, min=0.001, max=1, step=0.005)
beta1 = FloatSlider(0.9, min=0, max=0.99, step=0.01)
@interact(lr=lr, beta1=beta1)
def draw(lr, beta1):
    plt.contour(x, y, height, levels=20)
    plt.plot(*run("adam", bowl, steps=200, lr=lr, beta1=beta1).theta.T, ".-")
    plt.show()"""

# Notes when the picture in `root` changes, in which animation frame, when keys go down and pointers go up.
# After a release it also compares what is drawn, as the kernel's own picture may be the same again.
WATCH = """root => {
    const probe = window.probe = { changes: [], down: 0, up: null, settled: 0, frame: 0 };
    const count = () => { probe.frame += 1; if (window.probe === probe) requestAnimationFrame(count); };
    requestAnimationFrame(count);
    const canvas = root.querySelector(".ocp-surface");
    const look = () => canvas ? canvas.toDataURL() : String(probe.changes.length);
    let last = null;
    const changed = () => {
        const now = performance.now();
        probe.changes.push([now, probe.frame]);
        if (probe.up === null) return;
        const seen = look();
        if (seen !== last) probe.settled = now - probe.up;
        last = seen;
    };
    if (canvas) new MutationObserver(changed).observe(canvas, { attributeFilter: ["width"] });
    else root.addEventListener("load", changed, true);
    window.addEventListener("keydown", () => (probe.down = performance.now()), true);
    window.addEventListener("pointerup", () => {
        probe.up = performance.now();
        setTimeout(() => { last ??= look(); });
    }, true);
}"""


@dataclass
class Way:
    """A picture on the page, and what was measured of it: milliseconds, and frames a second."""

    title: str
    cell: int
    slider: str
    strip: bool = False
    latencies: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    def root(self, page: Page) -> Locator:
        return page.locator(".jp-CodeCell").nth(self.cell).locator(".jp-Cell-outputArea")

    def measure(self, page: Page) -> None:
        """One round: key presses, then a drag."""
        root = self.root(page)
        root.scroll_into_view_if_needed()
        slider = root.locator(self.slider).first
        slider.scroll_into_view_if_needed()
        slider.focus()
        if self.strip:
            root.locator(".ocp-explorer[data-strip=lr]").wait_for()
        root.evaluate(WATCH)
        time.sleep(QUIET)
        for press in range(PRESSES):
            self.latencies.append(pressed(page, "ArrowRight" if press % 2 else "ArrowLeft"))
        track = root.locator("input[name=lr], .noUi-target").first
        box, handle = track.bounding_box(), slider.bounding_box()
        assert box is not None
        assert handle is not None
        self.drag(page, box["x"], box["width"], handle["y"] + handle["height"] / 2)

    def drag(self, page: Page, left: float, width: float, y: float) -> None:
        """To and fro between a fifth and three fifths of the track, as a hand would."""
        mouse = page.mouse
        mouse.move(left + 0.4 * width, y)
        mouse.down()
        time.sleep(QUIET)
        before = page.evaluate("probe.changes.length")
        began = time.monotonic()
        while (passed := time.monotonic() - began) < DRAG:
            swing = abs((passed % 1.0) * 2 - 1)  # 1 -> 0 -> 1 in a second
            mouse.move(left + (0.2 + 0.4 * swing) * width, y)
        took = time.monotonic() - began
        mouse.up()
        frames = page.evaluate("from => new Set(probe.changes.slice(from).map(one => one[1])).size", before)
        time.sleep(3 * QUIET)
        self.rates.append(frames / took)
        self.lags.append(page.evaluate("probe.settled"))

    def row(self) -> str:
        late = quantiles(self.latencies, n=20)[-1]
        return (
            f"| {self.title} | {median(self.latencies):.0f} ms ({late:.0f}) | {median(self.rates):.0f} "
            f"| {median(self.lags):.0f} ms |"
        )


def pressed(page: Page, key: str) -> float:
    """Press a key on the slider; milliseconds until the picture changes."""
    before = page.evaluate("probe.changes.length")
    page.keyboard.press(key)
    page.wait_for_function("before => probe.changes.length > before", arg=before)
    taken = page.evaluate("before => probe.changes[before][0] - probe.down", before)
    time.sleep(QUIET)
    return float(taken)


def main() -> None:
    ways = [
        Way("`explore`, its strip loaded", 0, "input[name=lr]", strip=True),
        Way("`explore`, each picture from the kernel", 1, "input[name=lr]"),
        Way("`interact` + inline figure", 2, ".noUi-handle"),
    ]
    loads = [os.getloadavg()[0]]
    with (
        tempfile.TemporaryDirectory() as home,
        started_chromium() as browser,
        started_lab(browser, Path(home)) as lab,
    ):
        lab.write("slider.ipynb", STRIP, KERNEL, INTERACT)
        page = lab.open("slider.ipynb")
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        ways[0].root(page).locator(".ocp-surface").wait_for()
        ways[1].root(page).locator(".ocp-surface").wait_for()
        ways[2].root(page).locator("img").wait_for()
        for _ in range(ROUNDS):
            for way in ways:
                way.measure(page)
            loads.append(os.getloadavg()[0])
    print("| way | slider to changed picture, median (p95) | frames a second | lag after release |")
    print("| --- | --- | --- | --- |")
    print("\n".join(way.row() for way in ways))
    print(f"\n{os.cpu_count()} cores, load average {min(loads):.1f} to {max(loads):.1f} while measuring.")


if __name__ == "__main__":
    main()
