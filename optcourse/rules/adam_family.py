"""The mistakes of Adam that its relatives share, so that they stand in one place."""

import re
from collections.abc import Collection, Mapping

from optcourse.arrays import Step
from optcourse.rules import adam
from optcourse.rules.base import Edit, normalised


def shared_mistakes(
    step: Step, renamed: Mapping[str, str], without: Collection[str] = ()
) -> tuple[Edit, ...]:
    """Adam's mistakes whose lines stand in `step` too, but for the keys in `without`.

    `renamed` says what is called otherwise in `step`: regular expressions and what replaces them, in the
    code of a mistake and in its sentence.
    """
    source = normalised(step)

    def told(text: str) -> str:
        for pattern, replacement in renamed.items():
            text = re.sub(pattern, replacement, text)
        return text

    taken = []
    for mistake in adam.MISTAKES:
        was, becomes = (tuple(map(told, side)) for side in zip(*mistake.replacements, strict=True))
        if mistake.key not in without and all(line in source for line in was):
            taken.append(Edit(mistake.key, was, becomes, told(mistake.says)))
    return tuple(taken)
