"""A wrapped step is an optimizer of PyTorch's like any other, and moves as PyTorch's own do."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from optcourse.rules import RULES

torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")

from optcourse.bridges.torch import wrap  # noqa: E402

optim = torch.optim

# Rule, dialect, hypers; PyTorch's own.
SAME = [
    ("gd", None, {"lr": 0.05}, lambda p: optim.SGD(p, lr=0.05)),
    ("momentum", "pytorch", {"lr": 0.02, "beta": 0.8}, lambda p: optim.SGD(p, lr=0.02, momentum=0.8)),
    (
        "momentum",
        "dampened",
        {"lr": 0.02, "beta": 0.8, "dampening": 0.3},
        lambda p: optim.SGD(p, lr=0.02, momentum=0.8, dampening=0.3),
    ),
    ("nesterov", "pytorch", {"lr": 0.02}, lambda p: optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True)),
    ("adagrad", None, {"lr": 0.05}, lambda p: optim.Adagrad(p, lr=0.05)),
    ("rmsprop", None, {"lr": 0.01, "beta": 0.95}, lambda p: optim.RMSprop(p, lr=0.01, alpha=0.95)),
    ("adadelta", None, {}, lambda p: optim.Adadelta(p)),
    ("adam", None, {"lr": 0.01}, lambda p: optim.Adam(p, lr=0.01)),
    ("adamax", None, {"lr": 0.01}, lambda p: optim.Adamax(p, lr=0.01)),
    ("nadam", None, {"lr": 0.01}, lambda p: optim.NAdam(p, lr=0.01)),
    ("amsgrad", None, {"lr": 0.01}, lambda p: optim.Adam(p, lr=0.01, amsgrad=True)),
    (
        "adamw",
        None,
        {"lr": 0.01, "weight_decay": 0.1},
        lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    ),
]


@pytest.fixture
def in_float64() -> Iterator[None]:
    """PyTorch's NAdam keeps a factor in the default precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def network(dtype: Any = None) -> Any:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1)).to(
        dtype or torch.float64
    )


