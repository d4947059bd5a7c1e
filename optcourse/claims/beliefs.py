"""What a learner believes of each claim, beside what its trial said."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from optcourse.claims.results import Result

WORDS = ("supported", "refuted", "depends")


def compared(beliefs: Mapping[str, str | None], results: Mapping[str, Result]) -> str:
    """A table in Markdown: each claim, the belief, the verdict. Above it, how many agree, what is misspelt.

    A belief is one of WORDS, or None for "not said".
    """
    said = {key: str(word).strip().lower() for key, word in beliefs.items() if word is not None}
    known = {key: word for key, word in said.items() if key in results and word in WORDS}
    right = [key for key, word in known.items() if results[key].verdict.startswith(word)]
    head = (
        f"You were right about {len(right)} of the {len(known)} claims that you judged."
        if known
        else "You have not judged a claim yet: the verdicts alone."
    )
    lines = [
        head,
        *misspelt(said, results),
        "",
        "| claim | you said | the trial says |",
        "| --- | --- | --- |",
    ]
    for key, result in results.items():
        mark = "" if key not in known else " ✓" if key in right else " ✗"
        lines.append(f"| {result.says.rstrip('.')} | {known.get(key, '')}{mark} | {result.verdict} |")
    return "\n".join(lines)


def misspelt(said: Mapping[str, str], results: Mapping[str, Result]) -> Iterable[str]:
    """A sentence for each key or word that is none."""
    for key, word in said.items():
        if key not in results:
            near = get_close_matches(key, results, n=1)
            yield f"There is no claim {key!r}{f'; did you mean {near[0]!r}?' if near else '.'}"
        elif word not in WORDS:
            yield f"{key}: {word!r} is none of {', '.join(WORDS)}."
