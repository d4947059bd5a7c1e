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
    expect(page.locator(".reveal.more")).to_be_visible()
    page.keyboard.press("ArrowDown")  # the picture is higher than the window: to its end first
    expect(page.locator(".slide-number")).to_have_text(re.compile(r"^\s*2\s*/\s*3\s*$"))
    expect(page.locator(".reveal.more")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name="Last")).to_be_visible()
    expect(page.locator(".slide-number")).to_have_text(re.compile(r"^\s*3\s*/\s*3\s*$"))
    assert not errors
    context.close()


PROSE = "A sentence of some length, with $x^2$ in it, as lessons have many of them in each paragraph. "
FUNCTIONS = "\n\n".join(
    f'def double_{one}(x):\n    """Twice as much."""\n    doubled = x + x\n    return doubled\n'
    for one in range(9)
)
DENSE = f"""\
---
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---

# 77 A lesson

## 1. Dense

{2 * PROSE}

{2 * PROSE}

$$ \\frac{{1}}{{2}} + x $$

1. {PROSE}
2. {PROSE}

| a | b |
| --- | --- |
| one | {PROSE} |
| two | {PROSE} |

{2 * PROSE}

```{{code-cell}} ipython3
{FUNCTIONS}

print("\\n".join(map(str, range(12))))
```

```{{code-cell}} ipython3
print("{"wide " * 60}")
print("\\n".join(map(str, range(40))))
```

### Last
"""


def test_a_dense_lesson_is_parted_so_that_nothing_is_cut_off_and_all_is_reached_by_keys(
    browser: Browser, tmp_path: Path
) -> None:
    source = tmp_path / "77_a_lesson.md"
    source.write_text(DENSE)
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(slides(source, tmp_path / "slides.html").path.as_uri())
    slide = "Reveal.getCurrentSlide()"
    longer, sizes = [], []
    for _ in range(40):
        place = page.evaluate(f"all.indexOf({slide})")
        if page.evaluate(f"{slide}.scrollHeight > {slide}.clientHeight + 1"):
            longer.append(place)
        sizes += page.evaluate(
            f"[...{slide}.querySelectorAll('p, pre, td, li, summary')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        last = page.evaluate("all.length") - 1
        if place == last:
            break
        page.keyboard.press("Space")
    assert place == last >= 6
    assert len(set(longer)) == 1, "the forty lines of one output, and nothing else"
    assert longer.count(longer[0]) == 2, "which the keys scroll before they turn"
    assert min(sizes) >= 14
    context.close()
