"""Pieces of the matrix rules: an orthogonal part by iteration, a trust ratio, a table from its margins."""

import numpy as np

from optcourse.arrays import Array
from optcourse.homework.calling import Calls, asked, wrong
from optcourse.rules.base import Paper


def orthogonal_part(x: Array, steps: int) -> Array:
    """Newton and Schulz' cubic iteration on x / |x|: singular values go to 1; x is a matrix, not all zero.

    Source: Higham (2008), equation 8.20; Muon's own has degree five.
    """
    x = x / np.sqrt(np.sum(x * x))
    for _ in range(steps):
        x = 1.5 * x - 0.5 * x @ x.T @ x
    return x


def trust_ratio(theta: Array, u: Array) -> float:
    """How many times longer theta is than u, as wholes; 1 where either is zero. Source: You et al. (2020)."""
    theta_norm, u_norm = np.sqrt(np.sum(theta * theta)), np.sqrt(np.sum(u * u))
    return float(theta_norm / u_norm) if theta_norm > 0 and u_norm > 0 else 1.0


def factored_squares(r: Array, c: Array) -> Array:
    """The (rows, columns) table with these row and column sums. Source: Shazeer and Stern (2018)."""
    return np.outer(r, c) / np.sum(r)


NORMALISED = "x = x / np.sqrt(np.sum(x * x))"
ITERATION = "x = 1.5 * x - 0.5 * x @ x.T @ x"
ITERATION_MISTAKES = (
    wrong(
        "norm-forgotten", NORMALISED, "x = 1.0 * x", "x is not divided by its norm: the iteration blows up"
    ),
    wrong(
        "squared-norm",
        NORMALISED,
        "x = x / np.sum(x * x)",
        "the root is missing in the norm",
    ),
    wrong(
        "spectral-norm",
        NORMALISED,
        "x = x / np.linalg.norm(x, 2)",
        "you divide by the largest singular value; the task asks for the Frobenius norm",
    ),
    wrong(
        "largest-entry",
        NORMALISED,
        "x = x / np.max(np.abs(x))",
        "you divide by the largest entry; the singular values may still be above 1",
    ),
    wrong(
        "minus-forgotten",
        ITERATION,
        ITERATION.replace("-", "+"),
        "both terms are added; the cubic one is subtracted",
    ),
    wrong(
        "weights-reversed",
        ITERATION,
        "x = 0.5 * x - 1.5 * x @ x.T @ x",
        "1.5 and 0.5 have each other's place",
    ),
    wrong("coefficients", ITERATION, "x = 2 * x - x @ x.T @ x", "the weights are 1.5 and 0.5, not 2 and 1"),
    wrong(
        "entry-by-entry",
        ITERATION,
        "x = 1.5 * x - 0.5 * x ** 3",
        "x ** 3 is entry by entry; the cube of a matrix is x @ x.T @ x",
    ),
    wrong(
        "normalised-again",
        ITERATION,
        ITERATION + "\n        x = x / np.sqrt(np.sum(x * x))",
        "x is divided by its norm in each round; once, before the first, is enough",
    ),
    wrong("one-round-more", "range(steps)", "range(steps + 1)", "there is one round too many"),
    wrong("one-round-less", "range(steps)", "range(steps - 1)", "there is one round too few"),
    wrong(
        "one-round", "range(steps)", "range(1)", "there is only one round: does the loop return too early?"
    ),
    wrong("five-rounds", "range(steps)", "range(5)", "there are always five rounds; steps says how many"),
)
NORMS = "theta_norm, u_norm = (np.sqrt(np.sum(theta * theta)), np.sqrt(np.sum(u * u)))"
RATIO = "float(theta_norm / u_norm)"
RATIO_MISTAKES = (
    wrong("inverted", RATIO, "float(u_norm / theta_norm)", "the ratio is upside down: theta belongs on top"),
    wrong(
        "roots-forgotten",
        NORMS,
        "theta_norm, u_norm = (np.sum(theta * theta), np.sum(u * u))",
        "the roots are missing: that is the squared ratio",
    ),
    wrong(
        "root-mean-squares",
        NORMS,
        "theta_norm, u_norm = (np.sqrt(np.sum(theta * theta)), np.sqrt(np.mean(u * u)))",
        "one of the two is a root mean square, the other a length",
    ),
    wrong(
        "sums-of-sizes",
        NORMS,
        "theta_norm, u_norm = (np.sum(np.abs(theta)), np.sum(np.abs(u)))",
        "the sizes are added up; the length is Euclid's: a root of a sum of squares",
    ),
    wrong(
        "largest-entries",
        NORMS,
        "theta_norm, u_norm = (np.max(np.abs(theta)), np.max(np.abs(u)))",
        "the largest entries are compared; the lengths are asked for",
    ),
    wrong(
        "spectral-norms",
        NORMS,
        "theta_norm, u_norm = (np.linalg.norm(np.atleast_2d(theta), 2), np.linalg.norm(np.atleast_2d(u), 2))",
        "of a matrix np.linalg.norm(..., 2) is the largest singular value; leave the 2 out",
    ),
    wrong(
        "zero-forgotten",
        "theta_norm > 0 and u_norm > 0",
        "u_norm > 0",
        "a theta of zeros gives 0: it could never move",
    ),
    wrong(
        "zero-divided",
        "theta_norm > 0 and u_norm > 0",
        "theta_norm > 0",
        "a u of zeros is divided by; the ratio is 1 there",
    ),
    wrong("zero-for-one", "else 1.0", "else 0.0", "where either is zero the ratio is 1, not 0"),
)
OUTER = "np.outer(r, c) / np.sum(r)"
TABLE_MISTAKES = (
    wrong(
        "sum-forgotten", OUTER, "np.outer(r, c)", "the sum of all squares is in r and in c: divide by it once"
    ),
    wrong("divided-by-mean", OUTER, "np.outer(r, c) / np.mean(r)", "divide by the sum of r, not by its mean"),
    wrong("divided-twice", OUTER, "np.outer(r, c) / np.sum(r) ** 2", "the sum is divided by twice"),
    wrong("added", OUTER, "(r[:, None] + c) / np.sum(r)", "rows and columns are multiplied, not added"),
    wrong("rooted", OUTER, "np.sqrt(np.outer(r, c) / np.sum(r))", "the root is taken later, in the step"),
    wrong(
        "rows-only", OUTER, "np.outer(r, np.ones_like(c)) / c.size", "each row is spread evenly; c has no say"
    ),
    wrong(
        "columns-only",
        OUTER,
        "np.outer(np.ones_like(r), c) / r.size",
        "each column is spread evenly; r has no say",
    ),
    wrong(
        "geometric",
        OUTER,
        "np.sqrt(np.outer(r, c))",
        "the geometric mean of the two sums is no table of squares",
    ),
)


