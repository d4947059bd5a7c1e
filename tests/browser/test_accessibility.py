"""All six pieces for everyone: axe-core, the keyboard, zoom, themes, and a table of what is drawn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.programs import missing

from .conftest import Lab
from .pieces import PIECES, answered, in_theme, opened
from .test_lessons import cell, rewrite, run

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
ROOTS = [root for _, root in PIECES.values()]
FIND = """async roots => (await axe.run({include: roots.map(root => [root])})).violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => [one.id, one.help, ...one.nodes.map(node => node.html.slice(0, 200))])"""
# What a learner can move or press in a piece, and can see.
MOVABLE = "button, input, select, summary, [tabindex]"


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; skips or fails where it is not installed."""
    if AXE.exists():
        return AXE.read_text(encoding="utf-8")
    missing("axe-core is not installed: run npm ci --prefix tests/browser")


def barriers(page: Page, axe: str) -> Any:
    page.evaluate(axe)
    return page.evaluate(FIND, ROOTS)


def overhang(page: Page) -> Any:
    """What sticks out of its piece at the right."""
    return page.evaluate(
        """roots => roots.flatMap(root => {
            const piece = document.querySelector(root);
            const edge = piece.getBoundingClientRect().right + 1;
            const shown = [...piece.querySelectorAll("canvas, input, select, button, label, legend, p, th, td")];
            const out = shown.filter(one => one.getBoundingClientRect().right > edge);
            return out.filter(one => !one.closest(".ocp-scroll, .ocp-live, pre")).map(one => one.outerHTML);
        })""",
        ROOTS,
    )


def test_axe_finds_no_serious_barrier_before_and_after_the_answers(lab: Lab, axe: str) -> None:
    page = opened(lab)
    assert barriers_in_each_look(page, axe) == {}
    answered(page)
    for details in page.locator(", ".join(f"{root} details" for root in ROOTS)).all():
        details.locator("summary").first.click()
    assert barriers_in_each_look(page, axe) == {}


def barriers_in_each_look(page: Page, axe: str) -> dict[tuple[str, int], Any]:
    """What axe-core finds in both themes, as wide as a screen and as a phone; looks without are left out."""
    looks = {}
    for theme in ("light", "dark"):
        page.set_viewport_size({"width": 1280, "height": 900})  # with room for JupyterLab's menus
        in_theme(page, theme)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            looks[theme, width] = barriers(page, axe)
    return {look: found for look, found in looks.items() if found}


def test_axe_does_find_a_barrier_that_is_put_there(lab: Lab, axe: str) -> None:
    page = opened(lab)
    page.locator(".ocp-explorer button").first.evaluate("button => (button.textContent = '')")
    assert [found[0] for found in barriers(page, axe)] == ["button-name"]


def test_every_control_is_reached_by_tab_is_named_and_shows_its_focus(lab: Lab) -> None:
    page = opened(lab)
    for root in ROOTS:
        piece = page.locator(root)
        movable = [one for one in piece.locator(MOVABLE).all() if one.is_visible() and one.is_enabled()]
        radios = piece.locator("input[type=radio]").count()  # a group of them is one stop
        movable[0].focus()
        stops = 1
        while True:
            page.keyboard.press("Tab")
            if not piece.evaluate("piece => piece.contains(document.activeElement)"):
                break
            stops += 1
            style = page.evaluate("(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
                                  "(getComputedStyle(document.activeElement))")  # fmt: skip
            assert style[0] != "none", (root, page.evaluate("document.activeElement.outerHTML"))
            assert float(style[1].removesuffix("px")) >= 1
        assert stops == len(movable) - max(0, radios - 1), root
        for one in movable:
            assert one.evaluate(NAME), one.evaluate("one => one.outerHTML")


NAME = """one => [one.ariaLabel, ...[...(one.labels ?? [])].map(label => label.textContent), one.textContent]
    .some(words => (words ?? "").trim())"""


def test_at_200_percent_and_on_a_phone_all_is_in_one_column_and_nothing_sticks_out(lab: Lab) -> None:
    page = opened(lab)
    answered(page)
    for width in (640, 360):  # a window of 1280 pixels at 200 % has room for 640
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            """roots => roots.every(root => {
                const [above, below] = document.querySelectorAll(`${root} canvas[role=img]`);
                return !below || above.offsetTop < below.offsetTop;
            })""",
            arg=ROOTS[:5],
        )
        assert overhang(page) == []


