"""What a rule is: its step, its hypers, its dialects and mistakes. Knows no particular rule.

A rule's file declares one `Rule`. Its dialects (other right forms) and mistakes (wrong forms) are
mostly `Edit`s of the source of its own `step`, so that they can't drift away from it.
"""

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher, get_close_matches
from functools import cache, cached_property, wraps
from typing import Any, Literal, NamedTuple

import numpy as np

from optcourse.arrays import Array, State, Step
from optcourse.errors import WrongNameError, WrongTypeError, WrongValueError
from optcourse.rounding import moved


@dataclass(frozen=True)
class Hyper:
    """A hyper-parameter of a rule.

    `interval` is where it is valid, in the usual notation ("[0, 1)"); `slider` is the range worth
    trying, moved on a linear or logarithmic `scale`; `probe` is a value that is not the default and
    at which a mistake shows; a `whole` one counts something. The default is read from the signature of the
    rule's step.

    `name` is the keyword of the step, `meaning` one line about it, `default` what it is where nothing is
    given. An interval or a value that is none raises WrongValueError or WrongTypeError when it is checked.

    >>> from optcourse.rules import Hyper
    >>> Hyper("beta", "how much is kept", "[0, 1)", (0.5, 0.99), probe=0.8).check(1.5)
    Traceback (most recent call last):
    optcourse.errors.WrongValueError: beta must lie in [0, 1); got 1.5.
    """

    name: str
    meaning: str
    interval: str
    slider: tuple[float, float]
    probe: float
    scale: Literal["linear", "log"] = "linear"
    default: float = math.nan
    whole: bool = False

    @cached_property
    def bounds(self) -> tuple[float, float, bool, bool]:
        """The interval's ends, and whether each belongs to it."""
        low, high = (float(end) for end in self.interval[1:-1].split(","))
        return low, high, self.interval[0] == "[", self.interval[-1] == "]"

    def check(self, value: Any) -> None:
        """Raise ValueError unless every element of `value` lies in the interval, TypeError for no number."""
        low, high, with_low, with_high = self.bounds
        if type(value) is float and (low < value < high or (value == low and with_low)):
            return  # by far the most frequent cases, and a step should cost little
        number = np.asarray(value)
        if number.dtype.kind not in "fiu":
            raise WrongTypeError(f"{self.name} must be a number or an array of numbers, not {value!r}.")
        above = number >= low if with_low else number > low
        below = number <= high if with_high else number < high
        if not (above & below).all():
            raise WrongValueError(f"{self.name} must lie in {self.interval}; got {value!r}.")


class Paper(NamedTuple):
    """Where a rule was published.

    `authors` as they are cited, the `year`, the `title`, and `where` it appeared. A plain record: nothing
    is raised.

    >>> from optcourse import RULES
    >>> RULES["adam"].source.year
    2015
    """

    authors: str
    year: int
    title: str
    where: str

    def __str__(self) -> str:
        return f"{self.authors} ({self.year}). {self.title}. {self.where}."


def zero_state(theta: Array, **hypers: Any) -> State:
    """The state of a rule that remembers nothing."""
    return ()


def at_theta(theta: Array, state: State, **hypers: Any) -> Array:
    """The default of `grad_at` and `evaluate`: the point is theta itself."""
    return theta


def nothing_derived(state: State, **hypers: Any) -> dict[str, Array]:
    """The default of `derived`: the state is all there is to see."""
    return {}


