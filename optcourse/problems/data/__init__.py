"""Small real data sets, kept in the package; README.md beside this file says where each comes from."""

import hashlib
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from optcourse.arrays import Array

SHA256 = {"diabetes.csv": "9193026b7622ff944f0a6855a10107b24caf50dad69787c46e6890e69c27faca"}


class Split(NamedTuple):
    """Examples to learn from and examples to judge by; x has shape (n, d), y has shape (n,)."""

    x: Array
    y: Array
    x_validation: Array
    y_validation: Array


def read_table(name: str) -> Array:
    """A numeric CSV file of this folder, shape (rows, columns); ValueError if it isn't as it was shipped."""
    content = files(__name__).joinpath(name).read_bytes()
    if hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest() != SHA256[name]:
        raise ValueError(f"{name} in the package was changed or damaged; install optcourse again.")
    return np.loadtxt(content.decode().splitlines(), delimiter=",", skiprows=1)


def diabetes(validation: float = 0.2, seed: int = 0) -> Split:
    """The diabetes data of Efron et al. (2004): 442 patients, 10 inputs, disease progression as target.

    Shuffled by `seed` and split (`validation` is the share kept back: 88 patients at 0.2). Inputs and
    target are standardised with the mean and the standard deviation of the training part, so a mean
    squared error of 1 is what the training mean alone would give there.
    """
    table = read_table("diabetes.csv")
    order = np.random.default_rng(seed).permutation(len(table))
    kept_back = round(validation * len(table))
    train, held = table[order[kept_back:]], table[order[:kept_back]]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    train, held = (train - mean) / deviation, (held - mean) / deviation
    return Split(train[:, :-1], train[:, -1], held[:, :-1], held[:, -1])
