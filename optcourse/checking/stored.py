"""Homework tasks without their rules: visible probes and what is right, as files that a student's copy has.

The copy of the package that students get has no optcourse/homework. For each question that its notebooks
ask there is a file here: the probes, the right answers, and the answers of each mistake with its sentence.
No code is in it, and no hidden probe. `stored_probes` writes the files, `stored_rule` reads one.
"""

import inspect
import io
import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.checking.answering import Answer, Probe, answer
from optcourse.checking.candidates import Candidate, function_of, singles
from optcourse.checking.diagnosis import fingerprint
from optcourse.checking.judging import Task, expected
from optcourse.errors import WrongValueError
from optcourse.formats import Format
from optcourse.registry import known_tasks
from optcourse.rules import RULES, Rule
from optcourse.rules.base import Hyper, Paper, Variant
from optcourse.rules.fixed import Constants, with_constants

FOLDER = "homework_probes"  # beside this file, in a student's copy
PROBES = Format(f"{FOLDER}/*.npz", 1)
LARGEST = 100  # numbers in an array; a longer probe stays out, to keep the files small


class Question(NamedTuple):
    """What a notebook's check asks: a rule by name, a dialect, and the hypers that the task fixes."""

    rule: str
    dialect: str | None = None
    constants: Constants = ()

    @property
    def file(self) -> str:
        """The name of its file."""
        constants = "".join(f"-{name}={value!r}" for name, value in self.constants)
        return f"{self.rule}-{self.dialect or 'primary'}{constants}.npz"

    @property
    def plain(self) -> "Question":
        """The same, written in one way: no dialect is the primary form, and every constant a float."""
        return Question(
            self.rule,
            self.dialect or "primary",
            tuple((name, float(value)) for name, value in self.constants),
        )


@dataclass(frozen=True)
class Kept:
    """What stands in for a form's code; `rows` has, for some probes, how each candidate's answer starts."""

    probes: tuple[Probe, ...]
    answers: tuple[Answer, ...]
    candidates: tuple[Candidate, ...]
    rows: Mapping[int, Array]


def stored_probes(questions: Iterable[Question]) -> dict[str, bytes]:
    """The files of these questions, by their paths in the package; none for a rule that lessons teach."""
    asked = dict.fromkeys(one.plain for one in questions if one.rule not in RULES)
    return {f"optcourse/checking/{FOLDER}/{one.file}": written(one) for one in asked}


def written(question: Question) -> bytes:
    """One question as the bytes of an npz file."""
    rule = with_constants(known_tasks()[question.rule], question.constants)
    form = rule.form(question.dialect)
    task = Task(form, "estimate" if form.calls else "step")
    numbers = [number for number, probe in enumerate(task.probes()) if size(probe) <= LARGEST]
    probes = [task.probes()[number] for number in numbers]
    answers = [expected(*task)[number] for number in numbers]
    candidates = singles(rule, form, task.part)
    arrays: list[Array] = []
    function = function_of(form, task.part)
    header = {
        "name": rule.name,
        "title": rule.title,
        "key": form.key,
        "says": form.says,
        "formula": "",
        "hints": rule.hints,
        "constants": form.constants,
        "hypers": [asdict(hyper) for hyper in form.hypers.values()],
        "state": [form.state_name, form.state_fields],
        "arguments": list(inspect.signature(function).parameters) if form.calls else [],
        "probes": [[packed(part, arrays) for part in (*probe[:1], *probe[2:])] for probe in probes],
        "given": [{name: packed(value, arrays) for name, value in probe.hypers.items()} for probe in probes],
        "answers": [packed(one.values, arrays) for one in answers],
        "aliased": [sorted(one.aliased) for one in answers],
        "candidates": [[one.mistakes, one.dialect, one.says] for one in candidates],
        "rows": {
            place: packed(starts(task, number, candidates), arrays) for place, number in enumerate(numbers)
        },
    }
    file = io.BytesIO()
    text = np.frombuffer(json.dumps(PROBES.numbered(header)).encode(), dtype=np.uint8)
    named: dict[str, Any] = {f"array{n}": array for n, array in enumerate(arrays)}
    np.savez_compressed(file, header=text, **named)
    return file.getvalue()


def size(probe: Probe) -> int:
    """The numbers in a probe's largest array."""
    return max(np.size(part) for part in (probe.theta, *probe.args))


