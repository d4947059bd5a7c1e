"""From findings and a diagnosis to the words of a report."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.checking.advice import advice_on
from optcourse.checking.answering import NOTHING, Answer, Fault, is_untouched
from optcourse.checking.candidates import Candidate
from optcourse.checking.diagnosis import Diagnosis, candidate_answer, diagnose, figure
from optcourse.checking.judging import Divergence, Finding, Task, begins_at_the_start, expected, largest
from optcourse.checking.naming import kind_of
from optcourse.checking.outside import RANDOM
from optcourse.checking.plain_slips import cut_short_by, makes_a_step, plain_slip
from optcourse.checking.points import counted
from optcourse.checking.report import Line, Report
from optcourse.checking.signatures import advice_on_signature, on_state, state_tuple, unpacking
from optcourse.registry import known_tasks
from optcourse.rules import Rule


def write(
    name: str,
    function: Callable[..., Any],
    rule: Rule,
    task: Task,
    answers: tuple[Answer, ...],
    findings: tuple[Finding, ...],
    accepts: tuple[str, ...],
) -> Report:
    """The report on one function."""
    wrong = [finding for finding in findings if finding.verdict != "AC"]
    earns = (
        counted(task, [one.name for one in findings], [one.points for one in findings]) if wrong else [1.0]
    )
    score = sum(earns) / len(earns)
    report = Report(
        name=name,
        rule=rule.name,
        verdict=verdict(wrong, score),
        passed=not wrong,
        score=score,
        message=f"{name} is correct: all {len(findings)} checks passed.",
        findings=findings,
        notes=printed_note(answers),
    )
    fault = next((one.fault for one in answers if one.fault), None)
    if not (fault and fault.kind == "signature"):
        report = replace(report, notes=(*report.notes, *other_defaults(function, task)))
    if not wrong:
        return report
    answered_late = bool(fault and fault.code == "TLE" and any(one.values for one in answers))
    if fault and (fault.code == "NA" or answers[0].fault) and not answered_late:
        untouched = fault.kind == "none" and is_untouched(function)
        kind = kind_of(function)
        words = f"{kind}, and check takes a function. " if kind else ""
        return replace(
            report,
            verdict="NA" if untouched else report.verdict,
            message=f"{words}{name} {fault_words(fault, function, task)}",
            lines=fault_lines(fault, function, rule, task, printed=any(one.printed for one in answers)),
        )
    report = disagreeing(report, rule, task, answers, accepts, fault, function)
    if fault and answered_late and report.divergence and (report.mistakes or not report.dialect):
        until = f"{name} {fault_words(fault, function, task)} Until then: {report.message}"
        return replace(report, message=until)
    return report


def called_otherwise(
    report: Report, as_other: Report, rule: Rule, task: Task, other: Task, accepts: tuple[str, ...]
) -> Report:
    """The report on a function that only another form of its rule can call, of which `as_other` tells."""
    key = other.form.key
    form = f"{rule.title} in the form {key!r}" + (f" ({other.form.says})" if other.form.says else "")
    apart = []
    if set(other.form.hypers) != set(task.form.hypers):
        apart.append(f"which takes {', '.join(other.form.hypers) or 'no hypers'}")
    if len(other.form.state_fields) != len(task.form.state_fields):
        apart.append(f"whose state is {state_tuple(other.form.state_fields)}")
    words = " and ".join(apart)
    if not as_other.passed:
        return replace(as_other, message=f"Called as {form}, {words}: {as_other.message}", dialect=key)
    passes = key in accepts
    asked = "its primary form" if task.form.key == rule.key else f"the form {task.form.key!r}"
    end = "which this task accepts too" if passes else f"but this task asks for {asked}"
    return replace(
        as_other if passes else report,
        message=f"{report.name} is correct as {form}, {words}; {end}.",
        dialect=key,
        lines=() if passes else (Line("It should take", should_take(task)), Line("Try", pointer(rule, task))),
    )


def in_another_order(report: Report, says: str, advice: str) -> Report:
    """The report on a function that is right but for the order of what comes in, or goes out."""
    return replace(
        report,
        message=f"{report.name} is not right yet: {says}. Called so, it is right.",
        lines=(Line("Try", advice),),
        mistakes=(),
        dialect=None,
        diff=(),
        divergence=None,
        paths=None,
    )


def keeping(report: Report, where: str, task: Task) -> Report:
    """The report on a function that keeps something from call to call; `where`, as far as that is seen."""
    what = f"in {where}" if where else "outside its state"
    says = f"asked the same again it answers otherwise: it keeps something {what}"
    advice = "let the answer follow from the arguments alone"
    if where == RANDOM:
        says = "asked the same again it answers otherwise: it draws random numbers"
    elif task.part == "step" and task.form.state_fields:
        fields = task.form.state_fields
        advice = (
            f"what the next step needs goes out in the state and comes back with it: begin with "
            f"{unpacking(fields)}, and {contract(task)}"
        )
    return replace(
        report,
        message=f"{report.name} is not right yet: {says}.",
        lines=(Line("Try", advice),),
        mistakes=(),
        dialect=None,
        diff=(),
        paths=None,
    )


def verdict(wrong: list[Finding], score: float) -> str:
    """AC where nothing is wrong; else the first fault's code; else PC where points were earned, else WA."""
    faults = [finding.verdict for finding in wrong if finding.verdict != "WA"]
    if faults:
        return faults[0]
    return "AC" if not wrong else "PC" if score else "WA"