def data(dtype: Any = None) -> tuple[Any, Any]:
    x = torch.randn(32, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    x = x.to(dtype or torch.float64)
    return x, x.prod(dim=1, keepdim=True)


def train(model: Any, optimizer: Any, steps: int = 60, scheduler: Any = None) -> Any:
    """All parameters in one vector, after so many steps."""
    x, y = data(next(model.parameters()).dtype)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        if scheduler:
            scheduler.step()
    return torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy()


def distance(ours: Any, theirs: Any) -> float:
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize(
    ("name", "dialect", "hypers", "theirs"), SAME, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_right_rule_moves_as_pytorchs_own(name, dialect, hypers, theirs) -> None:
    mine, own = network(), network()
    wrapped = wrap(name, dialect=dialect)(mine.parameters(), **hypers)
    assert isinstance(wrapped, optim.Optimizer)
    assert distance(train(mine, wrapped), train(own, theirs(own.parameters()))) < 1e-12


def test_in_float32_it_stays_float32_and_near_pytorchs_own() -> None:
    mine, own = network(torch.float32), network(torch.float32)
    ours = train(mine, wrap("adam")(mine.parameters(), lr=0.01))
    assert ours.dtype == np.float32
    assert distance(ours, train(own, optim.Adam(own.parameters(), lr=0.01))) < 1e-4


def test_a_learners_function_runs_and_may_write_into_its_arrays() -> None:
    def momentum_step(theta, grad, state, *, lr=0.02, beta=0.9):
        (v,) = state
        v *= beta
        grad *= lr
        v += grad
        theta -= v
        return theta, (v,)

    mine, own = network(), network()
    theirs = optim.SGD(own.parameters(), lr=0.02, momentum=0.9)
    assert distance(train(mine, wrap(momentum_step)(mine.parameters())), train(own, theirs)) < 1e-12


def test_a_wrong_adam_moves_elsewhere() -> None:
    mine, own = network(), network()
    ours = train(mine, wrap(RULES["adam"].mistakes["v-not-corrected"])(mine.parameters(), lr=0.01))
    assert distance(ours, train(own, optim.Adam(own.parameters(), lr=0.01))) > 1e-3


def test_groups_have_their_own_hypers_and_schedulers_change_them() -> None:
    trained = []
    for make in (lambda groups: wrap("adam")(groups, lr=0.01), lambda groups: optim.Adam(groups, lr=0.01)):
        model = network()
        optimizer = make([{"params": model[0].parameters(), "lr": 0.03}, {"params": model[2].parameters()}])
        scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60)
        trained.append(train(model, optimizer, scheduler=scheduler))
        assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0, 0])
    assert distance(*trained) < 1e-12


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["adam", "momentum", "nadam", "muon", "schedule_free"])
def test_a_saved_state_goes_on_where_it_stopped(name: str, dtype: str, tmp_path) -> None:
    dtype = getattr(torch, dtype)
    straight = network(dtype)
    whole = train(straight, wrap(name)(straight.parameters(), lr=0.01), steps=20)
    before, after = network(dtype), network(dtype)
    optimizer = wrap(name)(before.parameters(), lr=0.01)
    train(before, optimizer, steps=8)
    torch.save({"model": before.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "saved.pt")
    saved = torch.load(tmp_path / "saved.pt", weights_only=True)
    after.load_state_dict(saved["model"])
    resumed = wrap(name)(after.parameters(), lr=1.0)
    resumed.load_state_dict(saved["optimizer"])
    assert np.array_equal(train(after, resumed, steps=12), whole)


def test_the_state_is_named_and_begins_with_the_first_gradient() -> None:
    with_gradient, without = (torch.nn.Parameter(torch.ones(2)) for _ in range(2))
    optimizer = wrap("adam")([with_gradient, without])
    with_gradient.grad = torch.ones(2)
    optimizer.step()
    assert list(optimizer.state[with_gradient]) == ["m", "v", "t"]
    assert optimizer.state[with_gradient]["t"] == 1
    assert without not in optimizer.state
    assert without.tolist() == [1, 1]


def test_step_gives_back_the_closures_loss_and_uses_its_gradient() -> None:
    theta = torch.nn.Parameter(torch.tensor([3.0]))
    optimizer = wrap("gd")([theta], lr=0.5)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (theta**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9
    assert theta.item() == 0


def test_a_rule_that_looks_ahead_needs_a_closure_and_then_moves_as_the_form_from_theta() -> None:
    x, y = data()
    ahead, plain = network(), network()
    optimizer = wrap("nesterov", dialect="lookahead")(ahead.parameters(), lr=0.02)
    with pytest.raises(RuntimeError, match=r"call step\(closure\)"):
        optimizer.step()

    def closure() -> Any:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(ahead(x), y)
        loss.backward()
        return loss

    for _ in range(20):
        optimizer.step(closure)
    other = wrap("nesterov")(plain.parameters(), lr=0.02)
    moved = train(plain, other, steps=20)
    # The first form's theta is the point ahead: the same path, seen from v further on.
    at = torch.nn.utils.parameters_to_vector(ahead.parameters()).detach().numpy()
    velocity = np.concatenate([state["v"].numpy().ravel() for state in optimizer.state.values()])
    assert distance(at - 0.9 * velocity, moved) < 1e-12


def test_schedule_free_is_judged_at_its_mean() -> None:
    model = network()
    optimizer = wrap("schedule_free")(model.parameters(), lr=0.1)
    theta = train(model, optimizer)
    with optimizer.evaluated():
        inside = torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy().copy()
    mean = np.concatenate([state["x"].numpy().ravel() for state in optimizer.state.values()])
    assert np.array_equal(inside, mean)
    assert not np.array_equal(inside, theta)
    assert np.array_equal(torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy(), theta)


def test_muon_steps_matrices_and_leaves_the_rest_to_adam() -> None:
    model = network()
    optimizer = wrap("muon")(model.parameters(), lr=0.01)
    train(model, optimizer, steps=1)
    kinds = {tuple(p.shape): sorted(optimizer.state[p]) for p in model.parameters()}
    assert kinds == {(5, 3): ["m"], (5,): ["m", "t", "v"], (1, 5): ["m"], (1,): ["m", "t", "v"]}


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"beta_1": 0.9}, TypeError, "did you mean 'beta1'"),
        ({"lr": -1.0}, ValueError, r"lr must lie in \[0, inf\)"),
    ],
)
def test_wrong_hypers_are_refused_for_all_and_for_a_group(arguments, error, says) -> None:
    with pytest.raises(error, match=says):
        wrap("adam")(network().parameters(), **arguments)
    with pytest.raises(error, match=says):
        wrap("adam")([{"params": network().parameters(), **arguments}])


@pytest.mark.parametrize(
    ("tensor", "says"),
    [
        (lambda: torch.zeros(2, dtype=torch.bfloat16), "float32 or float64"),
        (lambda: torch.zeros(2, device="meta"), "on the CPU"),
    ],
)
def test_tensors_that_numpy_cannot_step_are_refused(tensor, says) -> None:
    with pytest.raises(TypeError, match=says):
        wrap("adam")([torch.nn.Parameter(tensor())])


def test_a_rule_of_ones_own_is_wrapped_with_its_first_state() -> None:
    def sign_step(theta, grad, state, *, lr=0.1):
        return theta - lr * np.sign(grad), state

    theta = torch.nn.Parameter(torch.tensor([1.0, -1.0]))
    theta.grad = torch.tensor([5.0, -5.0])
    wrap(sign_step, init=lambda theta: ())([theta], lr=0.5).step()
    assert theta.tolist() == [0.5, -0.5]
