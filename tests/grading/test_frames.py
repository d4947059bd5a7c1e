"""What comes from a submission's process is a claim: it is read as what was asked for, or not at all."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from optcourse.grading.sandbox import claims, frames
from optcourse.grading.sandbox.frames import Asked, FrameError
from tests.grading.damaged_frames import decode, mutated

SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
VALUES = SHAPES.flatmap(lambda shape: arrays.arrays(st.sampled_from(frames.DTYPES), shape))


@given(st.lists(VALUES, max_size=5))
def test_what_was_packed_is_read_bit_by_bit(values: list[np.ndarray]) -> None:
    asked = [Asked(value.shape, True) for value in values]
    for value, back in zip(values, frames.read_values(frames.packed_values(values), asked), strict=True):
        assert (back.dtype, back.shape, back.tobytes()) == (value.dtype, value.shape, value.tobytes())


@given(VALUES, st.sampled_from(["F", "big-endian", "strided"]))
def test_how_an_array_lies_in_memory_makes_no_difference(value: np.ndarray, layout: str) -> None:
    other = {
        "F": np.asfortranarray(value) if value.ndim else value,
        "big-endian": value.astype(value.dtype.newbyteorder(">")),
        "strided": np.repeat(value, 2, axis=0)[::2] if value.ndim else value,
    }[layout]
    assert frames.packed_values([other]) == frames.packed_values([value])


@pytest.mark.parametrize("number", [3, -1, 2.5, float("inf"), True])
def test_a_python_number_stays_one(number: float) -> None:
    (back,) = frames.read_values(frames.packed_values([number + 0]), [Asked((), True)])
    assert type(back) in (int, float)
    assert back == number


@pytest.mark.parametrize(
    "value", [1j, "a", None, {}, np.zeros(2, "M8[s]"), np.zeros(2, "V3"), np.zeros(2, [("a", float)]), 2**70]
)
def test_what_is_no_real_number_is_not_packed(value: object) -> None:
    with pytest.raises(ValueError, match="does not go through"):
        frames.packed_values([value])


@given(VALUES, SHAPES)
def test_another_shape_than_asked_is_refused(value: np.ndarray, shape: tuple[int, ...]) -> None:
    if shape == value.shape:
        shape = (*shape, 1)
    with pytest.raises(FrameError):
        frames.read_values(frames.packed_values([value]), [Asked(shape, True)])


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40))
def test_no_length_above_the_most_is_accepted(length: int, most: int) -> None:
    head = frames.HEAD.pack(frames.MAGIC, frames.VALUES, 7, length)
    if length <= most:
        assert frames.head(head, 7, most).length == length
    else:
        with pytest.raises(FrameError) as refused:
            frames.head(head, 7, most)
        assert refused.value.code == "OLE"


@pytest.mark.parametrize(("data", "says"), [
    (b"", "half a frame"),
    (frames.HEAD.pack(b"NOPE", frames.VALUES, 7, 0), "no answer"),
    (frames.HEAD.pack(frames.MAGIC, frames.REQUEST, 7, 0), "no answer"),
    (frames.HEAD.pack(frames.MAGIC, 200, 7, 0), "no answer"),
    (frames.HEAD.pack(frames.MAGIC, frames.VALUES, 8, 0), "nothing had asked for"),
])  # fmt: skip
def test_a_head_that_is_none_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(FrameError, match=says):
        frames.head(data, 7, 100)


def test_a_float_where_a_float_was_asked_for_may_not_come_as_a_whole_number() -> None:
    with pytest.raises(FrameError, match="dtype"):
        frames.read_values(frames.packed_values([np.arange(3)]), [Asked((3,), False)])


@given(st.lists(st.text(), max_size=20), st.binary(max_size=50))
def test_texts_come_back_and_leave_what_follows(texts: list[str], rest: bytes) -> None:
    cleaned = [text.encode("utf-8", "replace").decode() for text in texts]
    packed = frames.packed_texts(texts)
    assert frames.read_texts(packed + rest) == (tuple(cleaned), len(packed))


def test_texts_are_cut_at_their_room_and_can_claim_no_more() -> None:
    packed = frames.packed_texts(["é" * 50_000] * 3)
    texts, end = frames.read_texts(packed)
    assert sum(len(text.encode()) for text in texts) <= frames.TEXTS + 4
    assert end == len(packed)
    for claim in (struct.pack("<I", frames.FIELDS + 1), struct.pack("<II", 1, 2**31) + b"abc"):
        with pytest.raises(FrameError):
            frames.read_texts(claim)


@given(st.lists(VALUES, max_size=4), st.lists(st.text(max_size=20), max_size=5))
def test_a_right_answer_always_fits_into_the_largest_body(values: list[np.ndarray], texts: list[str]) -> None:
    body = frames.packed_texts(texts) + frames.packed_values(values)
    assert len(body) <= frames.largest_body([Asked(value.shape, True) for value in values])


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_or_read_as_what_was_asked(data: bytes) -> None:
    decode(data)


def test_damaged_frames_are_refused_or_read_as_what_was_asked() -> None:
    outcomes = mutated(20_000, seed=1)
    assert outcomes.total() == 20_000
    assert len(outcomes) > 8  # they get far into the decoder, by many ways


@given(st.lists(st.text(max_size=30), max_size=8))
def test_only_a_fault_from_the_list_is_believed(texts: list[str]) -> None:
    try:
        fault = claims.claimed_fault(tuple(texts)).fault
    except FrameError:
        return
    assert fault.code in claims.CODES
    assert fault.kind in claims.KINDS


@pytest.mark.parametrize("code", ["AC", "PC", "WA", "SK", "IE", "TLE", "ND", "", "re"])
def test_a_process_can_not_claim_a_verdict_that_is_the_graders(code: str) -> None:
    with pytest.raises(FrameError):
        claims.claimed_fault((code, "raised", "says", "1", "text"))


@pytest.mark.parametrize(("text", "found"), [
    ("lr=0.001", ("lr", 0.001)), ("t=3", ("t", 3)), ("lr=1e400", None), ("lr=1e2e3", None),
    ("lr=__import__('os')", None), ("l r=1", None), ("=1", None), ("lr=", None), ("lr=" + "9" * 40, None),
])  # fmt: skip
def test_a_default_is_a_name_and_a_number_or_nothing(text: str, found: tuple[str, float] | None) -> None:
    assert claims.number(text) == found


@given(st.sets(st.text(max_size=40), max_size=10))
def test_only_inputs_by_their_names_are_said_to_be_changed(said: set[str]) -> None:
    assert all(claims.NAME.fullmatch(name) for name in claims.named("changed", said))
    assert claims.named("changed", {"changed theta", "changed <b>", "aliased state[0]"}) == {"theta"}
