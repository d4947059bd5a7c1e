"""Both ends of the wire agree: protocol.js is what protocol.py says, and so is all that a picture sends or keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

import anywidget
import pytest

from optcourse.pictures import clinic, compare, explore, landscape, predict, quiz
from optcourse.pictures.engine.strips import strip
from optcourse.pictures.offline import KEEPERS, keeper
from optcourse.pictures.wire import jsdoc, protocol
from optcourse.pictures.wire.encode import sent_strip

CHOICES = {"a": "Yes.", "b": "No."}
PICTURES: dict[str, tuple[Callable[[], Any], Any]] = {
    "explore": (lambda: explore("adam"), protocol.ExplorerState),
    "explore batches": (lambda: explore("sgd"), protocol.ExplorerState),
    "explore a matrix": (lambda: explore("muon"), protocol.ExplorerState),
    "explore a line": (lambda: explore("slope"), protocol.ExplorerState),
    "compare": (lambda: compare(["gd", ("adam", {"lr": 0.3})], steps=30), protocol.ComparisonState),
    "landscape": (lambda: landscape("momentum", steps=20), protocol.LandscapeState),
    "predict": (lambda: predict("gd", lr=0.3), protocol.PredictionState),
    "predict never": (lambda: predict("gd", quantity="steps to 1e-3", lr=1.9), protocol.PredictionState),
    "clinic": (lambda: clinic("adam", seed=1), protocol.ClinicState),
    "quiz": (lambda: quiz("?", CHOICES, right="a"), protocol.QuizState),
    "quiz for several": (lambda: quiz("?", CHOICES, right=["a", "b"]), protocol.QuizState),
    "quiz for a number": (lambda: quiz("?", {2: "Yes.", 3: "No."}, right=2), protocol.QuizState),
}
ANSWERS = {
    "explore": protocol.ExplorerAnswers,
    "compare": protocol.ComparisonAnswers,
    "landscape": protocol.LandscapeAnswers,
    "clinic": protocol.ClinicAnswers,
}
# A path, a loss and so on are packed where a page keeps them; packed, they are what the kernel sends.
PACKED = (protocol.Places, protocol.Exponents)


def faults(value: Any, hint: Any, place: str = "") -> Iterator[str]:
    """Where a value is not of a type of protocol.py: a name missing or too many, or another type."""
    origin, parts = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        yield from faults_of_names(value, hint, place)
    elif origin is UnionType:
        if all(any(faults(value, part)) for part in parts):
            yield f"{place}: {value!r:.60} is none of {hint}"
    elif origin is Literal:
        if value not in parts:
            yield f"{place}: {value!r:.60} is none of {parts}"
    elif origin is tuple:
        if not isinstance(value, tuple | list) or len(value) != len(parts):
            yield f"{place}: {value!r:.60} is no {hint}"
        else:
            for i, (one, part) in enumerate(zip(value, parts, strict=True)):
                yield from faults(one, part, f"{place}[{i}]")
    elif origin in (list, Sequence):
        if not isinstance(value, list | tuple):
            yield f"{place}: {value!r:.60} is no list"
        else:
            for i, one in enumerate(value):
                yield from faults(one, parts[0], f"{place}[{i}]")
    elif origin is Mapping:
        for name, one in value.items():
            yield from faults(str(name), parts[0], f"{place}[{name!r}]")
            yield from faults(one, parts[1], f"{place}[{name!r}]")
    elif not fits(value, hint):
        yield f"{place}: {value!r:.60} is no {hint}"


def faults_of_names(value: Any, hint: Any, place: str) -> Iterator[str]:
    """The same of a dictionary whose names are fixed."""
    if not isinstance(value, dict):
        yield f"{place}: {value!r:.60} is no {hint.__name__}"
        return
    hints = get_type_hints(hint)
    for name in hint.__required_keys__ - set(value):
        yield f"{place}.{name} is missing"
    for name, one in value.items():
        if name not in hints:
            yield f"{place}.{name} is too many"
        else:
            yield from faults(one, hints[name], f"{place}.{name}")


def fits(value: Any, hint: type) -> bool:
    """Whether a plain value is of a type; whole numbers are numbers, but truth values are not."""
    if isinstance(value, PACKED):
        return hint in (bytes, type(value))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


def state_of(widget: Any) -> dict[str, Any]:
    """What a widget shares with its page, without what every anywidget has."""
    own = set(widget.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names(sync=True))
    return {name: getattr(widget, name) for name in own - {"_esm", "_css", "_anywidget_id"}}


def test_protocol_js_is_what_is_written_from_protocol_py() -> None:
    assert jsdoc.FILE.read_text(encoding="utf-8") == jsdoc.written()


@pytest.mark.parametrize("name", PICTURES)
def test_what_a_picture_shares_has_the_names_and_types_of_its_state(name: str) -> None:
    make, state = PICTURES[name]
    assert list(faults(state_of(make()), state)) == []


@pytest.mark.parametrize("name", [name for name in PICTURES if " " not in name])
def test_what_a_page_keeps_has_the_names_and_types_of_its_state_and_answers(name: str) -> None:
    make, state = PICTURES[name]
    widget = make()
    keep = keeper(widget)
    assert keep is not None
    found = keep(widget, 12)
    partial = {field: hint for field, hint in get_type_hints(state).items() if field in found["state"]}
    for field, hint in partial.items():
        assert list(faults(found["state"][field], hint, field)) == []
    assert set(get_type_hints(state)) - set(partial) <= {"asked"}
    answers = ANSWERS.get(name)
    assert (answers is None) == ("answers" not in found)
    assert answers is None or list(faults(found["answers"], answers)) == []


def test_each_picture_has_its_state() -> None:
    assert {type(make()).__mro__[1] for make, _ in PICTURES.values()} == set(KEEPERS)


def test_the_header_of_a_strip() -> None:
    picture: Any = explore("adam")
    controls, _, now = picture._at({})
    slider = next(one for one in controls if one.name == "lr")
    header, _ = sent_strip(strip(picture._step, slider, now, None))
    assert list(faults({"id": "1", **header}, protocol.StripMessage)) == []


ODD = [
    ("a name too many", lambda frame: {**frame, "title2": ""}),
    ("a name missing", lambda frame: {name: frame[name] for name in frame if name != "loss"}),
    ("text for a number", lambda frame: {**frame, "serial": "0"}),
    ("a truth value for a number", lambda frame: {**frame, "serial": True}),
    ("a number for a truth value", lambda frame: {**frame, "right": 1}),
    ("a list for bytes", lambda frame: {**frame, "path": [0.0, 1.0]}),
    ("three axes", lambda frame: {**frame, "axes": ("x", "y", "z")}),
    ("a text in a list of numbers", lambda frame: {**frame, "optimum": ["0", "0"]}),
    ("a trace without its name", lambda frame: {**frame, "traces": [{"power": 0, "data": b""}]}),
]


@pytest.mark.parametrize(("what", "changed"), ODD, ids=[what for what, _ in ODD])
def test_what_is_sent_otherwise_is_found(what: str, changed: Callable[[Any], Any]) -> None:
    frame = explore("gd").frame
    assert list(faults(frame, protocol.ExplorerFrame)) == []
    assert list(faults(changed(frame), protocol.ExplorerFrame))


def test_a_type_that_no_message_can_have_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        jsdoc.spelled(complex)


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (list[float] | None, "number[] | null"),
        (list[tuple[str, int]], "[string, number][]"),
        (list[float | str], "(number | string)[]"),
        (Mapping[str, bytes], "Record<string, Bytes>"),
        (Literal["a", "b"], '"a" | "b"'),
        (protocol.View, "View"),
    ],
)
def test_types_as_typescript_spells_them(hint: object, words: str) -> None:
    assert jsdoc.spelled(hint) == words
