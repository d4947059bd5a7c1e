"""A learner's rule gets the score that the same rule has as a peer, a bad one a bad score, a broken one none."""

import json
from dataclasses import replace

import numpy as np
import pytest

from optcourse import explore, own_rule
from optcourse.errors import UserError
from optcourse.rules import RULES
from optcourse.scoring import Score, leaderboard, score
from optcourse.scoring import board as board_file
from optcourse.scoring.figure import geometric_mean
from optcourse.scoring.measure import QUICK, SETTINGS, measured
from optcourse.scoring.peers import FILE, PEERS, peer_scores, references
from optcourse.scoring.recompute import reference, runs_of
from optcourse.scoring.scored import scored
from optcourse.scoring.six import SEEDS, six

TINY = replace(QUICK, trials=2, starts=1)


def adam_init(theta):
    return np.zeros_like(theta), np.zeros_like(theta), 0


def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


def sgd_step(theta, grad, state, *, lr=0.1):
    return theta - lr * grad, ()


def random_step(theta, grad, state, *, lr=0.1):
    return theta - lr * np.random.normal(size=theta.shape), ()


def in_place_step(theta, grad, state, *, lr=0.1):
    theta -= lr * grad
    return theta, ()


def stub_step(theta, grad, state, *, lr=0.1):
    """A contract."""
    raise NotImplementedError


def growing_step(theta, grad, state, *, lr=0.1):
    return np.append(theta, 0), ()


def uphill_step(theta, grad, state, *, lr=1.0):
    return theta + lr * grad, ()


ADAM = {name: RULES["adam"].hypers[name].slider for name in RULES["adam"].hypers}


def test_the_six_differ_from_seed_to_seed_where_a_rule_could_know_them_by_heart():
    for one, same, other in zip(six(0), six(0), six(1), strict=True):
        start = one.problem.initial(0)
        assert np.array_equal(one.problem.grad(start), same.problem.grad(start))
        if one.problem.optimum is not None:
            assert np.allclose(one.problem.grad(one.problem.optimum), 0)
            assert not np.allclose(one.problem.optimum, other.problem.optimum)
            assert not np.allclose(one.problem.optimum, 0)
    assert len({course.name for course in six(0)}) == 6


@pytest.mark.parametrize("problem", range(2))
def test_the_six_have_the_gradients_of_their_losses(problem):
    made = six(3)[problem].problem
    theta = made.initial(1)
    for direction in np.eye(theta.size):
        h = 1e-5
        slope = (made.loss(theta + h * direction) - made.loss(theta - h * direction)) / (2 * h)
        assert slope == pytest.approx(made.grad(theta) @ direction, rel=1e-5, abs=1e-4)


def test_each_setting_has_the_peers_results_of_each_problem_and_they_are_1_on_average():
    for setting in SETTINGS:
        stored = references(setting)
        assert list(stored) == [course.name for course in six()]
        for one in stored.values():
            assert geometric_mean(list(one.scores.values())) == pytest.approx(1, abs=0.01)
        assert set(peer_scores(setting)) == set(PEERS)


def test_the_stored_result_of_a_problem_is_what_the_command_computes():
    """For one seed of three the peers' runs are made anew: the quadratic and Rosenbrock, quick."""
    stored = references("quick")
    seeds = json.loads((board_file.Path(board_file.__file__).parent / FILE).read_text())["seeds"]
    runs = {
        peer: [one for seed in seeds for one in measured(RULES[peer], QUICK, six(seed)[:2], seed)]
        for peer in PEERS
    }
    for problem in ("bowl", "rosenbrock"):
        again = reference(runs, problem, stored[problem].targets)
        assert np.allclose(again.steps, stored[problem].steps, rtol=1e-3)
        assert again.scores == pytest.approx(dict(stored[problem].scores), abs=0.005)
    assert runs_of.__defaults__ == (tuple(seeds),)


def test_the_score_is_the_same_for_the_same_seed_and_another_for_another():
    adam = RULES["adam"]
    first, same, other = (scored(adam, "adam", TINY, seed) for seed in (0, 0, 1))
    assert first.to_dict() == same.to_dict()
    assert first.score != other.score


