"""What a page needs to show pictures without Python: their state, and answers to what their controls may ask.

The widgets are asked as a browser asks them; offline.js gives the same answers in the kernel's place.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from io import BytesIO
from itertools import count
from time import perf_counter
from typing import Any

import numpy as np
from ipywidgets.widgets.widget import _instances as living  # type: ignore[import-untyped]
from PIL import Image

from optcourse.arrays import Array
from optcourse.pictures.clinic.widget import Clinic
from optcourse.pictures.compare.widget import Comparison
from optcourse.pictures.explore.widget import Explorer
from optcourse.pictures.landscape.widget import Landscape
from optcourse.pictures.predict.widget import Prediction
from optcourse.pictures.quiz.widget import Quiz
from optcourse.pictures.wire.codec import Curves, Exponents, Places, packed
from optcourse.pictures.wire.encode import in_bytes

LARGEST = 300_000  # bytes of text for one picture, its still image included
SECONDS = 30.0  # of computing for one picture's answers
PATIENTS = 8  # of a clinic; then they come again
STRIDES = (1, 2, 3, 4, 6, 8, 12, 16, 25, 50)  # every so many of a slider's positions are kept
COARSE = {"x": 8, "y": 12, "noise": 5, "batch": 5}  # so many times fewer; half as many for others, all for lr

serials = count(1)  # an answer is only given to a question that differs from the last one


class TooLargeError(Exception):
    """A picture that can't be kept within LARGEST."""


def kept(model_ids: Collection[str]) -> dict[str, Any]:
    """The pictures with these ids and the front ends that they need, as JSON.

    {"fronts": {name: {"code", "style"}}, "pictures": {id: {"front", "packed", "formulas"}},
    "refused": {id: reason}}; a widget that is none of ours is left out.
    """
    found: dict[str, dict[str, Any]] = {"fronts": {}, "pictures": {}, "refused": {}}
    for one in model_ids:
        widget = living.get(one)
        keep = keeper(widget)
        if keep is None:
            continue
        front = type(widget).__name__
        found["fronts"][front] = {"code": str(widget._esm), "style": str(widget._css)}
        try:
            found["pictures"][one] = {"front": front, **fitted(widget, keep)}
        except TooLargeError as reason:
            found["refused"][one] = str(reason)
        except Exception as error:  # whatever a learner's function raises; the others are kept
            found["refused"][one] = f"A picture stands still, as it raised {type(error).__name__}: {error}"
    return found


def keeper(widget: Any) -> Callable[[Any, int], dict[str, Any]] | None:
    """What keeps this widget; no plain look-up, as traitlets gives each anywidget a class of its own."""
    return next((keep for kind, keep in KEEPERS.items() if isinstance(widget, kind)), None)


def fitted(widget: Any, keep: Callable[[Any, int], dict[str, Any]]) -> dict[str, Any]:
    """The widget packed with as many positions as there is room for; TooLargeError where few are too many."""
    room = LARGEST - len(widget._repr_mimebundle_()[0].get("image/png", ""))
    for stride in STRIDES:
        value = keep(widget, stride)
        text = packed(value)
        if len(text) <= room:
            return {"packed": text, "formulas": sorted(formulas(value["state"]))}
    raise TooLargeError(
        f"A picture takes more than {LARGEST // 1000} kB with its sliders, so it stands still; with fewer "
        "steps it would move."
    )


def formulas(value: Any) -> set[str]:
    """Every $formula$ in the texts of a value."""
    if isinstance(value, str):
        return set(re.findall(r"\$[^$]+\$", value))
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return set().union(*map(formulas, parts))


