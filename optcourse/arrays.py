"""The names of the types that everything passes around."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
State = tuple[Any, ...]
Step = Callable[..., tuple[Array, State]]