def matrix_calls(seed: int) -> Calls:
    """Matrices of several shapes, and numbers of rounds."""
    random = np.random.default_rng(seed)
    shapes = (((3, 3), 5), ((2, 4), 1), ((4, 2), 3), ((3, 1), 8), ((5, 5), 0), ((3, 2), 12))
    return tuple((3 * random.normal(size=shape).round(2), steps) for shape, steps in shapes)


def ratio_calls(seed: int) -> Calls:
    """Vectors and matrices, and zeros on either side."""
    random = np.random.default_rng(seed)
    made = [
        (random.normal(size=s).round(2), random.normal(size=s).round(2)) for s in ((3,), (2, 3), (4, 4), (1,))
    ]
    (theta, u) = made[1]
    return (*made, (np.zeros((2, 3)), u), (theta, np.zeros((2, 3))), (1e3 * theta, 1e-3 * u))


def table_calls(seed: int) -> Calls:
    """Row and column sums of tables of squares."""
    random = np.random.default_rng(seed)
    tables = [random.uniform(0.1, 4, size=shape).round(2) for shape in ((3, 3), (2, 5), (4, 1), (1, 3))]
    return tuple((table.sum(axis=1), table.sum(axis=0)) for table in tables)


ORTHOGONAL_PART = asked(
    "orthogonal_part",
    "Newton and Schulz' cubic iteration",
    orthogonal_part,
    matrix_calls,
    seed=96,
    formula=r"X_0 = X / \lVert X \rVert_F, \quad X_{k+1} = \tfrac32 X_k - \tfrac12 X_k X_k^{\mathsf T} X_k",
    source=Paper("N. J. Higham", 2008, "Functions of matrices", "SIAM, section 8.3"),
    hints=(
        "What do X, X.T and X have to be multiplied with, so that a singular value s becomes s^3?",
        "First divide by the norm, once. Then repeat one line.",
        "Shape of the line: x = 1.5 * ... - 0.5 * ... @ ... @ ...",
    ),
    mistakes=ITERATION_MISTAKES,
)
TRUST_RATIO = asked(
    "trust_ratio",
    "LAMB's trust ratio",
    trust_ratio,
    ratio_calls,
    seed=97,
    formula=r"\lVert \theta \rVert / \lVert u \rVert",
    source=Paper(
        "Y. You and others",
        2020,
        "Large batch optimization for deep learning: training BERT in 76 minutes",
        "ICLR, arXiv:1904.00962",
    ),
    hints=(
        "How long is a matrix, taken as one long vector?",
        "Which of the two may be zero, and what should the ratio be then?",
        "Shape of the lines: two norms, then theta's divided by u's where both are above 0, else 1.",
    ),
    mistakes=RATIO_MISTAKES,
)
FACTORED_SQUARES = asked(
    "factored_squares",
    "Adafactor's factors",
    factored_squares,
    table_calls,
    seed=98,
    formula=r"v_{ij} = r_i c_j / \textstyle\sum_k r_k",
    source=Paper(
        "N. Shazeer and M. Stern",
        2018,
        "Adafactor: adaptive learning rates with sublinear memory cost",
        "ICML, arXiv:1804.04235",
    ),
    hints=(
        "What would the table be if every row were a multiple of one row?",
        "Its rows have to add up to r, its columns to c. What do the rows of an outer product add up to?",
        "Shape of the line: np.outer(..., ...) / ...",
    ),
    mistakes=TABLE_MISTAKES,
)