@pytest.fixture
def finger(lab: Lab) -> Iterator[CDPSession]:
    """The window showing touch.ipynb, on a phone; what is sent here touches it."""
    lab.write("touch.ipynb", "from optcourse import explore\nexplore('gd')")
    page = lab.open("touch.ipynb", 360, 800)
    session = page.context.new_cdp_session(page)
    switch = "Emulation.setTouchEmulationEnabled"
    session.send(switch, {"enabled": True, "maxTouchPoints": 1})
    yield session
    session.send(switch, {"enabled": False})
    session.detach()


def test_a_finger_drags_the_start(lab: Lab, finger: CDPSession) -> None:
    page = lab.window
    assert page is not None
    run(page.locator(".jp-CodeCell").first)
    surface = page.locator(".ocp-surface")
    surface.scroll_into_view_if_needed()
    start = page.get_by_label("start, theta[0]")
    before = float(start.input_value())
    box = surface.bounding_box()
    assert box is not None
    at = page.evaluate(
        "([left, top, width]) => [left + 52 + 0.1 * (width - 62), top + 10 + 0.3 * 0.75 * (width - 62)]",
        [box["x"], box["y"], box["width"]],
    )
    points = [[{"x": at[0] + 12 * k, "y": at[1]}] for k in range(6)]
    touch = "Input.dispatchTouchEvent"
    finger.send(touch, {"type": "touchStart", "touchPoints": points[0]})
    for point in points[1:]:
        finger.send(touch, {"type": "touchMove", "touchPoints": point})
    finger.send(touch, {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(
        "([input, least]) => Number(input.value) > least", arg=[start.element_handle(), before + 10]
    )


def test_changes_are_announced_politely(lab: Lab) -> None:
    page = opened(lab)
    for name, slider, words in (
        ("explore", "lr", "The path"),
        ("compare", "step", "Step 199."),
        ("landscape", "cell's lr", "lr = "),
    ):
        piece = page.locator(PIECES[name][1])
        piece.get_by_label(slider, exact=True).focus()
        page.keyboard.press("ArrowLeft")
        live = piece.locator("[aria-live=polite]").last
        expect(live).to_contain_text(words)


def test_the_theme_redraws_every_canvas(lab: Lab) -> None:
    page = opened(lab)
    in_theme(page, "light")
    shown = "[...document.querySelectorAll('canvas[role=img]')].filter(one => one.clientWidth)"
    # The canvases follow a theme once its styles are there: they are done when they look as they did before.
    page.wait_for_function(
        f"""() => {{
            const now = {shown}.map(one => one.toDataURL()).join();
            const still = now === window.before;
            window.before = now;
            return still;
        }}""",
        polling=250,
    )
    drawn = page.evaluate(f"(window.light = {shown}.map(one => one.toDataURL())).length")
    assert drawn == 9
    in_theme(page, "dark")
    page.wait_for_function(f"{shown}.every((one, i) => one.toDataURL() !== window.light[i])")


BROKEN = """def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    return theta - lr * m_hat, (m, v, t)
explore(adam_step)"""
MENDED = BROKEN.replace("return theta - lr * m_hat, (m, v, t)", "return theta - lr * grad, (m, v, t)")


@pytest.mark.parametrize("piece", ["explore", "compare"])
def test_an_error_is_told_in_the_pictures_place_and_the_next_good_version_brings_it_back(
    lab: Lab, piece: str
) -> None:
    source = (
        BROKEN if piece == "explore" else BROKEN.replace("explore(adam_step)", "compare([adam_step, 'gd'])")
    )
    lab.write("broken.ipynb", f"from optcourse import explore, compare\n{source}")
    page = lab.open("broken.ipynb")
    only = cell(page, "def adam_step")
    run(only)
    note = only.locator(".ocp-note").first
    expect(note).to_contain_text("adam_step raised NameError: name 'm_hat' is not defined (line 4")
    expect(note).to_contain_text(
        "of the reference in its place" if piece == "explore" else "the reference in its"
    )
    expect(only.locator(".jp-OutputArea-output").first).not_to_contain_text("Traceback")
    rewrite(only, f"from optcourse import explore, compare\n{MENDED}" if piece == "explore"
            else f"from optcourse import explore, compare\n{source.replace('lr * m_hat', 'lr * grad')}")  # fmt: skip
    run(only)
    if piece == "explore":
        expect(note).to_contain_text("Your adam_step (solid) and the reference (dashed) part at step 1")
    else:
        expect(note).to_contain_text("does not take the reference's path")
        expect(only.locator(".ocp-standing")).to_contain_text("your adam_step")
