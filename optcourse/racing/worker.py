"""A worker of a race: reads descriptions of jobs, one a line, and writes records (see workers.py)."""

import json
import sys
from typing import Any

from optcourse.problems import Problem, problem_named
from optcourse.racing.runners import Runner, catalogued_form
from optcourse.racing.training import Job, train


def described(content: dict[str, Any], problems: dict[str, Problem]) -> Job:
    """The job of a description; `problems` keeps those already made."""
    rule, form_key = content["rule"]
    form = catalogued_form(rule, form_key)
    assert form is not None
    name = content["problem"]
    if name not in problems:
        problems[name] = problem_named(name)
    return Job(
        runner=Runner(rule, form, (rule, form_key)),
        problem=problems[name],
        hypers=tuple(content["hypers"].items()),
        **{what: content[what] for what in ("seed", "steps", "every", "batch_size")},
    )


def main() -> None:
    """A worker: jobs in, records out, until there are no more."""
    problems: dict[str, Problem] = {}
    for line in sys.stdin:
        record = train(described(json.loads(line), problems))
        sys.stdout.write(json.dumps(record.to_json()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
