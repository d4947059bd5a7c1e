"""Every rule and task that this installation knows: the taught ones, homework's, and those of plug-ins.

Knows how to find them, and nothing of what they do. Whoever looks a rule up by its name looks here;
`rules.RULES` is for what is about the lessons.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from optcourse.errors import UserError
from optcourse.rules import RULES, Rule

GROUP = "optcourse.rules"  # the entry points under which other packages offer a Rule


@cache
def known_rules() -> Mapping[str, Rule]:
    """The taught rules, those that only homework asks for (where they are installed), and those of plug-ins.

    A plug-in is an installed package with an entry point in the group `optcourse.rules` that gives a `Rule`.
    UserError for one that can't be loaded, gives something else, or takes a name that is taken.

    >>> from optcourse.registry import known_rules
    >>> from optcourse.rules import RULES
    >>> set(RULES) <= set(known_rules())
    True
    """
    found = {**RULES, **_homework("RULES")}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        rule = _offered(entry)
        if rule.name in found:
            raise UserError(f"{_whose(entry)} offers a rule named {rule.name!r}: that name is taken.")
        found[rule.name] = rule
    return MappingProxyType(found)


@cache
def known_tasks() -> Mapping[str, Rule]:
    """What can be checked: the known rules, and the functions beside them that homework asks for.

    >>> from optcourse.registry import known_rules, known_tasks
    >>> set(known_rules()) <= set(known_tasks())
    True
    """
    return MappingProxyType({**known_rules(), **_homework("TASKS")})


def _homework(name: str) -> Mapping[str, Rule]:
    try:
        from optcourse import homework
    except ImportError:  # left out of what students are given
        return {}
    offered: Mapping[str, Rule] = getattr(homework, name)
    return offered


def _offered(entry: EntryPoint) -> Rule:
    try:
        rule = entry.load()
    except Exception as error:  # a stranger's code, at its import
        raise UserError(
            f"{_whose(entry)} offers a rule that can't be loaded ({type(error).__name__}: {error}). "
            "Mend or uninstall that package."
        ) from error
    if not isinstance(rule, Rule):
        raise UserError(f"{_whose(entry)} offers {rule!r} as a rule: it is no optcourse.rules.Rule.")
    return rule


def _whose(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "a package"
    return f"{package} (entry point {entry.name} = {entry.value} of the group {GROUP})"
