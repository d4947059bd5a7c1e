"""A wrapped step is an optimizer of Keras' like any other, and moves as Keras' own do."""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from optcourse.rules import RULES

pytest.importorskip("torch", reason="the extra [keras] is not installed")
os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras", reason="the extra [keras] is not installed")

from optcourse.bridges.keras import wrap  # noqa: E402

own = keras.optimizers
# Keras' own Variable.numpy() does that.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

# Rule, dialect, hypers; Keras' own.
SAME = [
    ("gd", None, {"learning_rate": 0.05}, lambda: own.SGD(0.05)),
    ("momentum", "keras", {"learning_rate": 0.02, "beta": 0.8}, lambda: own.SGD(0.02, momentum=0.8)),
    ("nesterov", "keras", {"learning_rate": 0.02}, lambda: own.SGD(0.02, momentum=0.9, nesterov=True)),
    ("adagrad", "keras", {"learning_rate": 0.05}, lambda: own.Adagrad(0.05)),
    ("rmsprop", "eps-in-root", {"learning_rate": 0.01, "eps": 1e-7}, lambda: own.RMSprop(0.01)),
    ("adam", "eps-hat", {"learning_rate": 0.01}, lambda: own.Adam(0.01)),
    ("lion", None, {"learning_rate": 0.01}, lambda: own.Lion(0.01)),
    (
        "adam",
        "eps-hat",
        {"learning_rate": 0.01, "weight_decay": 0.1, "global_clipnorm": 0.1},
        lambda: own.Adam(0.01, weight_decay=0.1, global_clipnorm=0.1),
    ),
]


@pytest.fixture
def in_float64() -> Iterator[None]:
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(policy)


def network() -> Any:
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(1)]
    )


def data() -> tuple[Any, Any]:
    x = np.random.default_rng(1).normal(size=(64, 3))
    return x, x.prod(axis=1)


def fitted(optimizer: Any, epochs: int = 10, model: Any = None) -> Any:
    """All weights in one vector after fit, and the model."""
    model = model or network()
    if optimizer is not None:
        model.compile(optimizer, "mse")
    model.fit(*data(), epochs=epochs, batch_size=16, shuffle=False, verbose=0)
    return weights(model), model


def weights(model: Any) -> Any:
    return np.concatenate([part.ravel() for part in model.get_weights()])


def distance(ours: Any, theirs: Any) -> float:
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize(
    ("name", "dialect", "hypers", "theirs"), SAME, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_right_rule_moves_in_fit_as_kerass_own(name, dialect, hypers, theirs) -> None:
    wrapped = wrap(name, dialect=dialect)(**hypers)
    assert isinstance(wrapped, own.Optimizer)
    assert distance(fitted(wrapped)[0], fitted(theirs())[0]) < 1e-12


def test_in_float32_it_stays_float32_and_near_kerass_own() -> None:
    ours, model = fitted(wrap("adam", dialect="eps-hat")(learning_rate=0.01))
    assert ours.dtype == np.float32
    assert distance(ours, fitted(own.Adam(0.01))[0]) < 1e-4
    assert {str(variable.dtype) for variable in model.optimizer.variables} >= {"float32", "int64"}


@pytest.mark.usefixtures("in_float64")
def test_a_wrong_adam_moves_elsewhere() -> None:
    wrong = wrap(RULES["adam"].mistakes["v-not-corrected"])(learning_rate=0.01)
    assert distance(fitted(wrong)[0], fitted(own.Adam(0.01))[0]) > 1e-3


@pytest.mark.usefixtures("in_float64")
def test_kerass_schedules_drive_lr() -> None:
    def schedule() -> Any:
        return own.schedules.ExponentialDecay(0.02, decay_steps=10, decay_rate=0.5)

    ours = fitted(wrap("adam", dialect="eps-hat")(learning_rate=schedule()))[0]
    assert distance(ours, fitted(own.Adam(schedule()))[0]) < 1e-12


@pytest.mark.parametrize("name", ["adam", "nadam", "schedule_free", "muon"])
def test_a_saved_model_goes_on_where_it_stopped(name: str, tmp_path) -> None:
    Opt = wrap(name)
    whole, _ = fitted(Opt(learning_rate=0.01), epochs=5)
    _, model = fitted(Opt(learning_rate=0.01), epochs=2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", custom_objects={Opt.__name__: Opt})
    assert np.array_equal(fitted(None, epochs=3, model=loaded)[0], whole)


def test_its_config_makes_it_anew() -> None:
    Opt = wrap("adamw")
    made = Opt(learning_rate=0.02, beta1=0.8, weight_decay=0.3, clipnorm=2.0, name="mine")
    again = Opt.from_config(made.get_config())
    assert again.get_config() == made.get_config()
    assert again.hypers["weight_decay"] == 0.3
    assert again.clipnorm == 2.0


def test_a_weight_decay_of_the_rule_is_not_applied_twice() -> None:
    ours = fitted(wrap("adamw")(learning_rate=0.01, weight_decay=0.5, eps=1e-15))[0]
    theirs = fitted(own.AdamW(0.01, weight_decay=0.5, epsilon=1e-15))[0]
    assert distance(ours, theirs) < 1e-4


def test_schedule_free_is_judged_at_its_mean() -> None:
    theta, model = fitted(wrap("schedule_free")(learning_rate=0.1))
    with model.optimizer.evaluated():
        inside = weights(model)
    assert distance(inside, theta) > 1e-3
    assert np.array_equal(weights(model), theta)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: wrap("adam")(lr=0.1), TypeError, "Keras calls lr learning_rate"),
        (lambda: wrap("adam")(beta_1=0.9), TypeError, "did you mean 'beta1'"),
        (lambda: wrap("adam")(learning_rate=-1.0), ValueError, "lr must lie in"),
        (lambda: wrap("nesterov", dialect="lookahead"), ValueError, "only where they are"),
    ],
)
def test_what_it_cannot_do_is_told(make, error, says) -> None:
    with pytest.raises(error, match=says):
        make()


def test_a_rule_of_ones_own_is_wrapped_with_its_first_state() -> None:
    def sign_step(theta, grad, state, *, lr=0.1):
        return theta - lr * np.sign(grad), state

    model = network()
    before = weights(model)
    model.compile(wrap(sign_step, init=lambda theta: ())(learning_rate=0.5), "mse")
    model.fit(*data(), epochs=1, batch_size=64, verbose=0)
    assert np.allclose(np.abs(weights(model) - before), 0.5)
