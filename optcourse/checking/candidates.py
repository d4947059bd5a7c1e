"""What a wrong answer could be: the other dialects, each mistake, two mistakes at once. Knows no answers."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property
from itertools import combinations, pairwise
from typing import Any, Literal

from optcourse.rules import Form, Rule
from optcourse.rules.base import compiled

Part = Literal["step", "estimate"]
Hunk = tuple[int, int, tuple[str, ...]]  # tokens from, to, and what stands there instead


@dataclass(frozen=True, eq=False)
class Candidate:
    """A form that an answer may follow: its mistakes and dialect, what is said of it, its code.

    `unlisted` are sentences for mistakes that the catalogue has no key for; they stand in `says` as well.
    """

    mistakes: tuple[str, ...]
    dialect: str | None
    says: tuple[str, ...]
    code: str
    original: Callable[..., Any]
    unlisted: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether it is a right form."""
        return not self.mistakes and not self.unlisted

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The code, compiled when it is first needed."""
        return compiled(self.code, self.original, "+".join((self.dialect or "", *self.mistakes)))


@cache
def singles(rule: Rule, asked: Form, part: Part) -> tuple[Candidate, ...]:
    """The other dialects (the primary form among them), and each mistake in the form that is asked for."""
    dialects = [
        Candidate((), form.key, (form.says,), rule.code(form.key, part), function_of(form, part))
        for form in alternatives(rule, asked, part)
    ]
    return (*dialects, *(one for key in mistake_keys(rule, part) if (one := made(rule, asked, (key,), part))))


@cache
def pairs(rule: Rule, asked: Form, part: Part) -> tuple[Candidate, ...]:
    """Two mistakes at once, and a mistake made in another dialect."""
    keys = mistake_keys(rule, part)
    both = [made(rule, asked, two, part) for two in combinations(keys, 2)]
    mixed = [made(rule, form, (key,), part) for form in alternatives(rule, asked, part) for key in keys]
    return tuple(one for one in (*both, *mixed) if one)


def alternatives(rule: Rule, asked: Form, part: Part) -> list[Form]:
    """The right forms that are called as the one that is asked for: with its hypers, and as many parts."""
    forms = (rule, *rule.dialects.values()) if part == "step" else ()
    return [form for form in forms if form.key != asked.key and called_alike(form, asked)]


def called_alike(one: Form, other: Form) -> bool:
    """Whether a function that is called as one form can be called as the other."""
    alike = len(one.state_fields) == len(other.state_fields)
    return alike and set(one.hypers) == set(other.hypers)


def mistake_keys(rule: Rule, part: Part) -> tuple[str, ...]:
    """The keys of the mistakes that are made in this part."""
    return tuple(key for key in rule.mistakes if rule.mistakes.declared(key).of == part)


def function_of(form: Form, part: Part) -> Callable[..., Any]:
    """The function of a form that is meant."""
    function = form.function if part == "step" else form.estimate
    assert function is not None
    return function


def made(rule: Rule, base: Form, keys: tuple[str, ...], part: Part) -> Candidate | None:
    """`base` with these mistakes made in it, or None where they are made in the same place."""
    code = merged(rule, (*((base.key,) if base is not rule else ()), *keys), part)
    if code is None or not (base is rule or is_code(code)):
        return None
    says = tuple(rule.mistakes.declared(key).says for key in keys)
    return Candidate(keys, None if base is rule else base.key, says, code, function_of(base, part))


def is_code(text: str) -> bool:
    """Whether Python understands it: a mistake in a dialect may leave half a bracket."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def merged(rule: Rule, keys: tuple[str, ...], part: Part) -> str | None:
    """The primary form's code with all these edits made, or None where two of them touch one another."""
    tokens = tokens_of(rule.code(rule.key, part))
    hunks = sorted({hunk for key in keys for hunk in hunks_of(rule, key, part)})
    for (_, end, _), (begin, _, _) in pairwise(hunks):
        if begin <= end:
            return None
    for begin, end, becomes in reversed(hunks):
        tokens[begin:end] = becomes
    return "".join(tokens)


@cache
def hunks_of(rule: Rule, key: str, part: Part) -> tuple[Hunk, ...]:
    """Where a dialect or a mistake differs from the primary form, token by token."""
    before, after = tokens_of(rule.code(rule.key, part)), tokens_of(rule.code(key, part))
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple((a, b, tuple(after[c:d])) for tag, a, b, c, d in changes if tag != "equal")


def tokens_of(code: str) -> list[str]:
    """The code in words, signs and white space; joined again it is the code."""
    return re.findall(r"\w+|\s+|\*\*|.", code)
