"""Dragging a slider whose strip is at hand, in a real JupyterLab."""

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Lab
from .test_lessons import pixels, run

MIXES = """import numpy as np
from optcourse import explore
def gd_step(theta, grad, state, *, lr=1e-3):
    return theta - lr * grad / max(1.0, np.linalg.norm(grad)), state
explore(gd_step)"""
# Busy until the test is done with it, or for so long that it was forgotten.
BUSY = """import time
from pathlib import Path
until = time.monotonic() + 600
while not Path("go").exists() and time.monotonic() < until:
    time.sleep(0.02)"""
# A slider's knob has a width, so that its share of the way is not quite the pointer's.
STANDS_AT = "([{value, min, max}, share]) => Math.abs((value - min) / (max - min) - share) < 0.1"
BRANCHES = MIXES.replace("max(1.0, np.linalg.norm(grad))", "(2.0 if grad[0] > 1 else 1.0)")


def opened(lab: Lab, name: str, source: str) -> Page:
    """A page with this cell, run, and its picture."""
    page = lab.run(name, source, height=2000)  # with room, as a page that scrolls moves under the pointer
    page.locator(".ocp-explorer").wait_for()
    return page


def drag(slider: Locator, shares: list[float]) -> None:
    """Press the pointer on a slider's middle and move it to these shares of its width; it stays pressed.

    The slider comes to rest first, wherever the page is scrolling to, and is where it was dragged to at the end.
    """
    slider.hover()
    box = slider.bounding_box()
    assert box is not None
    mouse, y = slider.page.mouse, box["y"] + box["height"] / 2
    mouse.down()
    for share in shares:
        mouse.move(box["x"] + share * box["width"], y)
    slider.page.wait_for_function(STANDS_AT, arg=[slider.element_handle(), shares[-1]])


def with_strip(page: Page, name: str) -> Locator:
    """A slider in focus, its strip loaded."""
    slider = page.get_by_label(name, exact=True)
    slider.focus()
    page.locator(f".ocp-explorer[data-strip={name}]").wait_for()
    return slider


def test_a_loaded_strip_moves_the_picture_while_the_kernel_is_busy_and_its_words_follow(lab: Lab) -> None:
    lab.write("busy.ipynb", "from optcourse import explore\nexplore('adam')", BUSY)
    page = lab.open("busy.ipynb", height=2000)
    run(page.locator(".jp-CodeCell").first)
    surface, curves = page.locator(".ocp-surface"), page.locator(".ocp-curves")
    outcome = page.locator(".ocp-outcome")
    slider = with_strip(page, "lr")
    first, words = [pixels(surface), pixels(curves)], str(outcome.text_content())
    run(page.locator(".jp-CodeCell").nth(1))
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=busy]").wait_for(state="attached")

    drag(slider, [0.6, 0.7, 0.9])
    expect(outcome).to_have_class("ocp-outcome ocp-stale")
    dragged = [pixels(surface), pixels(curves)]
    assert all(before != after for before, after in zip(first, dragged, strict=True))
    page.mouse.up()
    assert not (lab.folder / "go").exists()  # so the kernel was busy all the time
    expect(outcome).to_have_text(words)

    (lab.folder / "go").touch()
    expect(outcome).not_to_have_text(words)
    assert pixels(surface) == dragged[0]


@pytest.mark.parametrize("name", ["steps", "x", "beta2"])
def test_what_a_strip_draws_is_what_the_kernel_draws_when_the_slider_rests(lab: Lab, name: str) -> None:
    page = opened(lab, "same.ipynb", "from optcourse import explore\nexplore('adam', lr=0.1)")
    surface, outcome = page.locator(".ocp-surface"), page.locator(".ocp-outcome")
    slider = page.locator(f"input[name={name}]")
    slider.focus()
    page.locator(f".ocp-explorer[data-strip={name}]").wait_for()
    drag(slider, [0.4, 0.3, 0.35])
    expect(outcome).to_have_class("ocp-outcome ocp-stale")
    dragged = pixels(surface)
    page.mouse.up()
    expect(outcome).to_have_class("ocp-outcome")
    assert pixels(surface) == dragged


def test_moving_another_slider_brings_a_new_strip_for_it(lab: Lab) -> None:
    page = opened(lab, "other.ipynb", "from optcourse import explore\nexplore('adam')")
    for name in ("lr", "beta1"):
        slider = with_strip(page, name)
        drag(slider, [0.45, 0.4])
        expect(page.locator(".ocp-stale")).to_be_attached()
        page.mouse.up()
        expect(page.locator(".ocp-stale")).not_to_be_attached()


@pytest.mark.parametrize(
    ("source", "words"), [(MIXES, "for many positions at once"), (BRANCHES, "ValueError")]
)
def test_a_step_that_cannot_be_swept_is_drawn_by_the_kernel_and_the_picture_says_why(
    lab: Lab, source: str, words: str
) -> None:
    page = opened(lab, "falls_back.ipynb", source)
    surface, slider = page.locator(".ocp-surface"), page.get_by_label("lr", exact=True)
    slider.focus()
    expect(page.locator(".ocp-way")).to_contain_text("Each picture comes from the kernel")
    expect(page.locator(".ocp-way")).to_contain_text(words)
    before = str(surface.get_attribute("aria-label"))
    page.keyboard.press("ArrowRight")
    expect(surface).not_to_have_attribute("aria-label", before)
