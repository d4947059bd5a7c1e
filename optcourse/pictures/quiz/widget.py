"""`quiz`: a question with an explanation for every choice. All is sent at once; it needs no kernel after."""

from collections.abc import Collection, Mapping
from math import isfinite
from numbers import Real
from typing import Any

import anywidget
import traitlets

from optcourse.errors import WrongValueError
from optcourse.learner.progress import record
from optcourse.pictures.front_end import front_end, read


def quiz(
    question: str,
    choices: Mapping[str, str] | Mapping[float, str] | Mapping[int, str],
    *,
    right: str | float | Collection[str],
    tolerance: float = 0.01,
) -> "Quiz":
    """Ask a question; a submitted answer is judged at once, and its explanation shown.

    `choices` maps each choice to its explanation, in the order in which they are shown. `right` says which
    kind of question it is:

    - one choice: ``quiz("Why ...?", {"Because ...": "Yes: ...", "As ...": "No: ..."}, right="Because ...")``
    - several: `right` is a list of choices, and all of them must be ticked, and no other
    - a number that is typed in: ``quiz("How many ...?", {3.16: "Yes: ...", 10: "No: that is ..."},
      right=3.16)``. The other numbers of `choices` are mistakes worth a word. `tolerance` is relative to the
      right number (absolute where that is 0).

    Texts may hold `code` and $mathematics$ (write them as raw strings, r"..."). JupyterLab sets the
    mathematics with its own typesetter, so without a network; elsewhere its source is shown.
    ValueError for a question that has no answer.

    `question` is the text above the choices.

    >>> from optcourse import quiz
    >>> asked = quiz("Which is 2?", {"1 + 1": "Yes.", "1 - 1": "No: that is 0."}, right="1 + 1")
    >>> type(asked).__name__
    'Quiz'
    """
    return Quiz(asked(question, choices, right, tolerance))


def asked(
    question: str, choices: Mapping[Any, str], right: str | float | Collection[str], tolerance: float
) -> dict[str, Any]:
    """The question as the browser gets it; ValueError where it can't be answered."""
    for choice, why in choices.items():
        if not why.strip():
            raise WrongValueError(f"The choice {choice!r} needs an explanation: what does one learn from it?")
    if isinstance(right, Real) and not isinstance(right, bool):
        return {"question": question, **number_asked(choices, float(right), tolerance)}
    rights = [right] if isinstance(right, str) else list(right) if isinstance(right, Collection) else []
    if len(choices) < 2:
        raise WrongValueError("A quiz needs at least two choices.")
    if not rights or not set(rights) <= set(choices):
        raise WrongValueError(
            f"right must be among the choices {', '.join(map(repr, choices))}; got {right!r}."
        )
    options = [{"text": text, "why": why, "right": text in rights} for text, why in choices.items()]
    return {"question": question, "kind": "one" if isinstance(right, str) else "several", "options": options}


def number_asked(choices: Mapping[Any, str], right: float, tolerance: float) -> dict[str, Any]:
    """A question whose answer is a number."""
    if not all(isinstance(number, Real) and isfinite(number) for number in choices):
        raise WrongValueError("Where right is a number, the choices are numbers with their explanations.")
    if right not in choices:
        raise WrongValueError(f"choices must explain the right number, {right:g}, as well.")
    if not 0 <= tolerance < 1:
        raise WrongValueError(f"tolerance is a part of the right number, in [0, 1); got {tolerance!r}.")
    known = [{"number": float(number), "why": why} for number, why in choices.items()]
    return {"kind": "number", "right": right, "tolerance": tolerance, "known": known}


class Quiz(anywidget.AnyWidget):
    """One question. The browser judges, and writes `answered`: the answer, the tries, whether it is right."""

    _esm = front_end("quiz/widget.js")
    _css = read("engine/picture.css") + read("engine/question.css")
    asked = traitlets.Dict().tag(sync=True)
    answered: Any = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: Mapping[str, Any]) -> None:
        super().__init__(asked=dict(asked))

    def __repr__(self) -> str:
        marks = {"one": "( )", "several": "[ ]"}
        how = {"one": "", "several": " (tick all that hold)", "number": " (write a number)"}[
            self.asked["kind"]
        ]
        options = [f"{marks[self.asked['kind']]} {one['text']}" for one in self.asked.get("options", ())]
        return "\n".join([f"Quiz: {self.asked['question']}{how}", *options])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and for where it can't be shown the question and its choices as text."""
        view: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = view
        lines = repr(self).split("\n")
        marked = [lines[0], "", *(f"- {line}" for line in lines[1:])]
        return {**data, "text/markdown": "\n".join(marked), "text/plain": repr(self)}, metadata

    @traitlets.observe("answered")
    def _answered(self, change: Any) -> None:
        if change.new:
            self.note = record("quiz", short(self.asked["question"]), right=bool(change.new["right"])) or ""


def short(question: str, limit: int = 90) -> str:
    """A question as a key in the progress: one line, cut where it is long."""
    line = " ".join(question.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
