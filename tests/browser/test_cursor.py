"""One step looked at in all pictures, presets, and what can be taken away, in a real JupyterLab."""

from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from .conftest import Lab
from .test_lessons import pixels
from .test_strips import opened


@pytest.fixture
def picture(lab: Lab) -> Page:
    return opened(lab, "cursor.ipynb", "from optcourse import explore\nexplore('adam', lr=0.1)")


def row(page: Page, name: str) -> list[str]:
    """The numbers of a row of the table."""
    of = page.locator(".ocp-cursor tr").filter(has=page.get_by_role("rowheader", name=name, exact=True))
    return of.locator("td").all_text_contents()


def test_the_arrow_keys_go_from_step_to_step_with_numbers_and_a_mark(picture: Page) -> None:
    surface, curves = picture.locator(".ocp-surface"), picture.locator(".ocp-curves")
    picture.get_by_text("its numbers").click()
    look = picture.get_by_label("look at step", exact=True)
    look.focus()
    picture.keyboard.press("Home")
    expect(picture.locator(".ocp-cursor caption")).to_have_text("The start")
    assert row(picture, "theta") == ["−4", "1.5"]
    assert row(picture, "grad") == ["–", "–"]
    at_start = [pixels(surface), pixels(curves)]
    picture.keyboard.press("ArrowRight")
    expect(picture.locator(".ocp-cursor caption")).to_have_text("Step 1")
    assert row(picture, "theta") == ["−3.9", "1.4"]
    assert row(picture, "update") == ["0.1", "−0.1"]
    assert row(picture, "grad") == ["−4", "15"]
    assert row(picture, "m_hat") == ["−4", "15"]
    assert row(picture, "effective step") == ["−0.1", "0.1"]
    assert str(look.get_attribute("aria-valuetext")).startswith("1 of 200, theta")
    assert all(one != other for one, other in zip(at_start, [pixels(surface), pixels(curves)], strict=True))


def test_pointing_at_a_curve_looks_at_that_step(picture: Page) -> None:
    look = picture.get_by_label("look at step", exact=True)
    picture.locator(".ocp-curves").hover(position={"x": 70, "y": 40})
    early = int(look.input_value())
    picture.locator(".ocp-curves").hover(position={"x": 200, "y": 40})
    assert early < int(look.input_value()) < 200


def test_presets_move_lr_and_the_code_follows_and_the_picture_can_be_saved(picture: Page) -> None:
    code = picture.locator(".ocp-code code")
    expect(code).to_have_text('run("adam", "quadratic", steps=200, lr=0.1)')
    picture.get_by_role("button", name="small").click()
    expect(code).not_to_contain_text("lr=0.1)")
    expect(code).to_contain_text(picture.locator("[data-name=lr] output").text_content() or "none")
    with picture.expect_download() as found:
        picture.get_by_role("button", name="Save as PNG").click()
    assert found.value.suggested_filename == "adam-on-quadratic-bowl-condition-number-10.png"
    assert found.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_pictures_can_be_saved_as_vectors_with_a_title_and_a_description(lab: Lab) -> None:
    source = "explore('adam', lr=0.1)", "compare(['gd', 'adam'])", "landscape('momentum', steps=60)"
    page = lab.run("vectors.ipynb", "from optcourse import compare, explore, landscape", *source)
    for root in (".ocp-explorer", ".ocp-compare", ".ocp-landscape"):
        with page.expect_download() as found:
            page.locator(root).get_by_role("button", name="Save as SVG").click()
        assert found.value.suggested_filename.endswith(".svg")
        drawing = ElementTree.fromstring(found.value.path().read_text(encoding="utf-8"))
        svg = "{http://www.w3.org/2000/svg}"
        assert drawing.findtext(f"{svg}title")
        assert "loss" in str(drawing.findtext(f"{svg}desc"))
        assert {"lr", "theta[0]", "step"} & {str(one.text) for one in drawing.iter(f"{svg}text")}
        points = max(len(str(one.get("d"))) for one in drawing.iter(f"{svg}path"))
        assert points > 200, "a path of many points"
        assert len(list(drawing.iter(f"{svg}image"))) == 1, "the contours alone are pixels"


def test_a_preset_whose_name_is_not_true_says_so(picture: Page) -> None:
    said = picture.locator(".ocp-head [role=status]")
    picture.get_by_role("button", name="too large").click()
    expect(picture.locator("[data-name=lr] output")).to_have_text("1")
    expect(said).to_contain_text("No lr on the slider ends higher than it began")
    picture.get_by_role("button", name="just right").click()
    expect(said).to_be_hidden()
