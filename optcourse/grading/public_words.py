"""What a student is told of hidden probes: the verdict and the points are theirs, all words the public ones'.

Whatever a submission says once it has been told a hidden number may have that number in it: an exception's
text, what it prints, how its process ends, where its answer differs. So none of that is shown: a fresh
process is asked with the public numbers, and its words are. Knows no answer and no expected value.
"""

from dataclasses import replace

from optcourse.grading.records import VERDICTS, FindingResult, TaskResult

LOOK = (
    "Look for numbers that are written in, for what is kept outside of the state, and for shapes, signs or "
    "sizes that are taken for granted."
)


def in_public_words(function: str, judged: TaskResult, public: TaskResult) -> TaskResult:
    """The verdict and the points of the hidden numbers (`judged`), in the words of the `public` ones."""
    says = {one.name: one for one in public.findings}
    findings = tuple(finding_in_public_words(one, says.get(one.name)) for one in judged.findings)
    message = public.message
    if judged.verdict != public.verdict and {judged.verdict, public.verdict} != {"PC", "WA"}:
        words = f"{VERDICTS[judged.verdict]} ({judged.verdict})"
        message = (
            f"{function} is right with the numbers that check asks with; with numbers that nobody has seen: "
            f"{words}. {LOOK}"
            if public.verdict == "AC"
            else f"{message} With numbers that nobody has seen: {words}."
        )
    return replace(public, verdict=judged.verdict, score=judged.score, message=message, findings=findings)


def finding_in_public_words(judged: FindingResult, public: FindingResult | None) -> FindingResult:
    """A finding with the message of the public one of its name, where that went the same way."""
    same = public is not None and public.verdict == judged.verdict
    return replace(judged, message=public.message if public and same else "")