@dataclass(frozen=True, eq=False)
class Form:
    """One way of writing a rule: the primary form, a dialect (right as well) or a mistake (wrong).

    `function` is the bare step; `step` is the same behind checks of its arguments. `diff` holds the
    lines in which an edited form differs from the primary one, as (was, becomes) pairs. `kept` is what a
    student's copy has in the place of the code of a homework's form. `constants` are hypers that a task has
    fixed, which its step has as Python numbers. `estimate` is the
    gradient of a batch, where the rule has one. What is asked of a learner but is no step (a schedule, a
    conversion of hypers) is declared as a rule too: the function is its `estimate`, `calls` holds the
    arguments to ask it with, and `more_calls` makes other ones from a number, for hidden probes.

    `name` is the rule's and `key` this form's in its catalogue; `says` is what a dialect is, or what a
    mistake does. `hypers` are by name. `init_function` makes the state; `grad_at` and `evaluate` give the
    points at which the gradient is taken and which is judged, `derived` what is worth seeing beside the
    state. `elementwise` is whether each coordinate is stepped by itself, so that a sweep broadcasts. `step`
    raises WrongTypeError or WrongValueError for arguments that do not fit.

    >>> from optcourse import RULES
    >>> form = RULES["adam"].dialects["eps-in-root"]
    >>> form.name, form.key, form.state_fields
    ('adam', 'eps-in-root', ('m', 'v', 't'))
    """

    name: str
    function: Step
    hypers: Mapping[str, Hyper]
    key: str = "primary"
    says: str = ""
    init_function: Callable[..., State] = zero_state
    grad_at: Callable[..., Array] = at_theta
    evaluate: Callable[..., Array] = at_theta
    estimate: Callable[..., Any] | None = None
    calls: tuple[tuple[Any, ...], ...] = ()
    more_calls: Callable[[int], tuple[tuple[Any, ...], ...]] | None = None
    derived: Callable[..., dict[str, Array]] = nothing_derived
    elementwise: bool = True
    diff: tuple[tuple[str, str], ...] = ()
    kept: Any = None
    constants: tuple[tuple[str, float], ...] = ()

    def init(self, theta: Any, **hypers: Any) -> State:
        """The state before the first step, for parameters `theta` (any shape, floating)."""
        theta = self._floating(theta)
        self.check_hypers(hypers)
        return self.init_function(theta, **{**self.defaults, **hypers})

    @cached_property
    def step(self) -> Step:
        """`step(theta, grad, state, **hypers) -> (theta, state)`, arguments checked first.

        theta and grad have one shape and a floating dtype; a new theta and a new state come back,
        and nothing is changed in place. Raises TypeError or ValueError before any arithmetic.
        """

        @wraps(self.function)
        def checked(theta: Any, grad: Any, state: Any, **hypers: Any) -> tuple[Array, State]:
            theta = self._floating(theta)
            grad = np.asarray(grad)
            if grad.shape != theta.shape:
                raise WrongValueError(
                    f"{self.name}: theta has shape {theta.shape} but grad has shape {grad.shape}; "
                    "they must be the same (nothing is broadcast)."
                )
            self._check_state(state, theta)
            self.check_hypers(hypers)
            return moved(self.function(theta, grad, state, **{**self.defaults, **hypers}))

        checked.form = self  # type: ignore[attr-defined]
        checked.__name__ = checked.__qualname__ = f"{self.name}_step"
        return checked

    @cached_property
    def _blank(self) -> State:
        return self.init_function(np.zeros(()), **self.defaults)

    @cached_property
    def state_fields(self) -> tuple[str, ...]:
        """The names of the parts of the state, in order: ('m', 'v', 't') for Adam."""
        return tuple(getattr(self._blank, "_fields", ()))

    @property
    def state_name(self) -> str:
        """The name of the state's type: 'AdamState'; 'tuple' where there is nothing to remember."""
        return type(self._blank).__name__

    @cached_property
    def defaults(self) -> dict[str, float]:
        """Each hyper's default."""
        return {name: hyper.default for name, hyper in self.hypers.items()}

    def _floating(self, theta: Any) -> Array:
        array: Array = np.asarray(theta)
        if array.dtype.kind != "f":
            raise WrongTypeError(
                f"{self.name}: theta must hold floating-point numbers, not {array.dtype}; "
                "write theta.astype(float)."
            )
        return array

    def check_hypers(self, hypers: Mapping[str, Any]) -> None:
        """Raise TypeError for a hyper this form does not have, ValueError for one outside its interval."""
        for name, value in hypers.items():
            if name not in self.hypers:
                near = get_close_matches(name, self.hypers, n=1)
                wanted = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(self.hypers)}."
                raise WrongTypeError(f"{self.name} has no hyper {name!r}: {wanted}")
            self.hypers[name].check(value)

    def _check_state(self, state: Any, theta: Array) -> None:
        blank = self._blank
        if type(state) is not type(blank) or len(state) != len(blank):  # seldom: a step costs little
            self._check_parts(state)
        for field_name, part, like in zip(self.state_fields, state, blank, strict=True):
            if isinstance(like, np.ndarray) and np.shape(part) != theta.shape:
                raise WrongValueError(
                    f"{self.name}: {field_name} has shape {np.shape(part)} but theta has {theta.shape}; "
                    "make the state with init(theta)."
                )

    def _check_parts(self, state: Any) -> None:
        """Whether a state of another type has as many parts, and no names that are another rule's."""
        fields = self.state_fields
        wanted = f"({', '.join(fields)})" if fields else "() (empty)"
        if not isinstance(state, (tuple, list)):
            raise WrongTypeError(f"{self.name}: the state is a tuple {wanted}, not {type(state).__name__}.")
        named = hasattr(state, "_fields")
        if len(state) != len(self._blank) or (named and type(state) is not type(self._blank)):
            got = type(state).__name__ if named else f"a tuple of {len(state)}"
            raise WrongValueError(f"{self.name}: the state is {wanted}, made by init(theta); got {got}.")


