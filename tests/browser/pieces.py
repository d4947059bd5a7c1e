"""All six pieces on one page: what tests of each of them begin with, and how a page changes its theme."""

from playwright.sync_api import Page, expect

from .conftest import Lab

PIECES = {  # name -> (its source, the selector of its root)
    "explore": ("explore(adam_step)", ".ocp-explorer"),
    "compare": ('compare(["gd", ("adam", {"lr": 0.3}), "momentum", ("gd", {"lr": 1.0})])', ".ocp-compare"),
    "landscape": ('landscape("momentum")', ".ocp-landscape"),
    "predict": ('predict("gd", lr=0.19)', ".ocp-predict"),
    "clinic": ('clinic("adam", seed=1)', ".ocp-clinic"),
    "quiz": (
        'quiz("Why is `v` corrected more?", {"It decays slower": "Yes: 1 - beta2**t is less.", '
        '"It is squared": "No: `m` is corrected as well."}, right="It decays slower")',
        ".ocp-game[aria-label=Quiz]",
    ),
}
START = """from optcourse import clinic, compare, explore, landscape, predict, quiz
def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (v**0.5 + eps), (m, v, t + 1)"""


def opened(lab: Lab, width: int = 1280, height: int = 900) -> Page:
    """A page with all pieces, drawn."""
    sources = (source for source, _ in PIECES.values())
    page = lab.run("pieces.ipynb", START, *sources, width=width, height=height)
    for _, root in PIECES.values():
        page.locator(root).wait_for()
    return page


def in_theme(page: Page, theme: str) -> None:
    """JupyterLab's light or dark theme, as chosen in its menu (it keeps the choice for later pages)."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Theme", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text(f"JupyterLab {theme.capitalize()}", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "light").lower())


def answered(page: Page) -> None:
    """The questions answered, so that what comes after them is there as well."""
    for name in ("predict", "clinic", "quiz"):
        root = page.locator(PIECES[name][1])
        root.get_by_role("radio").first.check()
        root.locator(".ocp-send").click()
        expect(root.locator(".ocp-verdict")).not_to_be_empty()


def assert_one_column(page: Page, root: str) -> None:
    """On a page as narrow as a phone its pictures stand one below the other, and nothing sticks out."""
    page.set_viewport_size({"width": 360, "height": 800})
    stacked = """root => {
        const [above, below] = document.querySelectorAll(`${root} .ocp-pair > canvas`);
        return above.offsetTop < below.offsetTop;
    }"""
    page.wait_for_function(stacked, arg=root)
    overhang = """root => {
        const edge = root.getBoundingClientRect().right + 1;
        return [...root.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > edge).length;
    }"""
    assert page.locator(root).evaluate(overhang) == 0
