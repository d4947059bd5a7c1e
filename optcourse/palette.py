"""The colours of pictures with several paths or with a heat map, for light and for dark pages.

Several paths differ in colour, in line pattern and in marker, so that none of the three is needed alone. The
heat map's lightness rises steadily, so it reads in grey as well.
"""

from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np


class Look(NamedTuple):
    """How one of several paths is drawn: two colours, a pattern of dashes and gaps in pixels, a marker."""

    light: str
    dark: str
    dash: tuple[int, ...]
    marker: str  # a name in MARKERS


MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "wedge": "v", "cross": "X"}

LOOKS = (
    Look("#c2410c", "#ff9d5c", (), "circle"),
    Look("#0072b2", "#56b4e9", (7, 4), "square"),
    Look("#00735c", "#3ddc97", (2, 3), "triangle"),
    Look("#a3247a", "#f7a8d8", (10, 3, 2, 3), "diamond"),
    Look("#1f1f1f", "#f5f5f5", (14, 4), "wedge"),
    Look("#8418f0", "#f0e442", (4, 2, 1, 2, 1, 2), "cross"),
)

HEAT = "viridis"  # even for colour-blind readers, and without a grey that would look like a cell left out


def heat_colours(count: int = 64) -> list[str]:
    """The heat map's colours from its least value to its greatest, as #rrggbb."""
    rgb: Any = mpl.colormaps[HEAT](np.linspace(0, 1, count))
    return ["#" + "".join(f"{round(255 * float(part)):02x}" for part in one[:3]) for one in rgb]
