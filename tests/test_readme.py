"""What the README shows is what the project says today."""

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


@pytest.mark.parametrize("folder", ["docs", "benchmarks", "optcourse", "solutions", "tests"])
def test_the_files_that_the_readme_links_to_exist(folder):
    text = README.read_text(encoding="utf-8")
    links = [part.split(")")[0].split("#")[0] for part in text.split("](")[1:]]
    for link in links:
        if link.startswith(folder):
            assert (README.parent / link).exists(), link
