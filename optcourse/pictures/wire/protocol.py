"""Every message between the kernel and a page: its names and types, for both ends.

Knows no widget and no run. protocol.js has the same types for the front end; `python -m
optcourse.pictures.wire.jsdoc` writes it from this file. A State has what a widget shares with its page, a
Question what the page asks, and the rest are their parts. Arrays are bytes of float32, row by row.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

from optcourse.pictures.engine.view import Interval, View
from optcourse.pictures.wire.codec import Curves, Exponents, Places

Preset = Literal["small", "best", "large"]
Measure = Literal["loss", "steps"]
Behaviour = Literal["converge", "oscillate", "diverge"]


class TraceData(TypedDict):
    """A value of each step, (records, 2), in units of ten to `power`."""

    power: int
    data: bytes


class NamedTrace(TraceData):
    """The same with its name: grad, m, v."""

    name: str


class PathData(TypedDict):
    """One path and all that is drawn and said of it; losses are decimal logarithms."""

    title: str
    problem: str
    note: str
    about: str
    axes: tuple[str, str]
    outcome: str
    summary: str
    view: View
    optimum: list[float] | None
    diverged: int | None
    path: bytes
    loss: bytes
    ghost: bytes | None
    ghost_loss: bytes | None
    traces: list[NamedTrace]


class FrameData(PathData):
    """The same, and whether its note is good news."""

    right: bool


# explore

Standing = Mapping[str, float | str]


class ExplorerFrame(FrameData):
    """The picture where the controls stand at `values`; `said` is a word on the preset."""

    serial: int
    values: Standing
    code: str
    said: str


class ExplorerQuestion(TypedDict, total=False):
    """Where the controls are to stand; what `values` leaves out stands where it opens."""

    serial: int
    values: Standing
    preset: Preset


class SliderData(TypedDict):
    """A slider over fixed positions; a page without Python may hold it where it is (`fixed`)."""

    kind: Literal["slider"]
    name: str
    label: str
    meaning: str
    positions: Sequence[float]
    opening: float
    hidden: bool
    local: bool
    swept: bool
    fixed: NotRequired[bool]


class MenuData(TypedDict):
    """A menu of (value, words)."""

    kind: Literal["menu"]
    name: str
    label: str
    meaning: str
    options: Sequence[tuple[str, str]]
    opening: str
    hidden: bool
    fixed: NotRequired[bool]


ControlData = SliderData | MenuData


class ExplorerState(TypedDict):
    """What `explore` shares with its page."""

    asked: ExplorerQuestion
    controls: list[ControlData]
    background: str
    frame: ExplorerFrame


class StripQuestion(TypedDict):
    """A message that asks for the strip of a slider, while the others stand at `values`."""

    strip: str
    id: str
    values: Standing


class StripHeader(TypedDict):
    """The answer to the question with this id; the arrays follow as buffers (encode.sent_strip)."""

    id: str
    records: int
    count: int
    traces: list[str]


class StripRefusal(TypedDict):
    """Why there is no strip."""

    id: str
    refused: str


StripMessage = StripHeader | StripRefusal


# compare


class LookData(TypedDict):
    """How one of several paths is drawn: its colour on light and on dark pages, dashes, marker."""

    light: str
    dark: str
    dash: Sequence[int]
    marker: str


class RatesData(TypedDict):
    """The positions of a slider for the learning rate, and where it stands."""

    positions: Sequence[float]
    at: float


class EntrantData(TypedDict):
    """One path of a comparison; losses and distances are decimal logarithms."""

    name: str
    label: str
    told: str
    look: LookData
    path: bytes
    loss: bytes
    distance: bytes | None
    arrived: int | None
    diverged: int | None
    rates: RatesData | None


class SceneData(TypedDict):
    """All paths of a comparison."""

    serial: int
    problem: str
    steps: int
    view: View
    axes: tuple[str, str]
    about: str
    optimum: list[float] | None
    target: float
    summary: str
    notes: list[str]
    entrants: list[EntrantData]


class ComparisonQuestion(TypedDict, total=False):
    """Learning rates of some items, by the item's number."""

    serial: int
    lr: Mapping[str, float]


class ComparisonState(TypedDict):
    """What `compare` shares with its page."""

    asked: ComparisonQuestion
    background: str
    scene: SceneData


# landscape


class AxisData(TypedDict):
    """One of the two values that are varied."""

    label: str
    scale: str
    values: list[float]


class GridData(TypedDict):
    """The map: `final`, `arrived` and `lost` have a number for each cell, row by row from the bottom up."""

    title: str
    about: str
    note: str
    summary: str
    steps: int
    show: Measure
    x: AxisData
    y: AxisData
    final: bytes
    arrived: bytes
    lost: bytes
    ends: Mapping[Measure, Interval]
    best: tuple[int, int]
    heat: list[str]


class CellData(TypedDict):
    """The path of one cell."""

    serial: int
    row: int
    column: int
    words: str
    view: View
    axes: tuple[str, str]
    optimum: list[float] | None
    path: bytes
    diverged: int | None


class LandscapeQuestion(TypedDict, total=False):
    """Which cell's path is wanted."""

    serial: int
    row: int
    column: int


class LandscapeState(TypedDict):
    """What `landscape` shares with its page."""

    asked: LandscapeQuestion
    background: str
    grid: GridData
    cell: CellData


# predict, clinic, quiz


class NoAnswer(TypedDict):
    """Nothing is answered yet."""


