"""Labels of axes: what they say, and that there is room for the longest."""

import re

import pytest
from playwright.sync_api import Browser

from optcourse.pictures.front_end import read

SHORT = [
    (0.0, "0"),
    (-2.5, "−2.5"),
    (99_999.0, "99999"),
    (0.1 + 0.2, "0.3"),
    (-1e178, "−1e178"),
    (1.5e300, "1.5e300"),  # not 2e300: two ticks would have the same label
    (-5e-4, "−5e−4"),
]
IMPORTED = "import('data:text/javascript,' + encodeURIComponent(text))"


def test_a_tick_is_labelled_with_its_own_value_and_a_true_minus(browser: Browser) -> None:
    page = browser.new_page()
    shown = f"async ([text, values]) => {{ const {{ short }} = await {IMPORTED}; return values.map(short); }}"
    said = page.evaluate(shown, [read("engine/drawing.js"), [value for value, _ in SHORT]])
    assert said == [words for _, words in SHORT]
    page.close()


@pytest.mark.parametrize(
    ("file", "name", "more"), [("explore/curves.js", "CURVES", ""), ("engine/plots.js", "PLOTS", "WIDE")]
)
def test_the_longest_label_of_a_path_that_diverges_stays_clear_of_the_axis_name(
    browser: Browser, file: str, name: str, more: str
) -> None:
    text = read(file)
    found = re.search(rf"{name}_MARGIN = {{ left: (\d+)", text)
    wider = re.search(rf"{more} = (\d+);", text) if more else None
    assert found
    room = int(found[1]) + (int(wider[1]) if wider else 0)
    page = browser.new_page()
    wide = page.evaluate(
        """() => {
            const context = document.createElement("canvas").getContext("2d");
            context.font = "11px sans-serif";
            return context.measureText("−1.5e300").width;
        }"""
    )
    page.close()
    assert room >= 17 + wide + 7  # the name's right edge, the label, its distance from the box
