"""Modules that lessons import and that are not in the jail: names that can be imported and are of no use.

A notebook's import cell works with them. The rules and homework themselves stay out of reach, and say so.
"""

import builtins
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

SCREEN = ("matplotlib", "mpl_toolkits", "seaborn", "IPython", "ipywidgets", "tkinter", "turtle")
OPEN = (
    "optcourse",
    "optcourse.graded",
    "optcourse.problems",
    "optcourse.schedules",
    "optcourse.running",
    "optcourse.pictures",
)
# What a call of these would do anyway is only shown to a person.
INERT = (
    "check",
    "explore",
    "hint",
    "mine",
    "predict",
    "quiz",
    "compare",
    "landscape",
    "clinic",
    "run",
    "solution",
    "contract",
    "own_rule",
    "score",
    "leaderboard",
    "trained",
)
NO_SCREEN = "there is no screen where homework is graded: leave plots out of the function"
NO_RULES = (
    "the course's own rules are not in the sandbox that grades: write the rule out in your function "
    "(check and hint work in your notebook)"
)


class NotHereError(ImportError):
    """Something was used that is not there when homework is graded."""


class StandIn:
    """A name that can be imported, looked into and handed on; a call does nothing, or says why it can't."""

    def __init__(self, name: str, refusal: str = "") -> None:
        self._name, self._refusal = name, refusal

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self._name}.{name}", self._refusal)

    def __getitem__(self, key: object) -> Any:
        return StandIn(f"{self._name}[{key!r}]", self._refusal)

    def __call__(self, *arguments: object, **named: object) -> Any:
        if self._refusal:
            raise NotHereError(f"{self._name}: {self._refusal}")
        return StandIn(f"{self._name}()")

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def _unchanged(self, *others: object) -> Any:
        """What arithmetic gives, as in round(2 * report.score, 2)."""
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _unchanged
    __truediv__ = __rtruediv__ = __neg__ = __round__ = _unchanged

    def __repr__(self) -> str:
        return f"<{self._name} is not here>"


class Loader(importlib.abc.Loader):
    """Makes a module of stand-ins."""

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """A module that has every name, each a stand-in."""
        name = spec.name
        module = types.ModuleType(name)
        module.__path__ = []

        def named(attribute: str) -> Any:
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            return StandIn(f"{name}.{attribute}", refusal(name, attribute))

        module.__getattr__ = named  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


class Finder(importlib.abc.MetaPathFinder):
    """Finds stand-ins for the course and for what draws; refuses the rest of the course."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A module of stand-ins, or None; NotHereError for what is kept out."""
        root = name.partition(".")[0]
        if root in SCREEN or name in OPEN:
            return importlib.machinery.ModuleSpec(name, Loader(), is_package=True)
        if root == "optcourse":
            raise NotHereError(f"{name}: {NO_RULES}", name=name)
        return None


def refusal(module: str, name: str) -> str:
    """Why a call of this name would be refused; empty where it is let pass and does nothing."""
    if not module.startswith("optcourse"):
        return NO_SCREEN
    return "" if name in INERT or module != "optcourse" else NO_RULES


def install() -> None:
    """Take the course's own modules out, and put the stand-ins' finder first.

    A submission gets builtins of its own, so that what it puts in their place changes nothing for us.
    """
    own = types.ModuleType("builtins")
    vars(own).update(vars(builtins))
    sys.modules["builtins"] = own
    for name in [name for name in sys.modules if name.partition(".")[0] == "optcourse"]:
        del sys.modules[name]
    sys.meta_path.insert(0, Finder())
