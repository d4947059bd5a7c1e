"""Colours that colour-blind readers can tell apart, and that grey print keeps."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from optcourse.palette import LOOKS, MARKERS, heat_colours

# Linear RGB as it is seen without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1.
SIGHT = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
PAGES = {"light": "#ffffff", "dark": "#111111"}


def linear(colour: str) -> NDArray[np.float64]:
    """#rrggbb as linear RGB."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str) -> NDArray[np.float64]:
    """A colour in CIE Lab as it is seen: lightness 0 to 100, and two hues."""
    seen = np.clip(SIGHT[sight] @ linear(colour), 0, 1)
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ seen / (TO_XYZ @ np.ones(3)), 1e-6))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, 1 to 21."""
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) + 0.05 for colour in (one, other))
    return high / low


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("page", PAGES)
def test_neighbouring_lines_differ_in_colour_for_every_kind_of_sight(page: str, sight: str) -> None:
    seen = [lab(getattr(look, page), sight) for look in LOOKS]
    apart = [float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)]
    assert min(apart) > 10


@pytest.mark.parametrize("page", PAGES)
def test_every_line_stands_out_from_the_page(page: str) -> None:
    assert all(contrast(getattr(look, page), PAGES[page]) > 4 for look in LOOKS)


def test_no_two_lines_have_the_same_pattern_or_marker() -> None:
    assert len({look.dash for look in LOOKS}) == len({look.marker for look in LOOKS}) == len(LOOKS)
    assert {look.marker for look in LOOKS} == set(MARKERS)


@pytest.mark.parametrize("sight", SIGHT)
def test_the_heat_map_grows_lighter_all_the_way_up_for_every_kind_of_sight(sight: str) -> None:
    lightness = [lab(colour, sight)[0] for colour in heat_colours()]
    assert all(lower < higher for lower, higher in pairwise(lightness))
    assert lightness[-1] - lightness[0] > 60
