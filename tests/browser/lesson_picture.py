"""Makes the README's picture: python -m tests.browser.lesson_picture

Lesson 09 with a wrong Adam: the report that names the mistake, and the learner's own path under sliders.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import started_chromium, started_lab
from tests.browser.test_lessons import WRONG, cell, outputs, rewrite, run, run_all

PICTURE = Path(__file__).parents[2] / "docs" / "lesson.png"
# Whether JupyterLab's scrolling left the cell where it was when this was asked before.
AT_REST = """cell => {
    const now = cell.getBoundingClientRect().top;
    const still = now === window.before;
    window.before = now;
    return still;
}"""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        started_chromium() as browser,
        started_lab(browser, Path(home)) as lab,
    ):
        page = lab.open("lessons/09_adam.ipynb", width=1180, height=1560)
        stub, check = cell(page, "def adam_step("), cell(page, "check(adam_step)")
        explore = cell(page, "explore(adam_step")
        run_all(page)
        expect(outputs(check)).to_contain_text("not attempted yet")
        rewrite(stub, WRONG)
        run(stub)
        run(check)
        expect(outputs(check)).to_contain_text("v is not bias-corrected")
        run(explore)
        expect(explore.locator(".ocp-note")).to_contain_text("part at step 1")
        check.scroll_into_view_if_needed()
        check.evaluate("node => node.scrollIntoView({block: 'start'})")
        page.wait_for_function(AT_REST, arg=check.element_handle(), polling=250)
        page.screenshot(path=PICTURE)
        print(f"Wrote docs/{PICTURE.name}.")


if __name__ == "__main__":
    main()
