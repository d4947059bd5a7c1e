"""The line of code that computes the path in a picture."""

from typing import Any

import numpy as np

from optcourse.arrays import Step
from optcourse.pictures.engine.curve import CurveProblem
from optcourse.pictures.engine.frame import Setting
from optcourse.pictures.engine.plane import PlaneProblem
from optcourse.problems import PROBLEMS, Problem
from optcourse.registry import known_rules
from optcourse.rules import Form, Rule
from optcourse.running import rule_form


def code_for(rule_or_step: str | Form | Step, setting: Setting) -> str:
    """A call, as `run("adam", "quadratic", steps=200, lr=0.03)`; what stands at its default is left out.

    A function of one's own is called by its name, and so is a problem that has none: `problem`.
    """
    form, step = rule_form(rule_or_step)
    arguments: dict[str, Any] = {"steps": setting.steps}
    start = np.array(setting.start, float)
    if setting.batch_size:
        arguments["batch_size"] = setting.batch_size
    if setting.noise:
        arguments["noise"] = setting.noise
    hypers = {
        name: value for name, value in setting.hypers.items() if name == "lr" or value != form.defaults[name]
    }
    said = [f"{name}={value!r}" for name, value in (arguments | hypers).items()]
    if not np.array_equal(start, setting.problem.start):
        made = PROBLEMS.get(setting.problem.name)
        plane = f" @ {made.__name__}().plane" if made and isinstance(setting.problem, PlaneProblem) else ""
        point = start[:1] if isinstance(setting.problem, CurveProblem) else start
        said.insert(1, f"start={tuple(point.tolist())!r}{plane}")
    if setting.estimate:
        said.append(f"estimate={setting.estimate.__name__}")
    whose = form_code(form) if step in (form.function, form.step) else step.__name__
    return f"run({', '.join([whose, problem_code(setting.problem), *said])})"


def form_code(form: Form) -> str:
    """How to name a rule, a dialect or a mistake; a rule of one's own by its name."""
    if isinstance(form, Rule):
        return f'"{form.name}"'
    rule = known_rules().get(form.name)
    if rule is None:
        return form.name
    kind = "dialects" if form.key in rule.dialects else "mistakes"
    return f'RULES["{form.name}"].{kind}["{form.key}"]'


def problem_code(problem: Problem) -> str:
    """How to name a problem."""
    made = PROBLEMS.get(problem.name)
    if made is None:
        return "problem"
    usual = made().constants
    changed = [f"{name}={value!r}" for name, value in problem.constants.items() if value != usual.get(name)]
    return f"{made.__name__}({', '.join(changed)})" if changed else f'"{problem.name}"'