def starts(task: Task, number: int, candidates: tuple[Candidate, ...]) -> Array:
    """The start of each candidate's answer to a probe, a row each; nan where it can't answer."""
    wanted = fingerprint(task, number, expected(*task)[number].values)
    rows = np.full((len(candidates), wanted.size), np.nan)
    for row, candidate in zip(rows, candidates, strict=True):
        given = answer(candidate.function, task.probes()[number])
        if not given.fault:
            row[:] = fingerprint(task, number, given.values)
    return rows


def packed(value: Any, arrays: list[Array]) -> Any:
    """A value as JSON has it; what numpy holds goes to `arrays`, and its place there is kept."""
    if isinstance(value, (np.ndarray, np.generic)):
        arrays.append(np.asarray(value))
        return {"array": len(arrays) - 1}
    return [packed(part, arrays) for part in value] if isinstance(value, (tuple, list)) else value


def unpacked(value: Any, arrays: Mapping[str, Array]) -> Any:
    """The reverse of `packed`; lists come back as tuples."""
    if isinstance(value, dict):
        array = arrays[f"array{value['array']}"]
        return array if array.ndim else array[()]
    return tuple(unpacked(part, arrays) for part in value) if isinstance(value, list) else value


def known_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of the rules that there are files of."""
    return tuple(sorted({path.name.partition("-")[0] for path in files(folder)}))


def files(folder: Path | None = None) -> Iterator[Path]:
    """The files of a student's copy, or of another folder."""
    return iter(sorted((folder or Path(__file__).with_name(FOLDER)).glob("*.npz")))


def any_stored(name: str, folder: Path | None = None) -> Rule | None:
    """What is stored of a rule, in the first of its forms; None where nothing is."""
    return next((read(path) for path in files(folder) if path.name.startswith(f"{name}-")), None)


def stored_rule(question: Question, folder: Path | None = None) -> Rule:
    """The stored rule for exactly this question; ValueError where there is none."""
    found = (folder or Path(__file__).with_name(FOLDER)) / question.plain.file
    if not found.is_file():
        raise WrongValueError(
            f"{question.rule} is homework: it can be checked as the cell in its notebook does it, "
            "with the same dialect and constants."
        )
    return read(found)


@cache
def read(path: Path) -> Rule:
    """One file as a rule that has no code: its `kept` answers for it; UserError for a later version's."""
    with np.load(path, allow_pickle=False) as content:
        arrays = {name: content[name] for name in content.files}
    header = json.loads(arrays.pop("header").tobytes())
    PROBES.refuse_later(header, path)
    given = [{name: unpacked(value, arrays) for name, value in one.items()} for one in header["given"]]
    probes = tuple(
        Probe(name, hypers, *(unpacked(part, arrays) for part in rest))
        for (name, *rest), hypers in zip(header["probes"], given, strict=True)
    )
    answers = tuple(
        Answer(unpacked(values, arrays), aliased=frozenset(aliased))
        for values, aliased in zip(header["answers"], header["aliased"], strict=True)
    )
    candidates = tuple(
        Candidate(tuple(mistakes), dialect, tuple(says), "", no_code)
        for mistakes, dialect, says in header["candidates"]
    )
    rows = {int(number): unpacked(value, arrays) for number, value in header["rows"].items()}
    calls = tuple(probe.args for probe in probes) if header["arguments"] else ()
    return Rule(
        name=header["name"],
        title=header["title"],
        key=header["key"],
        says=header["says"],
        formula=header["formula"],
        hints=tuple(header["hints"]),
        source=Paper("Of this course", 2026, "Homework", "its notebook"),
        function=no_code,
        estimate=called_with(header["arguments"]) if calls else None,
        calls=calls,
        hypers={one["name"]: Hyper(**{**one, "slider": tuple(one["slider"])}) for one in header["hypers"]},
        init_function=blank(*header["state"]),
        mistake_list=tuple(
            Variant(mistakes[0], says[0], no_code) for mistakes, _, says in header["candidates"] if mistakes
        ),
        kept=Kept(probes, answers, candidates, rows),
        constants=tuple((constant, value) for constant, value in header["constants"]),
    )


def blank(name: str, fields: list[str]) -> Callable[..., Any]:
    """What makes an empty state of this type."""
    if not fields:
        return lambda theta, **hypers: ()
    made = namedtuple(name, fields)  # type: ignore[misc]  # the names are only known now
    return lambda theta, **hypers: made(*(0 for _ in fields))


def called_with(names: list[str]) -> Callable[..., Any]:
    """Stands for the function that has these arguments."""

    def estimate(*args: Any) -> Any:
        return no_code()

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    estimate.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return estimate


def no_code(*args: Any, **hypers: Any) -> Any:
    """Stands where a rule has its step."""
    raise NotImplementedError("homework: the code of this rule is not part of the course that students get")