def disagreeing(
    report: Report,
    rule: Rule,
    task: Task,
    answers: tuple[Answer, ...],
    accepts: tuple[str, ...],
    fault: Fault | None,
    function: Callable[..., Any],
) -> Report:
    """The report on a function that answered, but not everywhere as the formula does."""
    divergence = next((one.divergence for one in report.findings if one.divergence), None)
    tally = f"{sum(one.points for one in report.findings)} of {len(report.findings)} checks pass"
    if divergence is None:  # the numbers are right: no formula is shown
        first = next(one for one in report.findings if one.verdict != "AC")
        if fault:
            words = f"{fault_words(fault, function, task)} This was for: {first.name}. ({tally}.)"
            return replace(
                report, message=f"{report.name} {words}", lines=fault_lines(fault, function, rule, task)
            )
        return replace(
            report,
            message=f"{report.name} gives the right numbers, but {in_names(first.message, task)} ({tally}).",
            lines=(Line("Try", impure_advice(first, task)),),
        )
    diagnosis = diagnose(rule, task, answers, report.findings)
    diff = diagnosis.diff if task.form.kept else without_right_sides(diagnosis.diff, rule.code(of=task.part))
    report = replace(report, divergence=divergence, diff=diff, paths=plane_paths(task, answers))
    candidate = diagnosis.candidate
    if candidate and candidate.right:
        return in_dialect(report, rule, task, answers, diagnosis, accepts)
    if candidate:
        named = "; and ".join(candidate.says)
        kind = f" (in the form {candidate.dialect!r})" if candidate.dialect else ""
        effect = f": {diagnosis.effect}" if diagnosis.effect else ""
        message = f"{report.name} is not right yet ({tally}). {capitalised(named)}{kind}{effect}."
        report = replace(
            report, mistakes=candidate.mistakes, dialect=candidate.dialect if candidate.mistakes else None
        )
    elif fixed := [name for name in diagnosis.ignored if f"{name}-fixed" in rule.mistakes]:
        names = " and ".join(fixed)
        named = (
            f"{names} does not enter: a number of yours stands in its place, so changing it changes nothing"
        )
        message = f"{report.name} is not right yet ({tally}). {named}."
        report = replace(report, mistakes=tuple(f"{name}-fixed" for name in fixed))
    elif diagnosis.unexplained and diagnosis.right:
        right, wrong = (" and ".join(some) for some in (diagnosis.right, diagnosis.unexplained))
        effect = f" {capitalised(diagnosis.effect)}." if diagnosis.effect else ""
        verb = "is" if len(diagnosis.right) == 1 else "are"
        named = f"{right} {verb} right; {wrong} comes out otherwise"
        message = f"{report.name} is not right yet ({tally}). {named}.{effect}"
    else:
        effect = f" {capitalised(diagnosis.effect)}." if diagnosis.effect else ""
        unknown = "It is none of the mistakes that are known by name."
        message = f"{report.name} is not right yet ({tally}). {unknown}{effect}"
    lines = detail_lines(rule, task, diagnosis, divergence)
    if candidate is None and (word := cut_short_by(function)):
        lines = (*lines[:-1], Line("Try", f"leave {word} out: it cuts digits off"))
    if fault and fault.code != "TLE":
        where_else = next(one.name for one in report.findings if one.verdict == fault.code)
        also = Line("Besides", f"for {where_else} it {fault_words(fault, function, task)}")
        lines = (*lines[:-1], also, lines[-1])
    return replace(report, message=message, lines=lines)