def hypers_of(step: Step, *hypers: Hyper) -> dict[str, Hyper]:
    """The hypers by name, their defaults read from the signature of `step`."""
    defaults = step.__kwdefaults__ or {}
    if set(defaults) != {hyper.name for hyper in hypers}:
        raise WrongValueError(f"{step.__name__} takes {sorted(defaults)}, not {[h.name for h in hypers]}.")
    return {hyper.name: replace(hyper, default=defaults[hyper.name]) for hyper in hypers}


@cache
def normalised(function: Callable[..., Any]) -> str:
    """Source as `ast` writes it, without docstring, comments and annotations: what an `Edit` changes."""
    written = getattr(function, "written", None)  # one that was made from a text of ours
    tree = ast.parse(written or textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    definition.returns = None
    arguments = definition.args
    for argument in [*arguments.args, *arguments.kwonlyargs, arguments.kwarg, arguments.vararg]:
        if argument:
            argument.annotation = None
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:]
    return ast.unparse(tree)


def edited(source: str, replacements: tuple[tuple[str, str], ...], label: str) -> str:
    """`source` with each (was, becomes) made; ValueError unless each `was` stands there just once."""
    for was, becomes in replacements:
        if (found := source.count(was)) != 1:
            raise WrongValueError(f"{label}: {was!r} occurs {found} times, not once, in:\n{source}")
        source = source.replace(was, becomes)
    return source


def compiled(source: str, like: Callable[..., Any], label: str) -> Callable[..., Any]:
    """The function that `source` defines, with the globals of `like`; `normalised` gives the source again."""
    namespace = dict(like.__globals__)
    exec(compile(source, f"<{label}>", "exec"), namespace)
    made: Callable[..., Any] = namespace[like.__name__]
    made.written = source  # type: ignore[attr-defined]
    return made