def test_a_learners_adam_has_the_score_of_the_reference():
    own = score(adam_step, adam_init, ADAM, quick=True)
    reference_score = scored(RULES["adam"], "adam", QUICK, 0)
    assert own.score == pytest.approx(reference_score.score, rel=0.02)
    assert own.score == pytest.approx(own.peers["adam"], rel=0.25)  # which is of three seeds
    assert not own.message


def test_climbing_scores_the_least_there_is_and_its_divergence_is_counted():
    climbed = scored(rule(uphill_step), "uphill", TINY, 0)
    assert climbed.score < 0.4
    assert sum(one.diverged for one in climbed.problems) >= 8
    assert all(one.reached == 0 for one in climbed.problems[:2])


def rule(step):
    from optcourse.scoring.form import rule_of

    return rule_of(step, None, {"lr": (0.5, 2.0)})


@pytest.mark.parametrize(
    ("step", "init", "says"),
    [
        (stub_step, None, "Not attempted yet"),
        (sgd_step, stub_step, "init is still the stub"),
        (random_step, None, "draw random numbers"),
        (in_place_step, None, "in place"),
        (growing_step, None, "shape"),
        (adam_step, None, "can't be stepped"),
        (sgd_step, lambda theta: {"m": theta}, "return a tuple"),
    ],
)
def test_a_rule_that_breaks_the_form_has_a_message_and_no_score(step, init, says):
    if init is stub_step:

        def init(theta):
            raise NotImplementedError

    given = score(step, init, {"lr": (0.01, 1)}, quick=True)
    assert given.score is None
    assert says in given.message
    assert given.message in str(given)


@pytest.mark.parametrize("ranges", [{}, {"lr": (1, 0.1)}, {"rate": (0.1, 1)}, {"lr": (0.1, np.inf)}])
def test_ranges_that_do_not_fit_the_step_are_refused_in_words(ranges):
    with pytest.raises(UserError, match=r"lr|rate"):
        score(sgd_step, None, ranges, quick=True)


def a_score(name="my", value=1.5, source="abc", setting="quick"):
    return Score(name, setting, 0, value, peer_scores(setting), source=source)


def test_a_score_is_kept_in_the_workspace_once_for_each_version(tmp_path, monkeypatch):
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    for one in (a_score(), a_score(), a_score(value=1.7, source="def"), a_score("<b>")):
        assert board_file.keep(one).notes == ()
    names = [entry.name for entry in leaderboard().entries]
    assert names.count("my") == 2
    assert names[0] == "my"
    assert "(adam)" in names
    assert "&lt;b&gt;" in leaderboard()._repr_html_()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"scores": [{"name": 3}]}',
        '{"scores": 4}',
        "[" * 9999,
        '{"scores": [{"name": "my", "score": 1, "setting": "none"}]}',
    ],
)
def test_a_damaged_leaderboard_is_set_aside_and_costs_no_score(tmp_path, monkeypatch, content):
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    (tmp_path / board_file.FILE).write_text(content)
    kept = board_file.keep(a_score())
    assert kept.score == 1.5
    assert "damaged" in kept.notes[0]
    assert (tmp_path / "leaderboard.damaged.json").read_text() == content
    assert leaderboard().entries[0].name == "my"


def test_a_rule_of_ones_own_can_be_explored_under_its_own_name():
    rule = own_rule(sgd_step, lr=(1e-3, 1.0), name="mine")
    view = explore(rule, problem="rosenbrock")
    assert repr(view).startswith("mine, your own rule, on: Rosenbrock's valley")
    assert view.frame["code"].startswith("run(mine, ")


def test_a_workspace_that_can_not_be_written_is_a_note(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(file))
    kept = board_file.keep(a_score())
    assert kept.score == 1.5
    assert "Not on the leaderboard" in kept.notes[0]


def test_no_workspace_no_file_and_the_board_shows_what_it_is_handed():
    assert [entry.name for entry in leaderboard(a_score(value=9.0)).entries] == [
        "my",
        "(adam)",
        "(momentum)",
        "(lion)",
    ]


def test_a_score_is_json_and_html():
    given = scored(RULES["adam"], "adam", TINY, 0)
    assert json.loads(json.dumps(given.to_dict(), allow_nan=False))["score"] == given.score
    assert "<table>" in given._repr_html_()
    assert f"score {given.score:.2f}" in str(given)
    assert max(setting.starts for setting in SETTINGS.values()) < SEEDS