class PredictionOption(TypedDict):
    """A behaviour that may be predicted."""

    key: Behaviour
    text: str


class PredictionData(TypedDict):
    """What is to be predicted, and its truth; `counts` says that the number counts steps."""

    kind: Literal["one", "number"]
    question: str
    options: list[PredictionOption]
    truth: float | str
    why: str
    factor: float
    counts: bool
    note: str


class PredictionStrip(TypedDict):
    """The paths at every position of the slider that a prediction unlocks, and what is around them."""

    view: View
    axes: tuple[str, str]
    optimum: list[float] | None
    background: str
    name: str
    meaning: str
    positions: list[float]
    opening: int
    steps: int
    paths: bytes
    losses: bytes
    diverged: list[int]
    target: float | None
    kinds: list[Behaviour]
    outcomes: list[str]


class PredictionAnswer(TypedDict):
    """What was given (a text, or the numbers of options), what that says, and whether it is right."""

    given: str | list[int]
    said: float | str
    right: bool


class PredictionState(TypedDict):
    """What `predict` shares with its page."""

    asked: PredictionData
    strip: PredictionStrip
    answered: NoAnswer | PredictionAnswer
    note: str


class CaseData(PathData):
    """One patient: its path, the faults that it may have, and the number of the one that it has."""

    serial: int
    number: int
    hypers: str
    ghost_traces: Mapping[str, TraceData]
    options: list[str]
    ends: list[str]
    right: int
    says: str
    diff: list[tuple[str, str]]
    step: str
    code: str


class ClinicQuestion(TypedDict):
    """Which patient is wanted; the first is 1."""

    serial: int
    number: int


class ClinicAnswer(TypedDict):
    """The fault that was chosen (none where the fault was `shown`), and after how many tries."""

    choice: int | None
    tries: int
    right: bool
    shown: bool


class ClinicState(TypedDict):
    """What `clinic` shares with its page."""

    asked: NoAnswer | ClinicQuestion
    case: CaseData
    background: str
    answered: NoAnswer | ClinicAnswer
    note: str


class Choice(TypedDict):
    """A choice, its explanation, and whether it holds."""

    text: str
    why: str
    right: bool


class ChoiceQuestion(TypedDict):
    """One choice or several."""

    kind: Literal["one", "several"]
    question: str
    options: list[Choice]


class KnownNumber(TypedDict):
    """A number that is worth a word."""

    number: float
    why: str


class NumberQuestion(TypedDict):
    """A number, right within `tolerance` of itself."""

    kind: Literal["number"]
    question: str
    right: float
    tolerance: float
    known: list[KnownNumber]


QuizQuestion = ChoiceQuestion | NumberQuestion


class QuizAnswer(TypedDict):
    """What was given (a text, or the numbers of options), and after how many tries."""

    given: str | list[int]
    tries: int
    right: bool


class QuizState(TypedDict):
    """What `quiz` shares with its page."""

    asked: QuizQuestion
    answered: NoAnswer | QuizAnswer
    note: str


# What a page without Python keeps of a picture, beside its state: the answers to what it may ask.


class FrameTexts(TypedDict, total=False):
    """What a frame says otherwise than the one that the picture opens with."""

    title: str
    problem: str
    note: str
    right: bool
    about: str
    axes: tuple[str, str]
    outcome: str
    summary: str
    view: View
    optimum: list[float] | None
    diverged: int | None
    code: str


class KeptTrace(TypedDict):
    """A trace of each picture: codes from 0 to 254 (255 is a gap) between the ends of its range, float64."""

    name: str
    codes: Curves
    ranges: bytes


class KeptStrip(TypedDict):
    """Pictures one after the other, each as long as the longest; `lengths` has their records."""

    texts: list[FrameTexts]
    lengths: list[int]
    ghosts: list[bool]
    path: Places
    loss: Exponents
    ghost: NotRequired[Places]
    ghost_loss: NotRequired[Exponents]
    traces: list[KeptTrace]


class KeptPreset(TypedDict):
    """A learning rate that is worth seeing, and a word on it."""

    lr: float
    said: str


class ExplorerAnswers(TypedDict):
    """A strip for each slider, by its name, and one of starts ("start"): y by y, and x by x within."""

    strips: Mapping[str, KeptStrip]
    presets: Mapping[Preset, KeptPreset]


class EntrantTexts(TypedDict, total=False):
    """What an entrant says otherwise at another learning rate."""

    name: str
    label: str
    told: str
    look: LookData
    arrived: int | None
    diverged: int | None


class KeptEntrant(TypedDict):
    """An entrant at each of its learning rates; `lines` are its lines of the summary."""

    positions: list[float]
    texts: list[EntrantTexts]
    lines: list[str]
    path: Places
    loss: Exponents
    distance: Exponents | None


class ComparisonAnswers(TypedDict):
    """Each entrant that has a slider."""

    entrants: list[KeptEntrant | None]


class CellTexts(TypedDict, total=False):
    """What a cell says otherwise than the one that is shown first."""

    row: int
    column: int
    words: str
    view: View
    axes: tuple[str, str]
    optimum: list[float] | None
    diverged: int | None


class LandscapeAnswers(TypedDict):
    """The path of each cell, every `stride` steps; `behind` has the number of each row's surface."""

    columns: int
    texts: list[CellTexts]
    stride: int
    paths: list[Places]
    surfaces: list[str]
    behind: list[int]


class ClinicAnswers(TypedDict):
    """The first patients."""

    cases: list[CaseData]
