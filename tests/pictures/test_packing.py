"""What is packed for a page comes out of codec.js as it went in, to far less than a pixel."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optcourse.pictures.front_end import read
from optcourse.pictures.wire.codec import NAN, PLACES, REACH, Curves, Exponents, Places, packed
from tests.programs import program

WIDEST = 1000.0  # pixels: wider than any picture of ours is drawn
TALLEST = 300.0  # of a loss curve
VIEW = ((-5.0, 5.0), (-3.75, 3.75))
UNPACK = """
const found = await unpacked({text});
const text = (one) => (Number.isFinite(one) ? one : String(one));
const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value, text) : value);
console.log(JSON.stringify(found, plain));
"""


def unpacked(folder: Path, value: Any) -> Any:
    """`value` packed here, and unpacked by codec.js."""
    file = folder / "unpack.mjs"
    file.write_text(
        read("wire/codec.js") + UNPACK.replace("{text}", json.dumps(packed(value))), encoding="utf-8"
    )
    done = subprocess.run(
        [program("node"), str(file)], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return json.loads(done.stdout)


def test_plain_values_bytes_and_curves_come_out_as_they_went_in(tmp_path: Path) -> None:
    codes = np.array([[0, 5, -7, NAN], [REACH, -REACH, 3, 3]])
    value = {"text": "θ < 1", "list": [1, 2.5, None, True], "bytes": b"\x00\xff", "curves": Curves(codes)}
    assert unpacked(tmp_path, value) == {
        "text": "θ < 1",
        "list": [1, 2.5, None, True],
        "bytes": [0, 255],
        "curves": {"codes": codes.ravel().tolist(), "records": 4},
    }


def test_exponents_are_known_to_less_than_half_a_pixel_and_keep_what_is_not_finite(tmp_path: Path) -> None:
    exponents = np.array([[-300.0, -12.3456, 0.0, 0.123456, 307.9], [np.nan, np.inf, -np.inf, 1.0, 2.0]])
    found = unpacked(tmp_path, Exponents(exponents))
    assert found[5:8] == ["NaN", "Infinity", "-Infinity"]
    finite = exponents.ravel()[[0, 1, 2, 3, 4, 8, 9]]
    apart = np.abs(finite - np.array(found[:5] + found[8:], dtype=float))
    decade = TALLEST  # a loss curve's axis is a decade high at least
    assert np.all(apart * decade < 0.5)


def test_places_in_the_picture_are_known_to_less_than_half_a_pixel(tmp_path: Path) -> None:
    theta = np.random.default_rng(0).uniform([-5, -3.75], [5, 3.75], size=(3, 50, 2))
    found = np.array(unpacked(tmp_path, Places(theta, VIEW))).reshape(theta.shape)
    pixels = np.abs(found - theta) / [10, 7.5] * WIDEST
    assert 0.01 < pixels.max() < 0.5


def test_a_path_that_is_not_finite_or_overflows_is_told_apart(tmp_path: Path) -> None:
    theta = np.array([[0.0, 1e300], [-1e300, np.nan], [np.inf, -np.inf]])
    found = unpacked(tmp_path, Places(theta, VIEW))
    assert found[1] > 3e38  # as large as float32 can be, as the kernel sends it
    assert found[2] < -3e38
    assert found[3] == "NaN"
    assert found[0] == 0


@settings(max_examples=200, deadline=None)
@given(
    st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    st.floats(0, 2 * np.pi),
    st.floats(1, 12),
)
def test_where_a_step_leaves_the_picture_moves_by_less_than_half_a_pixel(
    inside: tuple[float, float], angle: float, decades: float
) -> None:
    """However far outside the step ends: places there are as exact as their distance asks for."""
    outside = 10.0**decades * np.array([np.cos(angle), np.sin(angle)])
    path = np.array([inside, outside])
    codes = Places(path, ((-1.0, 1.0), (-1.0, 1.0))).curves.codes.T
    rounded = np.sinh(codes / PLACES)
    ends = [edge_of(*points) for points in (path, rounded)]
    assert np.hypot(*(ends[0] - ends[1])) / 2 * WIDEST < 0.5


def edge_of(start: np.ndarray[Any, Any], end: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where a segment is farther than a picture's diagonal from its middle: beyond its edge, and near it."""
    way = end - start
    length = np.hypot(*way)
    found: np.ndarray[Any, Any] = start + way / length * min(length, 2.0)
    return found


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        packed({"end": float("inf")})
