"""Small real data sets, kept in the package; README.md beside this file says where each comes from."""

import gzip
import hashlib
import re
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.errors import WrongValueError
from optcourse.rounding import moved

SHA256 = {
    "austen.txt.gz": "495b2787ab0990f5f1f4bc69606d127decd5951b473697a9bc797057f7c52686",
    "diabetes.csv": "9193026b7622ff944f0a6855a10107b24caf50dad69787c46e6890e69c27faca",
    "digits.csv.gz": "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    "pride.txt.gz": "22dbdb2801342d2598d20bf628f688aae713b7e208d468eab3f494d99b83ab24",
}

CHARACTERS = " abcdefghijklmnopqrstuvwxyz"


class Split(NamedTuple):
    """Examples to learn from and examples to judge by.

    x has shape (n, ...), y has shape (n,): numbers for a regression, whole numbers for classes.
    """

    x: Array
    y: NDArray[Any]
    x_validation: Array
    y_validation: NDArray[Any]


def read_lines(name: str) -> list[str]:
    """The lines of a file of this folder; ValueError if it isn't as it was shipped."""
    content = files(__name__).joinpath(name).read_bytes()
    packed = name.endswith(".gz")
    shipped = content if packed else content.replace(b"\r\n", b"\n")
    if hashlib.sha256(shipped).hexdigest() != SHA256[name]:
        raise ValueError(f"{name} in the package was changed or damaged; install optcourse again.")
    return (gzip.decompress(content) if packed else content).decode().splitlines()


def read_table(name: str, skip: int = 1) -> Array:
    """A numeric CSV file of this folder, shape (rows, columns), without its first `skip` lines."""
    return np.loadtxt(read_lines(name), delimiter=",", skiprows=skip)


def shuffled(rows: Array, validation: float, seed: int) -> tuple[Array, Array]:
    """The rows to learn from and those to judge by, the share `validation`, shuffled by `seed`."""
    order = np.random.default_rng(seed).permutation(len(rows))
    kept_back = round(validation * len(rows))
    return rows[order[kept_back:]], rows[order[:kept_back]]


def split(x: Array, y: NDArray[Any], validation: float, seed: int) -> Split:
    """Examples and their targets, shuffled and split alike."""
    (x, x_validation), (y, y_validation) = (shuffled(part, validation, seed) for part in (x, y))
    return Split(x, y, x_validation, y_validation)


def diabetes(validation: float = 0.2, seed: int = 0) -> Split:
    """The diabetes data of Efron et al. (2004): 442 patients, 10 inputs, disease progression as target.

    Shuffled by `seed` and split (`validation` is the share kept back: 88 patients at 0.2). Inputs and
    target are standardised with the mean and the standard deviation of the training part, so a mean
    squared error of 1 is what the training mean alone would give there.
    """
    table = read_table("diabetes.csv")
    train, held = shuffled(table, validation, seed)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    train, held = moved(((train - mean) / deviation, (held - mean) / deviation))
    return Split(train[:, :-1], train[:, -1], held[:, :-1], held[:, -1])


def digits(validation: float = 0.2, seed: int = 0) -> Split:
    """The handwritten digits of Alpaydin and Kaynak (1998): 1,797 images of 8 x 8 pixels, classes 0 to 9.

    x is (n, 8, 8), 0 for white to 1 for black; 359 images are kept back at 0.2.
    """
    table = read_table("digits.csv.gz", skip=0)
    return split(table[:, :-1].reshape(-1, 8, 8) / 16, table[:, -1].astype(int), validation, seed)


def austen_words() -> tuple[str, ...]:
    """The 1,206 words whose counts are the columns of `austen`, in alphabetical order."""
    return tuple(read_lines("austen.txt.gz")[1].split())


def austen(novels: tuple[str, ...] = (), validation: float = 0.2, seed: int = 0) -> Split:
    """Which of Jane Austen's novels is it from? 400 passages of 50 words from each (default: from all six).

    x is (n, 1206): how often each frequent word occurs in a passage, nearly always not at all.
    y is the novel's place in `novels`. ValueError for a title that is none.
    """
    titles, vocabulary, *rows = read_lines("austen.txt.gz")
    known = titles.split(",")
    chosen = list(novels) or known
    if unknown := set(chosen) - set(known):
        raise WrongValueError(f"There is no novel {sorted(unknown)[0]!r}; there are: {', '.join(known)}.")
    size = len(vocabulary.split())
    counts, classes = [], []
    for row in rows:
        novel, *words = map(int, row.split())
        if known[novel] in chosen:
            counts.append(np.bincount(words, minlength=size))
            classes.append(chosen.index(known[novel]))
    return split(np.array(counts, dtype=float), np.array(classes), validation, seed)


def characters(length: int = 12, every: int = 4, validation: float = 0.2) -> Split:
    """Which character comes next? The first three chapters of Jane Austen's Pride and Prejudice.

    Letters are small, all else is a space: the 27 CHARACTERS. x is (n, length, 27), a 1 at each time where
    the character stands; y is the place of the one that follows. A window begins at `every` so-many-th one.
    Kept back is the end of the text, so that no window is in both parts. ValueError for a length below 1.
    """
    if length < 1 or every < 1:
        raise WrongValueError(f"length and every must be at least 1; got {length} and {every}.")
    text = re.sub("[^a-z]+", " ", "\n".join(read_lines("pride.txt.gz")).lower()).strip()
    numbers = np.array([CHARACTERS.index(character) for character in text])
    border = len(numbers) - round(validation * len(numbers))

    def windows(piece: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
        starts = np.arange(0, max(0, len(piece) - length), every)
        return np.eye(len(CHARACTERS))[piece[starts[:, None] + np.arange(length)]], piece[starts + length]

    return Split(*windows(numbers[:border]), *windows(numbers[border:]))


def adding(length: int = 20, examples: int = 1000, validation: float = 0.2, seed: int = 0) -> Split:
    """The adding problem of Hochreiter and Schmidhuber (1997): remember two numbers of a sequence, add them.

    x is (n, length, 2): at each time a number, uniform in [0, 1), and a mark, which is 1 at one time in the
    first half and at one in the second, else 0. y is the sum of the two marked numbers. Always to answer 1
    gives a mean squared error of 1/6. Generated; of `examples` the share `validation` is kept back.
    ValueError for a length below 2.
    """
    if length < 2:
        raise WrongValueError(f"length must be at least 2, for two marks; got {length}.")
    random = np.random.default_rng([seed, length])
    rows, half = np.arange(examples), length // 2
    first, second = random.integers(half, size=examples), random.integers(half, length, size=examples)
    x = np.zeros((examples, length, 2))
    x[..., 0] = moved(random.random((examples, length)))
    x[rows, first, 1] = x[rows, second, 1] = 1
    return split(x, x[rows, first, 0] + x[rows, second, 0], validation, seed)