def differing_lines(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The lines of `after` that differ from `before`, as (was, becomes); one side may be empty."""
    old, new = before.splitlines(), after.splitlines()
    pairs: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            was, becomes = [x.strip() for x in old[a:b]], [x.strip() for x in new[c:d]]
            width = max(len(was), len(becomes))
            pairs += zip(
                was + [""] * (width - len(was)), becomes + [""] * (width - len(becomes)), strict=True
            )
    return tuple(pairs)


@dataclass(frozen=True)
class Edit:
    """A form made by replacing pieces of the rule's own normalised source.

    `was` and `becomes` are one piece each, or tuples of pieces. `of` names what is edited: "step" or
    "estimate". `says` is a sentence: what a dialect is, or what a mistake does. A form that also
    starts or defaults differently gives `init`, `defaults` or `hypers` (all of them, anew).

    `key` is the form's name in the catalogue; `grad_at` and `evaluate` are as in `Form`. WrongValueError,
    when the form is made, where `was` does not stand in the source exactly once.

    >>> from optcourse import RULES
    >>> from optcourse.rules import Edit
    >>> edit = Edit("uphill", "theta - lr", "theta + lr", "You climb the loss.")
    >>> edit.form(RULES["gd"]).diff
    (('theta = theta - lr * grad', 'theta = theta + lr * grad'),)
    """

    key: str
    was: str | tuple[str, ...]
    becomes: str | tuple[str, ...]
    says: str
    of: Literal["step", "estimate"] = "step"
    init: Callable[..., State] | None = None
    defaults: Mapping[str, float] = field(default_factory=dict)
    hypers: tuple[Hyper, ...] | None = None
    grad_at: Callable[..., Array] | None = None
    evaluate: Callable[..., Array] | None = None

    @property
    def replacements(self) -> tuple[tuple[str, str], ...]:
        """The (was, becomes) pairs."""
        was = (self.was,) if isinstance(self.was, str) else self.was
        becomes = (self.becomes,) if isinstance(self.becomes, str) else self.becomes
        return tuple(zip(was, becomes, strict=True))

    def form(self, rule: "Rule") -> Form:
        """This edit applied to `rule`."""
        label = f"{rule.name}:{self.key}"
        original = rule.function if self.of == "step" else rule.estimate
        assert original is not None, label
        before = normalised(original)
        after = edited(before, self.replacements, label)
        function = compiled(after, original, label)
        hypers = rule.hypers if self.hypers is None else hypers_of(function, *self.hypers)
        changed = {name: replace(hypers[name], default=value) for name, value in self.defaults.items()}
        return Form(
            name=rule.name,
            key=self.key,
            says=self.says,
            function=function if self.of == "step" else rule.function,
            estimate=rule.estimate if self.of == "step" else function,
            calls=rule.calls,
            more_calls=rule.more_calls,
            hypers={**hypers, **changed},
            init_function=self.init or rule.init_function,
            grad_at=self.grad_at or rule.grad_at,
            evaluate=self.evaluate or rule.evaluate,
            derived=rule.derived,
            elementwise=rule.elementwise,
            constants=rule.constants,
            diff=differing_lines(before, after),
        )


@dataclass(frozen=True)
class Variant:
    """A form given whole, where no edit expresses it well.

    `key` and `says` are as in `Form`; `step` is the function. `init`, `hypers` (all of them), `defaults`,
    `grad_at`, `evaluate` and `derived` are given where they differ from the rule's. `of` says that it is a
    step. WrongValueError, when the form is made, where `hypers` are not those of the step.

    >>> from optcourse import RULES
    >>> from optcourse.rules import Variant
    >>> def still(theta, grad, state, *, lr=0.1):
    ...     return theta, state
    >>> Variant("still", "You don't move.", still).form(RULES["gd"]).key
    'still'
    """

    key: str
    says: str
    step: Step
    init: Callable[..., State] | None = None
    hypers: tuple[Hyper, ...] | None = None
    defaults: Mapping[str, float] = field(default_factory=dict)
    grad_at: Callable[..., Array] | None = None
    evaluate: Callable[..., Array] | None = None
    derived: Callable[..., dict[str, Array]] | None = None
    of: Literal["step"] = "step"

    def form(self, rule: "Rule") -> Form:
        """This variant as a form of `rule`."""
        hypers = rule.hypers if self.hypers is None else hypers_of(self.step, *self.hypers)
        changed = {name: replace(hypers[name], default=value) for name, value in self.defaults.items()}
        return Form(
            name=rule.name,
            key=self.key,
            says=self.says,
            function=self.step,
            hypers={**hypers, **changed},
            init_function=self.init or rule.init_function,
            grad_at=self.grad_at or rule.grad_at,
            evaluate=self.evaluate or rule.evaluate,
            estimate=rule.estimate,
            derived=self.derived or rule.derived,
            elementwise=rule.elementwise,
            constants=rule.constants,
            diff=differing_lines(normalised(rule.function), normalised(self.step)),
        )


def no_such(key: object, known: Iterable[str], what: str) -> str:
    """The words for a key that does not exist, with the nearest one that does."""
    near = get_close_matches(str(key).lower(), known, n=1)
    wanted = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known) or 'none'}."
    return f"There is no {what} {key!r}: {wanted}"


class Registry(dict[str, "Rule"]):
    """Rules by name, in order; a name that does not exist gets the nearest one in its KeyError."""

    def __missing__(self, name: object) -> "Rule":
        raise WrongNameError(no_such(name, self, "rule"))


class Forms(Mapping[str, Form]):
    """Dialects or mistakes by key, each compiled when it is first asked for."""

    def __init__(self, rule: "Rule", declared: tuple[Edit | Variant, ...]) -> None:
        self._rule = rule
        self._declared = {one.key: one for one in declared}
        if len(self._declared) != len(declared):
            raise WrongValueError(f"{rule.name}: two forms have the same key.")
        self._made: dict[str, Form] = {}

    def __getitem__(self, key: str) -> Form:
        if key not in self._made:
            if key not in self._declared:
                raise WrongNameError(no_such(key, self._declared, f"form of {self._rule.name}"))
            self._made[key] = self._declared[key].form(self._rule)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __repr__(self) -> str:
        return f"Forms({', '.join(self)})"

    def declared(self, key: str) -> Edit | Variant:
        """The declaration that the form is made from."""
        return self._declared[key]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule(Form):
    """An update rule: its primary form, with all that is to be said about it.

    `formula` is LaTeX; `frameworks` says how PyTorch, Keras and optax call it; `hints` is a ladder,
    from a question to the shape of a line.

    `title` is its name in words, `source` the paper; `dialect_list` and `mistake_list` declare what
    `dialects` and `mistakes` make on first use. The others are those of a `Form`: `name`, `function`,
    `hypers`, `key`, `says`, `init_function`, `grad_at`, `evaluate`, `estimate`, `calls`, `more_calls`,
    `derived`, `elementwise`, `diff`, `kept` and `constants`. Its `step` raises WrongTypeError or
    WrongValueError before any arithmetic.

    >>> import numpy as np
    >>> from optcourse import RULES
    >>> gd = RULES["gd"]
    >>> theta, state = gd.step(np.array([1.0, 2.0]), np.array([1.0, 0.0]), (), lr=0.5)
    >>> theta.tolist()
    [0.5, 2.0]
    """

    title: str
    formula: str
    source: Paper
    hints: tuple[str, ...]
    frameworks: Mapping[str, str] = field(default_factory=dict)
    dialect_list: tuple[Edit | Variant, ...] = ()
    mistake_list: tuple[Edit | Variant, ...] = ()

    @cached_property
    def dialects(self) -> Forms:
        """Other right forms, by key."""
        return Forms(self, self.dialect_list)

    @cached_property
    def mistakes(self) -> Forms:
        """Wrong forms that learners write, by key."""
        return Forms(self, self.mistake_list)

    def form(self, key: str | None) -> Form:
        """The primary form (None or "primary"), or the dialect with that key; KeyError says which exist."""
        if key is None or key == self.key:
            return self
        if key not in self.dialects:
            raise WrongNameError(no_such(key, [self.key, *self.dialects], f"dialect of {self.name}"))
        return self.dialects[key]

    def code(self, key: str = "primary", of: Literal["step", "estimate"] = "step") -> str:
        """The normalised source of the primary form, a dialect or a mistake."""
        original = self.function if of == "step" else self.estimate
        assert original is not None, self.name
        if key == self.key:
            return normalised(original)
        declared = (self.dialects if key in self.dialects else self.mistakes).declared(key)
        if isinstance(declared, Variant):
            return normalised(declared.step)
        return (
            edited(normalised(original), declared.replacements, key)
            if declared.of == of
            else normalised(original)
        )

    def __repr__(self) -> str:
        return f"<Rule {self.name}: {self.title}>"
