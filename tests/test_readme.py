"""What the README shows is what the project says today."""

import re
from pathlib import Path

import numpy as np
import pytest

from optcourse.checking import check

README = Path(__file__).parents[1] / "README.md"


def adam_step(theta, grad, state, *, lr, beta1, beta2, eps, correct=False):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    if correct:
        return theta - lr * m_hat / np.sqrt(v / (1 - beta2**t) + eps), (m, v, t)
    return theta - lr * m_hat / (np.sqrt(v) + eps), (m, v, t)


def in_the_root(*args, **hypers):
    return adam_step(*args, **hypers, correct=True)


@pytest.mark.parametrize("step", [adam_step, in_the_root])
def test_the_reports_in_the_readme_are_those_that_a_learner_gets(step):
    report = str(check(step, "adam")).replace("in_the_root", "adam_step")
    words = " ".join(README.read_text(encoding="utf-8").split())
    assert " ".join(report.split()) in words


def test_the_readme_is_read_in_one_sitting():
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


def test_the_hours_in_the_readme_are_those_of_the_lessons_headers():
    minutes = {"lesson": 0, "project": 0}
    for path in (README.parent / "solutions").glob("*.md"):
        if found := re.search(r"\| \*\*Time\*\* \| (\d+) minutes", path.read_text(encoding="utf-8")):
            minutes["project" if path.name.startswith("project") else "lesson"] += int(found[1])
    lessons, projects = (round(minutes[kind] / 60, 1) for kind in ("lesson", "project"))
    said = f"{lessons:g} hours for the lessons, {projects:g} for the projects"
    assert said in README.read_text(encoding="utf-8"), said
