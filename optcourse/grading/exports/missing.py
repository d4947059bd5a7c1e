"""Who of a class has nothing that is graded, and why; what reports and exports say of them is theirs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from optcourse.grading.exports.people import Person, candidates, student_calls, tables
from optcourse.grading.grades import rounded
from optcourse.grading.submissions import LeftOut

NOTHING = "nothing was handed in"
FEW = 5  # files of one person that are named
UNCLEAR = "it is not clear whose some of what was handed in is: see the names that are left out"


class Missing(NamedTuple):
    """Somebody of whom nothing is graded, and why. `person` is None where they are on no list."""

    student: str
    why: str
    person: Person | None = None

    @property
    def called(self) -> str:
        """What a person calls them: "name (id)", where a roster tells both."""
        name = self.row[1] if len(self.row) > 1 else ""
        return f"{name} ({self.student})" if name else self.student

    @property
    def row(self) -> tuple[str, ...]:
        """The list's row; for whom there is none, a roster's without anything in it."""
        return self.person.row if self.person else ("", "", "")


class Homework(NamedTuple):
    """An assignment, and the points of its tasks: what there is to say of somebody without work."""

    name: str
    tasks: Mapping[str, float]

    @property
    def points(self) -> float:
        """All its points."""
        return rounded(sum(self.tasks.values()))


def missing(
    graded: Iterable[str],
    left: Iterable[LeftOut],
    people: Sequence[Person] = (),
    roster: Sequence[Person] = (),
) -> tuple[Missing, ...]:
    """Everybody on a list who isn't one of the `graded`; then who else handed in what can't be graded.

    The roster tells of a student's other ids and names, as for `people.matched`.
    """
    wanted, known = tables(people), tables(roster)
    certain: Counter[int] = Counter()
    unclear: set[int] = set()
    for student in graded:
        meant = [id(one) for one in candidates(student_calls(student, known), wanted)]
        certain.update(meant if len(meant) == 1 else ())
        unclear.update(meant if len(meant) > 1 else ())
    unclear.update(one for one, count in certain.items() if count > 1)
    reasons = reasons_of(left)
    theirs: dict[int, list[str]] = defaultdict(list)
    strangers = []
    for student, why in reasons.items():
        meant = [id(one) for one in candidates(student_calls(student, known), wanted)]
        if len(meant) == 1:
            theirs[meant[0]] += why
        else:
            strangers.append(Missing(student, several(why)))
            unclear.update(meant)
    listed = [
        Missing(
            one.ids[0] if one.ids else one.row[0],
            several(theirs.get(id(one), ())) or (UNCLEAR if id(one) in unclear else NOTHING),
            one,
        )
        for one in people
        if certain[id(one)] != 1
    ]
    return (*listed, *strangers)


def reasons_of(left: Iterable[LeftOut]) -> dict[str, list[str]]:
    """What each student handed in that can't be graded, file by file."""
    found = defaultdict(list)
    for one in left:
        found[one.student].append(f"{one.file}: {one.why}")
    return found


def several(reasons: Sequence[str]) -> str:
    """Some of the reasons as one text, and how many more there are."""
    more = [f"and {len(reasons) - FEW} files more"] if len(reasons) > FEW else []
    return "; ".join([*reasons[:FEW], *more])