def asked(widget: Any, answer: str, questions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The trait `answer` after each question; nothing is sent to a browser meanwhile."""
    answers = []
    with widget.hold_sync():
        for question in questions:
            widget.asked = {"serial": -next(serials), **question}
            answers.append(getattr(widget, answer))
    return answers


def thinned(positions: Sequence[float], stride: int, needed: Collection[float]) -> list[float]:
    """Every so many positions, both ends, and those that are needed."""
    return sorted({*positions[::stride], positions[-1], *needed} & set(positions))


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What `one` says otherwise than `other`, without what is long: paths, losses, traces."""
    long = {"serial", "values", "said", "path", "loss", "ghost", "ghost_loss", "traces", "distance", "rates"}
    return {name: value for name, value in one.items() if name not in long and value != other.get(name)}


def path_of(data: bytes) -> Array:
    """A path, (records, 2), from what a browser is sent."""
    return np.frombuffer(data, "<f4").reshape(-1, 2).astype(float)


def loss_of(data: bytes) -> Array:
    """The logarithms of a loss, (records,), from what a browser is sent."""
    return np.frombuffer(data, "<f4").astype(float)


def padded(curves: Sequence[Array]) -> Array:
    """Curves of (records, ...) as one array (curves, longest, ...), the shorter ones filled up with nan."""
    longest = max(map(len, curves))
    whole = np.full((len(curves), longest, *curves[0].shape[1:]), np.nan)
    for row, curve in zip(whole, curves, strict=True):
        row[: len(curve)] = curve
    return whole


def keep_explorer(widget: Explorer, stride: int) -> dict[str, Any]:
    """A strip for each slider while all others stand where the picture opens, and a grid of starts.

    A slider that changes the surface is fixed, and so is the menu of problems.
    """
    opening = dict(widget.frame["values"])
    state = {"controls": widget.controls, "background": widget.background, "frame": widget.frame}
    sliders = {one["name"]: one for one in widget.controls if one["kind"] == "slider" and not one["hidden"]}
    found = widget.presets() if "lr" in sliders else {}
    presets = {preset: {"lr": lr, "said": said} for preset, (lr, said) in found.items()}
    stride = max(stride, stride_for(widget, opening, sliders))

    served: dict[str, list[float]] = {}
    for name, one in sliders.items():
        if name == "steps":
            served[name] = [count for count in one["positions"] if count < len(state["frame"]["loss"]) // 4]
        elif leaves_surface(widget, {**opening, name: one["positions"][0]}, state["background"]):
            needed = {opening[name], one["opening"], *(one["lr"] for one in presets.values() if name == "lr")}
            every = max(1, stride // 2) if name == "lr" else stride * COARSE.get(name, 2)
            served[name] = thinned(one["positions"], every, needed)
    strips = {
        name: strip_of(widget, state["frame"], [{**opening, name: value} for value in positions])
        for name, positions in served.items()
        if name not in ("steps", "x", "y")
    }
    for name in ("x", "y"):
        served.setdefault(name, [opening[name]])  # hidden where theta is one number
    starts = [{**opening, "x": x, "y": y} for y in served["y"] for x in served["x"]]
    strips["start"] = strip_of(widget, state["frame"], starts)
    asked(widget, "frame", [{"values": opening}])  # as it was
    controls = [
        {**one, "positions": served[one["name"]]} if one["name"] in served else {**one, "fixed": True}
        for one in state["controls"]
    ]
    return {"state": {**state, "controls": controls}, "answers": {"strips": strips, "presets": presets}}


def stride_for(widget: Explorer, opening: Mapping[str, Any], sliders: Mapping[str, Any]) -> int:
    """Which positions there is time for, where the learner's function is slow."""
    each = []
    for _ in range(2):  # the first may be slow as it is the first
        begun = perf_counter()
        asked(widget, "frame", [{"values": opening}])
        each.append(perf_counter() - begun)
    seconds = min(each) * sum(len(one["positions"]) for one in sliders.values())
    return next((stride for stride in STRIDES if seconds / stride <= SECONDS), STRIDES[-1])


def leaves_surface(widget: Explorer, values: Mapping[str, Any], background: str) -> bool:
    """Whether the contours stay as they are with the controls at `values`."""
    asked(widget, "frame", [{"values": values}])
    return bool(widget.background == background)


def strip_of(
    widget: Explorer, base: Mapping[str, Any], standings: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The pictures of some standings of the controls, one after the other.

    "texts" has what each says otherwise than `base`, "lengths" its records (the arrays are as long as the
    longest), "ghosts" whether it has a ghost. "traces" have a byte for a value, and each picture's range.
    """
    frames = asked(widget, "frame", [{"values": values} for values in standings])
    names = [trace["name"] for trace in base["traces"]]
    strip: dict[str, Any] = {
        "texts": [difference(one, base) for one in frames],
        "lengths": [len(loss_of(one["loss"])) for one in frames],
        "ghosts": [one["ghost"] is not None for one in frames],
        "path": Places(padded([path_of(one["path"]) for one in frames]), base["view"]),
        "loss": Exponents(padded([loss_of(one["loss"]) for one in frames])),
        "traces": [
            {"name": name, **bytes_of(padded([trace_of(one["traces"][number]) for one in frames]))}
            for number, name in enumerate(names)
        ],
    }
    if any(strip["ghosts"]):
        paths = [path_of(one["ghost"] or one["path"]) for one in frames]
        losses = [loss_of(one["ghost_loss"] or one["loss"]) for one in frames]
        strip |= {"ghost": Places(padded(paths), base["view"]), "ghost_loss": Exponents(padded(losses))}
    return strip


def trace_of(trace: Mapping[str, Any]) -> Array:
    """A trace, (records, 2), from what a browser is sent."""
    found: Array = path_of(trace["data"]) * 10.0 ** trace["power"]
    return found


def bytes_of(trace: Array) -> dict[str, Any]:
    """Traces, (pictures, records, 2), as codes from 0 to 254 within each picture's range; 255 is a gap."""
    codes, ranges = in_bytes(trace)
    whole = np.frombuffer(codes, "u1").reshape(trace.shape).astype(np.int64)
    return {"codes": Curves(np.moveaxis(whole, -1, -2)), "ranges": ranges}


def keep_comparison(widget: Comparison, stride: int) -> dict[str, Any]:
    """Every rule at every position of its own learning rate: none depends on another's."""
    base = widget.scene
    entrants: list[dict[str, Any] | None] = []
    for number, one in enumerate(base["entrants"]):
        if one["rates"] is None:
            entrants.append(None)
            continue
        positions = thinned(one["rates"]["positions"], stride, [one["rates"]["at"]])
        scenes = asked(widget, "scene", [{"lr": {number: rate}} for rate in positions])
        runs = [scene["entrants"][number] for scene in scenes]
        entrants.append(
            {
                "positions": positions,
                "texts": [difference(run, one) for run in runs],
                "lines": [scene["summary"].split("\n")[2 + number] for scene in scenes],
                "path": Places(padded([path_of(run["path"]) for run in runs]), base["view"]),
                "loss": Exponents(padded([loss_of(run["loss"]) for run in runs])),
                "distance": one["distance"] and Exponents(padded([loss_of(run["distance"]) for run in runs])),
            }
        )
    asked(widget, "scene", [{"lr": {}}])
    scene = {
        **base,
        "entrants": [
            {**one, "rates": one["rates"] and {**one["rates"], "positions": each and each["positions"]}}
            for one, each in zip(base["entrants"], entrants, strict=True)
        ],
    }
    return {"state": {"background": widget.background, "scene": scene}, "answers": {"entrants": entrants}}


def keep_landscape(widget: Landscape, stride: int) -> dict[str, Any]:
    """The path of every cell, as far as there is room for its steps; and the contours of every row."""
    base, background = widget.cell, widget.background
    rows, columns = len(widget.grid["y"]["values"]), len(widget.grid["x"]["values"])
    cells, surfaces, behind = [], [], []
    for row in range(rows):
        questions = [{"row": row, "column": column} for column in range(columns)]
        cells += asked(widget, "cell", questions)
        if widget.background not in surfaces:
            surfaces.append(widget.background)
        behind.append(surfaces.index(widget.background))
    asked(widget, "cell", [{"row": base["row"], "column": base["column"]}])
    drawn = [path_of(cell["path"])[::stride] for cell in cells]
    places = [
        Places(padded(drawn[row * columns : (row + 1) * columns]), cells[row * columns]["view"])
        for row in range(rows)
    ]
    return {
        "state": {"background": background, "grid": widget.grid, "cell": base},
        "answers": {
            "columns": columns,
            "texts": [difference(cell, base) for cell in cells],
            "stride": stride,
            "paths": places,
            "surfaces": surfaces if len(surfaces) == 1 else [smaller(one) for one in surfaces],
            "behind": behind,
        },
    }


def smaller(background: str, width: int = 300) -> str:
    """Contours as a smaller picture, where there is one for each row."""
    head, data = background.split(",")
    opacity = Image.fromarray(np.asarray(Image.open(BytesIO(b64decode(data)))))  # a byte is an opacity
    image = opacity.resize((width, width * opacity.height // opacity.width), Image.Resampling.BOX)
    coarse = Image.fromarray(np.asarray(image) & 0xF0, "P")
    palette = Image.open(BytesIO(b64decode(data))).getpalette()
    coarse.putpalette(palette or [])
    content = BytesIO()
    coarse.save(content, "PNG", transparency=bytes(range(256)), optimize=True)
    return f"{head},{b64encode(content.getvalue()).decode()}"


def keep_prediction(widget: Prediction, stride: int) -> dict[str, Any]:
    """The question and the strip that it unlocks."""
    strip = widget.strip
    opening = strip["positions"][strip["opening"]]
    positions = thinned(strip["positions"], stride, [opening])
    rows = [strip["positions"].index(one) for one in positions]
    records = strip["steps"] + 1
    picked = {name: [strip[name][row] for row in rows] for name in ("diverged", "kinds", "outcomes")}
    thinner = {
        **strip,
        **picked,
        "positions": positions,
        "opening": positions.index(opening),
        "paths": Places(path_of(strip["paths"]).reshape(-1, records, 2)[rows], strip["view"]),
        "losses": Exponents(loss_of(strip["losses"]).reshape(-1, records)[rows]),
    }
    return {"state": {"asked": widget.asked, "strip": thinner, "answered": {}, "note": ""}}


def keep_clinic(widget: Clinic, stride: int) -> dict[str, Any]:
    """The first patients."""
    questions = [{"number": number} for number in range(1, max(1, PATIENTS // stride) + 1)]
    cases = asked(widget, "case", questions)
    asked(widget, "case", questions[:1])
    state = {"background": widget.background, "case": cases[0], "answered": {}, "note": ""}
    return {"state": state, "answers": {"cases": cases}}


def keep_quiz(widget: Quiz, stride: int) -> dict[str, Any]:
    """The question, which needs no answers of Python."""
    return {"state": {"asked": widget.asked, "answered": {}, "note": ""}}


KEEPERS: Mapping[type[Any], Callable[[Any, int], dict[str, Any]]] = {
    Explorer: keep_explorer,
    Comparison: keep_comparison,
    Landscape: keep_landscape,
    Prediction: keep_prediction,
    Clinic: keep_clinic,
    Quiz: keep_quiz,
}
