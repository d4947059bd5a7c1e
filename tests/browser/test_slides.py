"""Slides from disk with no network: the keys turn them, a picture keeps its own keys, S opens the notes."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from optcourse.course.slides import slides

SOURCE = """\
---
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# 77 A lesson

```{code-cell} ipython3
from optcourse import explore
```

+++ {"tags": ["instructor"]}

Ask before you show.

+++

## 1. Look

```{code-cell} ipython3
explore("gd")
```

### Last
"""


def test_slides_turn_by_keys_and_speak_to_the_instructor(browser: Browser, tmp_path: Path) -> None:
    source = tmp_path / "77_a_lesson.md"
    source.write_text(SOURCE)
    page_file = slides(source, tmp_path / "slides.html").path
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(page_file.as_uri())
    expect(page.locator(".slide-number")).to_have_text(re.compile(r"^\s*1\s*/\s*3\s*$"))
    with context.expect_page() as opened:
        page.keyboard.press("s")
    expect(opened.value.locator(".speaker-controls-notes")).to_contain_text("Ask before you show.")
    opened.value.close()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="1. Look")).to_be_visible()
    slider = page.get_by_role("slider", name="lr").first
    before = slider.input_value()
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() != before
    expect(page.locator(".slide-number")).to_have_text(re.compile(r"^\s*2\s*/\s*3\s*$"))
    slider.blur()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name="Last")).to_be_visible()
    assert not errors
    context.close()