def without_right_sides(diff: Iterable[tuple[str, str]], code: str) -> tuple[tuple[str, str], ...]:
    """The lines that differ, where what a function acts like does not give away a line of the right code.

    m_new = beta * m + grad is m_new = ... where m = beta * m + grad is right.
    """
    right = {side for line in code.splitlines() if (side := line.partition(" = ")[2].strip()) != "state"}
    shown = []
    for was, becomes in diff:
        made, _, side = becomes.partition(" = ")
        given_away = side in right and not side.isidentifier()
        shown.append((was, f"{made} = ... (as it should be)" if given_away else becomes))
    return tuple(shown)


def in_dialect(
    report: Report,
    rule: Rule,
    task: Task,
    answers: tuple[Answer, ...],
    diagnosis: Diagnosis,
    accepts: tuple[str, ...],
) -> Report:
    """The report on a right function in another form than the one asked for."""
    assert diagnosis.candidate is not None
    key = diagnosis.candidate.dialect
    assert key is not None
    faults = form_faults(report.findings)
    if returns_the_same_inputs(task, diagnosis.candidate, answers):
        faults = tuple(one for one in faults if one.name != "new arrays returned")
    passes = key in accepts and not faults
    asked = (
        f"the form {task.form.key!r} ({task.form.says})" if task.form.key != "primary" else "its primary form"
    )
    form = f"{rule.title} in the form {key!r}" + (
        f" ({diagnosis.candidate.says[0]})" if diagnosis.candidate.says[0] else ""
    )
    end = "which this task accepts too" if key in accepts else f"but this task asks for {asked}"
    message = f"{report.name} is correct as {form}, {end}. {apart_from_the_start(task, answers)}"
    change = "change the line shown above" if report.diff else "keep in the state what the formula keeps"
    lines: tuple[Line, ...] = (Line("Try", f"{change}; {pointer(rule, task)}"),)
    if faults:
        words = in_names(faults[0].message, task) or faults[0].name
        message = f"{report.name} has the numbers of {form}, {end}. It is not right yet, though: {words}."
        advice = [impure_advice(one, task) for one in faults if one.name in IMPURE]
        advice += [advice_on(one.fault, task.form) for one in answers if one.fault]
        lines = (Line("Try", advice[0]),)
        report = replace(report, diff=(), score=1 - len(faults) / len(report.findings))
    return replace(
        report,
        message=message,
        dialect=key,
        lines=() if passes else lines,
        passed=passes,
        verdict="AC" if passes else report.verdict,
        score=1.0 if passes else report.score,
    )


def returns_the_same_inputs(task: Task, candidate: Candidate, answers: tuple[Answer, ...]) -> bool:
    """Whether only inputs come back as they are that the form itself returns (a form of Rprop keeps grad)."""
    if not candidate.code:  # a stored form, which can't be asked
        return False
    form = (candidate_answer(candidate.function, task, number) for number in range(len(answers)))
    return all(got.aliased <= own.aliased for got, own in zip(answers, form, strict=True))


def form_faults(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What no formula excuses: inputs changed, memory or dtype not kept, probes that were not answered."""
    return tuple(
        one
        for one in findings
        if one.verdict not in ("AC", "WA") or (one.verdict == "WA" and one.name in IMPURE)
    )


def apart_from_the_start(task: Task, answers: tuple[Answer, ...]) -> str:
    """How far theta is from the expected one on walks that both forms begin with a state of their own.

    A state from elsewhere means another thing to another form, so probes that are under way tell nothing.
    """
    worst = 0.0
    for probe, wanted, got in zip(task.probes(), expected(*task), answers, strict=True):
        if not begins_at_the_start(task, probe):
            continue
        before = probe.theta
        for ours, theirs in zip(wanted.values, got.values, strict=False):
            step = largest(ours[-1] - before)
            apart = largest(theirs[-1] - ours[-1])
            worst = max(worst, apart / step if step else 0.0)
            before = ours[-1]
    if worst < SAME:
        return "From the start the two take theta the same way; the state that they keep differs."
    size = f"{figure(worst)} times the length" if worst >= 1 else f"{worst:.2g} of the length"
    return f"On these probes the two differ by up to {size} of a step, from the start."


SAME = 1e-6  # of a step: a difference that nobody sees


def detail_lines(rule: Rule, task: Task, diagnosis: Diagnosis, divergence: Divergence) -> tuple[Line, ...]:
    """First difference, what is right, and one thing to try."""
    lines = [Line("First difference", where(divergence))]
    if not np.isfinite(divergence.got) and np.isfinite(divergence.expected):
        lines.append(
            Line(
                "Not a finite number",
                "something was divided by zero, or the root of a negative number was taken",
            )
        )
    for name in diagnosis.ignored:
        lines.append(Line("Not used", f"changing {name} changes nothing in what your function returns"))
    if diagnosis.agrees_until:
        lines.append(
            Line("Right so far", f"it agrees until {diagnosis.agrees_until} is changed from its default")
        )
    if diagnosis.right:
        lines.append(Line("Already right", ", ".join(diagnosis.right)))
    lines.append(Line("Try", advice(rule, task, diagnosis, divergence)))
    return tuple(lines)


def where(one: Divergence) -> str:
    """'in the probe "first steps", at step 1, theta[0] should be 0.5 and is 0.4'."""
    place = one.term + (f"[{', '.join(map(str, one.coordinate))}]" if one.coordinate else "")
    digits = next((n for n in (4, 6, 9) if f"{one.expected:.{n}g}" != f"{one.got:.{n}g}"), 17)
    return (
        f"in the probe “{one.probe}”, at step {one.step}, {place} should be "
        f"{one.expected:.{digits}g} and is {one.got:.{digits}g}"
    )


def advice(rule: Rule, task: Task, diagnosis: Diagnosis, divergence: Divergence) -> str:
    """One thing to do next."""
    made = (was.split(" = ")[0].strip() for was, _ in diagnosis.diff if " = " in was)
    if term := next((one for one in made if one not in diagnosis.right), ""):
        return f"work out by hand what your line for {term} gives in the first step; {pointer(rule, task)}"
    watch = f"print {divergence.term} in step {divergence.step} and compare it with the formula"
    return f"{watch}; {pointer(rule, task)}"


def pointer(rule: Rule, task: Task) -> str:
    """Where help is."""
    if task.form.calls and not rule.kept and rule.name not in known_tasks():
        return "work one of the values out by hand"
    name = rule.name if task.part == "step" or task.form.calls else f"{rule.name}_grad"
    return f'hint("{name}") helps further'


def plane_paths(task: Task, answers: tuple[Answer, ...]) -> tuple[Array, Array] | None:
    """The first two coordinates of both paths over the first probe, where both are finite."""
    if task.part != "step" or not answers[0].values or task.probes()[0].theta.size < 2:
        return None
    reference = expected(*task)[0].values
    both = [
        np.array([np.ravel(theta)[:2] for theta in (task.probes()[0].theta, *(step[-1] for step in values))])
        for values in (reference, answers[0].values)
    ]
    return (both[0], both[1]) if all(np.isfinite(path).all() for path in both) else None


def contract(task: Task) -> str:
    """How the function has to end."""
    if task.form.calls:
        return "return the value"
    if task.part == "estimate":
        return "return the gradient, an array of theta's shape"
    fields = task.form.state_fields
    return (
        f"return theta, {state_tuple(fields)}"
        if fields
        else "return theta, state (this rule remembers nothing: state is ())"
    )


def fault_words(fault: Fault, function: Callable[..., Any], task: Task) -> str:
    """What went wrong, as the rest of a sentence that begins with the function's name."""
    line = f" (line {fault.line}: {fault.text})" if fault.line else ""
    if fault.kind == "not-attempted" or (fault.kind == "none" and is_untouched(function)):
        if is_untouched(function):
            return "is not attempted yet."
        return f"is begun, but not attempted yet to its end: raise NotImplementedError is still there{line}."
    if fault.kind == "raised":
        return f"raised {fault.says}{line}."
    if fault.kind in ("stopped", "protocol"):  # the end of its process, where it runs in a sandbox
        return f"{fault.says}{line}."
    if fault.kind == "too-long":
        return f"was {fault.says}: is there a loop over the coordinates in it, or one without end?"
    if fault.kind == "signature":
        return f"can't be called as it has to be: {fault.says}."
    if fault.kind == "none" and fault.says.startswith(NOTHING):
        return f"{fault.says.removeprefix('it ')}, so its result is lost."
    return f"returns something of the wrong form: {in_names(fault.says, task)}."


def in_names(says: str, task: Task) -> str:
    """A fault's words with the names of the state's parts, which whoever answers does not know."""
    fields = task.form.state_fields
    says = re.sub(r"part (\d+) of the state", lambda part: f"{fields[int(part[1])]} ({part[0]})", says)
    says = re.sub(r"state\[(\d+)\]", lambda part: fields[int(part[1])], says)
    if says == "its state is an array":
        comma = "; a name in brackets is no tuple, a comma makes it one" if len(fields) == 1 else ""
        return f"{says}, not the tuple {state_tuple(fields)}{comma}"
    if fields and (counted := re.fullmatch(r"its state has .*, not \d+", says)):
        return f"{counted[0]}: it is {state_tuple(fields)}"
    return says


def fault_lines(
    fault: Fault, function: Callable[..., Any], rule: Rule, task: Task, printed: bool = False
) -> tuple[Line, ...]:
    """What to do about a fault."""
    if fault.kind == "not-attempted" or (fault.kind == "none" and is_untouched(function)):
        return (Line("Next", f"replace raise NotImplementedError by your own lines; {pointer(rule, task)}"),)
    if fault.kind == "signature" and makes_a_step(function):
        made = f"it makes a step and is none: hand over what it returns, check({function.__name__}(...))"
        return (Line("It should take", should_take(task)), Line("Try", made))
    if fault.kind == "signature":
        advised = advice_on_signature(fault.says, task.form) if task.part == "step" else ()
        if task.part == "step" and kind_of(function):
            advised = (
                OUTSIDE_CLASSES,
                *((on_state(task.form.state_fields),) if task.form.state_fields else ()),
            )
        return (
            Line("It should take", should_take(task)),
            *((Line("Try", "; ".join(advised)),) if advised else ()),
        )
    plain = plain_slip(function, fault, task.form.state_fields, printed)
    if plain and fault.kind in ("none", "structure", "state", "type"):
        return (Line("Try", f"{plain}; let it end with: {contract(task)}"),)
    if plain:
        return (Line("Try", plain),)
    arrays = KIND_OF_ARRAY.get(fault.says.rpartition(" ")[2], "each part is a numpy array")
    advice = {
        "none": f"let it end with: {contract(task)}",
        "structure": f"let it end with: {contract(task)}",
        "swapped": f"let it end with: {contract(task)}",
        "state": f"let it end with: {contract(task)}",
        "shape": "theta, grad and each array of the state have one shape; check for sums, means and new axes",
        "dtype": "keep to floating-point numbers",
        "type": f"{arrays}; let it end with: {contract(task)}",
        "raised": f"{advice_on(fault, task.form)}; {pointer(rule, task)}",
        "stopped": "a step is a few lines: it needs no loop of its own, no files and no other process",
        "protocol": "let it return its result, and write to nothing",
        "too-long": "a step is a few lines without a loop; what should end the loop?",
    }
    return (Line("Try", advice[fault.kind]),) if fault.kind in advice else ()


OUTSIDE_CLASSES = (
    "write the step as a plain function, outside any class: what an object would keep in self is the state"
)
KIND_OF_ARRAY = {
    "list": "np.array(...) makes an array of a list; better, calculate with arrays throughout",
    "tuple": "theta and each part of the state are one array; a comma at a line's end makes a tuple of it",
    "matrix": "np.matrix has two dimensions whatever goes in: calculate with plain arrays",
}


def should_take(task: Task) -> str:
    """The arguments that the function has to take, as its first line has them."""
    if task.part == "estimate" and task.form.estimate:
        return f"({', '.join(inspect.signature(task.form.estimate).parameters)})"
    hypers = "".join(f", {name}" for name in task.form.hypers)
    return f"(theta, grad, state, *{hypers})" if hypers else "(theta, grad, state)"


def other_defaults(function: Callable[..., Any], task: Task) -> tuple[str, ...]:
    """A word on defaults that are not the rule's: the check gives every hyper, so they don't count."""
    if task.part != "step":
        return ()
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return ()
    others = [
        f"{name}={as_written(parameters[name].default)} (the rule: {hyper.default:g})"
        for name, hyper in task.form.hypers.items()
        if name in parameters and isinstance(parameters[name].default, float | int)
        if parameters[name].default != hyper.default
    ]
    return (
        (f"Your defaults differ from the rule's, which no check counts: {', '.join(others)}.",)
        if others
        else ()
    )


def as_written(number: float) -> str:
    """A number as Python writes it; one of more digits than that it can't write is told of."""
    try:
        return repr(number)
    except ValueError:
        return "a number of thousands of digits"


def impure_advice(finding: Finding, task: Task) -> str:
    """What to do about a function with right numbers that leaves its inputs not as they were, say."""
    changed = re.search(r"its input (\w+)", in_names(finding.message, task))
    return IMPURE[finding.name].format(name=changed[1] if changed else "theta")


IMPURE = {
    "inputs left alone": "write {name} = {name} - ... instead of {name} -= ...: -=, [...] = and out= write "
    "into the caller's array, under whatever name",
    "new arrays returned": "return a new array: theta = theta - ... makes one, theta[...] = ... does not",
    "dtype kept": "float32 in should give float32 out: look for np.float64, dtype=float, or a numpy function "
    "of a Python number, as np.sqrt(1 - beta) is (write (1 - beta) ** 0.5)",
}


def printed_note(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """A word on what the function printed, so that a check doesn't flood the page."""
    lines = [line for one in answers for line in one.printed.splitlines()]
    if not lines:
        return ()
    first = lines[0] if len(lines[0]) <= 60 else lines[0][:60] + "..."
    return (f"While it was checked, your function printed {len(lines)} lines; the first: {first}",)


def capitalised(text: str) -> str:
    """With a capital, unless it begins with a symbol: v, lr, beta1."""
    first = text.split(maxsplit=1)[0].rstrip(":,") if text else ""
    symbol = (len(first) == 1 and first != "a") or first in SYMBOLS or not first.isalpha()
    return text if symbol else text[0].upper() + text[1:]


SYMBOLS = ("lr", "eps", "theta", "beta", "grad", "rho")
