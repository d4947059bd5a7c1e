"""The gradebook itself: keeps results as they come, and reads what they come to; both as a stream."""

import json
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple, Self, TypeVar

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from optcourse.errors import UserError
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.gradebook.opening import opened, reason, shown
from optcourse.grading.gradebook.rows import (
    cells_bytes,
    cells_of,
    conditions,
    fault_of,
    fault_text,
    tasks_of,
    tasks_text,
    text,
)
from optcourse.grading.gradebook.tables import (
    ASSIGNMENTS,
    ATTEMPTS,
    FORGOTTEN,
    NOT_GRADED,
    OVERRIDES,
    SUBMISSIONS,
    columns,
)
from optcourse.grading.grades import Attempt, Grade, Override, Settings, grade_of
from optcourse.grading.records import Circumstances, Result, Submission, TaskResult
from optcourse.grading.submissions import LeftOut
from optcourse.grading.workers import batched

PAUSES = (1, 2, 4, 8, 15, 30)  # seconds, before each new try when the database is away
PAGE = 200  # rows that are read at once
SECRET = 62  # bits of a seed: it fits into every database's whole numbers

Done = TypeVar("Done")
Key = tuple[str, str]  # a student and a digest: one submission of an assignment


class Known(NamedTuple):
    """How a file's very bytes were graded before, under the same circumstances."""

    student: str
    digest: str
    kind: str
    file: str
    version: str
    tasks: tuple[TaskResult, ...]
    flags: tuple[str, ...]


class Kept(NamedTuple):
    """A result as it was kept, and the score that held for this submission before; None: there was none."""

    result: Result
    before: float | None


class Gradebook:
    """Opened at a URL; close it, or use it as a context. Several may be open on one database.

    Every method that writes does so in one transaction. While a server is away they wait for it, for a minute
    in all, and for somebody else who writes to the same file some seconds; then UserError.
    """

    def __init__(
        self,
        address: str,
        *,
        create: bool = False,
        pauses: Sequence[float] = PAUSES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.engine = opened(address, create)
        self.pauses, self.sleep = pauses, sleep
        dialect = sqlite if self.engine.dialect.name == "sqlite" else postgresql
        self.insert: Callable[..., Any] = dialect.insert

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # What is written

    def keep(self, results: Sequence[tuple[Submission, Result]]) -> list[Kept]:
        """Keep the results of one assignment; those that are there already are left as they are.

        What grading failed for (IE) is remembered until it succeeds. The results come back with a flag where
        the same bytes were handed in before by somebody else, or under another name.
        """
        return self.tried(lambda connection: self.kept(connection, results), writes=True)

    def kept(self, connection: Connection, results: Sequence[tuple[Submission, Result]]) -> list[Kept]:
        """The same, in a transaction."""
        if not results:
            return []
        now = datetime.now(UTC)
        assignment = results[0][1].circumstances.assignment
        of: dict[Key, tuple[Submission, Result]] = {}
        for one, result in results:
            of.setdefault((one.student, one.digest), (one, result))
        rows = self.rows(connection, assignment, of)
        new = [submission_row(assignment, one, now) for key, (one, _) in of.items() if key not in rows]
        if new:
            connection.execute(self.insert(SUBMISSIONS).on_conflict_do_nothing(), new)
            rows = self.rows(connection, assignment, of)
        whole = {
            key: attempt_row(rows[key].id, result, now, rows[key].forgotten)
            for key, (_, result) in of.items()
            if not result.needs_a_person
        }
        attempts = attempt_ids(connection, list(whole.values()))
        missing = [row for row in whole.values() if identity(row) not in attempts]
        if missing:
            connection.execute(self.insert(ATTEMPTS).on_conflict_do_nothing(), missing)
            attempts = attempt_ids(connection, list(whole.values()))
        changed = []
        for key, (_, result) in of.items():
            before = None if rows[key].is_forgotten else rows[key].attempt_id
            holds = attempts[identity(whole[key])] if key in whole else before
            if key not in whole or (rows[key].attempt_id, rows[key].fault) != (holds, None):
                fault = None if key in whole else fault_text(result, now)
                changed.append({"here": rows[key].id, "attempt_id": holds, "fault": fault})
        if changed:
            here = update(SUBMISSIONS).where(SUBMISSIONS.c.id == bindparam("here"))
            connection.execute(here, changed)
        return [
            Kept(flagged(result, one, rows[one.student, one.digest]), rows[one.student, one.digest].score)
            for one, result in results
        ]

    def rows(
        self, connection: Connection, assignment: str, keys: Iterable[Key]
    ) -> dict[Key, Row[*tuple[Any, ...]]]:
        """What is kept of these submissions: with the score that holds, and who was first with the bytes."""
        first, keys = SUBMISSIONS.alias("first"), set(keys)
        query = (
            select(
                *columns(SUBMISSIONS, "id", "student", "digest", "file", "attempt_id", "fault"),
                ATTEMPTS.c.score,
                first.c.student.label("owner"),
                forgotten_at().label("forgotten"),
                SUBMISSIONS.c.attempt_id.in_(select(FORGOTTEN.c.attempt_id)).label("is_forgotten"),
            )
            .select_from(SUBMISSIONS)
            .outerjoin(ATTEMPTS, ATTEMPTS.c.id == SUBMISSIONS.c.attempt_id)
            .join(first, first.c.id == first_id())
            .where(SUBMISSIONS.c.assignment == assignment)
            .where(SUBMISSIONS.c.student.in_({student for student, _ in keys}))
            .where(SUBMISSIONS.c.digest.in_({digest for _, digest in keys}))
        )
        found = {(row.student, row.digest): row for row in connection.execute(query)}
        return {key: row for key, row in found.items() if key in keys}

    def forget(self, assignment: str, student: str, why: str, by: str) -> int:
        """Have a student's work graded again, whatever is known of it; how many attempts that concerns.

        They stay in the gradebook with who said so and why, and hold until others take their place.
        """
        now = datetime.now(UTC)
        theirs = (
            select(ATTEMPTS.c.id)
            .join(SUBMISSIONS, ATTEMPTS.c.submission_id == SUBMISSIONS.c.id)
            .where(SUBMISSIONS.c.assignment == assignment, SUBMISSIONS.c.student == student)
            .where(ATTEMPTS.c.id.not_in(select(FORGOTTEN.c.attempt_id)))
        )

        def work(connection: Connection) -> int:
            rows = [
                {"attempt_id": one, "why": why, "by": by, "when": now} for one in connection.scalars(theirs)
            ]
            if rows:
                connection.execute(self.insert(FORGOTTEN).on_conflict_do_nothing(), rows)
            return len(rows)

        return self.tried(work, writes=True)

    def add_override(self, override: Override) -> None:
        """Keep a person's word."""
        self.tried(lambda connection: connection.execute(insert(OVERRIDES), [vars(override)]), writes=True)

    def begun(self, assignment: str) -> Settings:
        """An assignment's settings; the first time its seed is drawn, a secret from then on."""
        drawn = Settings(seed=secrets.randbits(SECRET))
        made = (
            self.insert(ASSIGNMENTS).values(name=assignment, **settings_row(drawn)).on_conflict_do_nothing()
        )
        self.tried(lambda connection: connection.execute(made), writes=True)
        return self.settings(assignment)

    def set_settings(self, assignment: str, settings: Settings) -> None:
        """Keep an assignment's settings."""
        values = settings_row(settings)
        made = self.insert(ASSIGNMENTS).values(name=assignment, **values)
        made = made.on_conflict_do_update(index_elements=["name"], set_=values)
        self.tried(lambda connection: connection.execute(made), writes=True)

    def leave_out(self, assignment: str, seen: Iterable[str], left: Iterable[LeftOut]) -> None:
        """Keep what can't be graded, in the place of what was known of the students that were `seen`."""
        here = NOT_GRADED.c.assignment == assignment
        rows = [{"assignment": assignment, **vars(one)} for one in left]

        def work(connection: Connection) -> None:
            for some in batched(sorted(seen), PAGE):
                connection.execute(delete(NOT_GRADED).where(here, NOT_GRADED.c.student.in_(some)))
            if rows:
                connection.execute(insert(NOT_GRADED), rows)

        self.tried(work, writes=True)

    # What is read

    def settings(self, assignment: str) -> Settings:
        """An assignment's settings; the usual ones where it is not known yet."""
        query = select(ASSIGNMENTS).where(ASSIGNMENTS.c.name == assignment)
        row = self.tried(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return Settings()
        late = LatePolicy(row.due, timedelta(seconds=row.grace), row.per_day, row.closes) if row.due else None
        withdrawn = frozenset((task, probe) for task, probe in json.loads(row.withdrawn))
        return Settings(row.policy, late, row.seed, withdrawn)

    def last_level(self, assignment: str) -> str | None:
        """The level of the sandbox in the last run of an assignment; None where there was none."""
        query = select(ATTEMPTS.c.level).join(SUBMISSIONS, ATTEMPTS.c.submission_id == SUBMISSIONS.c.id)
        query = query.where(SUBMISSIONS.c.assignment == assignment).order_by(ATTEMPTS.c.id.desc()).limit(1)
        return self.tried(lambda connection: connection.scalars(query).one_or_none())

    def assignments(self) -> list[str]:
        """The names of those that something was handed in for."""
        query = select(SUBMISSIONS.c.assignment).distinct().order_by(SUBMISSIONS.c.assignment)
        return self.tried(lambda connection: list(connection.scalars(query)))

    def assignment_named(self, name: str) -> str:
        """The full name of "hw1", as in hw1_gradients, or of its source's file; UserError for none."""
        stem = name.replace("\\", "/").rpartition("/")[2].removesuffix(".md").removesuffix(".ipynb")
        known = self.assignments()
        found = [one for one in known if one == stem] or [one for one in known if one.startswith(f"{stem}_")]
        if len(found) != 1:
            there = ", ".join(known) or "nothing was graded yet"
            raise UserError(f"The gradebook has no assignment {name!r} ({there}).")
        return found[0]

    def known(
        self, submissions: Sequence[Submission], under: Circumstances, versions: Collection[str]
    ) -> list[Known]:
        """How these very files of these students were graded before, under the same circumstances.

        `versions` are of the assignment; that of `under` is not looked at.
        """
        what = [*columns(SUBMISSIONS, "student", "digest", "kind", "file"), ATTEMPTS.c.version]
        first = (
            select(func.min(ATTEMPTS.c.id))
            .join(SUBMISSIONS, ATTEMPTS.c.submission_id == SUBMISSIONS.c.id)
            .where(SUBMISSIONS.c.assignment == under.assignment)
            .where(SUBMISSIONS.c.student.in_({one.student for one in submissions}))
            .where(SUBMISSIONS.c.digest.in_({one.digest for one in submissions}))
            .where(SUBMISSIONS.c.file.in_({one.file for one in submissions}))
            .where(ATTEMPTS.c.version.in_(versions), ATTEMPTS.c.grader == under.grader)
            .where(ATTEMPTS.c.seed == under.seed)
            .where(ATTEMPTS.c.conditions.startswith(conditions(under), autoescape=True))
            .where(ATTEMPTS.c.id.not_in(select(FORGOTTEN.c.attempt_id)))
            .group_by(*what)
        )
        query = (
            select(
                *columns(SUBMISSIONS, "student", "digest", "kind", "file"),
                *columns(ATTEMPTS, "version", "tasks", "flags"),
            )
            .join(ATTEMPTS, ATTEMPTS.c.submission_id == SUBMISSIONS.c.id)
            .where(ATTEMPTS.c.id.in_(first))
        )
        return [
            Known(**{**row._mapping, "tasks": tasks_of(row.tasks), "flags": tuple(json.loads(row.flags))})
            for row in self.read(query)
        ]

    def submissions(self, assignment: str) -> Iterator[Submission]:
        """All that was handed in, as it was read then: to be graded again."""
        last = 0
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.assignment == assignment)
        query = query.order_by(SUBMISSIONS.c.id).limit(PAGE)
        while rows := self.read(query.where(SUBMISSIONS.c.id > last)):
            for row in rows:
                flags = tuple(json.loads(row.flags))
                cells = cells_of(row.cells)
                yield Submission(
                    row.student, row.file, cells, row.kind, row.digest, row.submitted, row.problem, flags
                )
            last = rows[-1].id

    def not_graded(self, assignment: str) -> list[LeftOut]:
        """What can't be graded of those of whom nothing is, in the order of their names."""
        graded = select(SUBMISSIONS.c.student).where(SUBMISSIONS.c.assignment == assignment)
        query = (
            select(*columns(NOT_GRADED, "student", "file", "why"))
            .where(NOT_GRADED.c.assignment == assignment, NOT_GRADED.c.student.not_in(graded))
            .order_by(NOT_GRADED.c.student, NOT_GRADED.c.id)
        )
        return [LeftOut(**row._mapping) for row in self.read(query)]

    def students(self, assignment: str) -> set[str]:
        """Who handed in something that was graded."""
        query = select(SUBMISSIONS.c.student).where(SUBMISSIONS.c.assignment == assignment).distinct()
        return self.tried(lambda connection: set(connection.scalars(query)))

    def count(self, assignment: str) -> int:
        """How many submissions there are."""
        query = select(func.count()).where(SUBMISSIONS.c.assignment == assignment)
        return self.tried(lambda connection: connection.scalars(query).one())

    def grades(self, assignment: str, student: str | None = None) -> Iterator[Grade]:
        """What counts, student by student in the order of their names; or one student's only.

        All of it is read as it stood when reading began. UserError where the database goes away meanwhile.
        """
        settings = self.settings(assignment)
        overrides: dict[str, list[Override]] = {}
        for override in self.overrides(assignment):
            overrides.setdefault(override.student, []).append(override)
        try:
            with self.engine.connect().execution_options(yield_per=PAGE) as connection:
                rows = connection.execute(attempts_of(assignment, student))
                for name, group in groupby(rows, lambda row: row.student):
                    attempts = [attempt for row in group for attempt in attempts_in(row)]
                    yield grade_of(attempts, overrides.get(name, ()), settings.policy, settings.late)
        except DBAPIError as error:
            raise self.failed(error) from error

    def overrides(self, assignment: str) -> list[Override]:
        """All that persons said, in the order in which they did."""
        query = (
            select(*(column for column in OVERRIDES.c if column.name != "id"))
            .where(OVERRIDES.c.assignment == assignment)
            .order_by(OVERRIDES.c.id)
        )
        rows = self.read(query)
        return [Override(**row._mapping) for row in rows]

    # How it is done

    def read(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows of a query."""
        return self.tried(lambda connection: connection.execute(query).all())

    def tried(self, work: Callable[[Connection], Done], writes: bool = False) -> Done:
        """What `work` returns, in a transaction; tried again while the database is away."""
        for pause in (*self.pauses, None):
            try:
                with self.engine.connect().execution_options(writes=writes) as connection, connection.begin():
                    return work(connection)
            except DBAPIError as error:
                if pause is None or not passing(error):
                    raise self.failed(error) from error
            self.sleep(pause)
        raise AssertionError

    def failed(self, error: DBAPIError) -> UserError:
        """What a person is told."""
        return UserError(
            f"The gradebook {shown(self.engine.url)} can't be used any more: {reason(error)}. What it has "
            "is kept: mend this, and give the same command again."
        )


def passing(error: DBAPIError) -> bool:
    """Whether waiting may help: the server is away. For another writer SQLite itself has waited."""
    if getattr(error.orig, "sqlite_errorname", None):
        return False
    state = getattr(error.orig, "sqlstate", None)  # PostgreSQL's; none where there was no answer at all
    away = state is None or state[:2] in ("08", "40", "57") or state == "53300"
    return away and isinstance(error, OperationalError | InterfaceError)


def first_id() -> Any:
    """The first of the submissions that have the same bytes."""
    other = SUBMISSIONS.alias("other")
    same = and_(other.c.assignment == SUBMISSIONS.c.assignment, other.c.digest == SUBMISSIONS.c.digest)
    return select(func.min(other.c.id)).where(same).scalar_subquery()


def forgotten_at() -> Any:
    """How many attempts at a submission were forgotten."""
    theirs = ATTEMPTS.alias("theirs")
    return (
        select(func.count())
        .select_from(FORGOTTEN.join(theirs, theirs.c.id == FORGOTTEN.c.attempt_id))
        .where(theirs.c.submission_id == SUBMISSIONS.c.id)
        .scalar_subquery()
    )


def flagged(result: Result, submission: Submission, row: Row[*tuple[Any, ...]]) -> Result:
    """The result, with a flag where its bytes were there before."""
    if row.owner != submission.student:
        return with_flag(result, f"by {row.owner} too")
    return with_flag(result, "again") if row.file != submission.file else result


def with_flag(result: Result, how: str) -> Result:
    """The result with a flag on its bytes."""
    return replace(result, flags=(*result.flags, f"duplicate: the same file was handed in {how}"))


def submission_row(assignment: str, one: Submission, now: datetime) -> dict[str, Any]:
    """A submission for its table."""
    return {
        "assignment": assignment,
        "student": one.student,
        "digest": one.digest,
        "file": one.file,
        "kind": one.kind,
        "problem": one.problem,
        "flags": text(one.flags),
        "cells": cells_bytes(one.cells),
        "submitted": one.submitted,
        "received": now,
    }


def settings_row(settings: Settings) -> dict[str, Any]:
    """An assignment's settings for its table."""
    late = settings.late
    return {
        "policy": settings.policy,
        "due": late.due if late else None,
        "grace": late.grace.total_seconds() if late else None,
        "per_day": late.per_day if late else None,
        "closes": late.closes if late else None,
        "seed": settings.seed,
        "withdrawn": text(sorted(settings.withdrawn)),
    }


def attempt_row(submission: int, result: Result, now: datetime, forgotten: int) -> dict[str, Any]:
    """An attempt for its table, after so many at the same submission were forgotten."""
    under = result.circumstances
    return {
        "submission_id": submission,
        "version": under.version,
        "grader": under.grader,
        "seed": under.seed,
        "conditions": conditions(under) + (f".{forgotten}" if forgotten else ""),
        "level": under.level,
        "limits": text(under.limits),
        "tolerance": under.tolerance,
        "score": result.score,
        "points": result.points,
        "tasks": tasks_text(result.tasks),
        "flags": text(result.flags),
        "graded": now,
    }


IDENTITY = ("submission_id", "version", "grader", "seed", "conditions")


def identity(row: Any) -> tuple[Any, ...]:
    """What makes an attempt the same as another."""
    return tuple(row[name] for name in IDENTITY)


def attempt_ids(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[tuple[Any, ...], int]:
    """The attempts of these submissions by their identity."""
    query = select(*columns(ATTEMPTS, "id", *IDENTITY)).where(
        ATTEMPTS.c.submission_id.in_({row["submission_id"] for row in rows})
    )
    return {identity(row): row["id"] for row in connection.execute(query).mappings()}


SUBMITTED = ("assignment", "student", "digest", "file", "submitted", "attempt_id", "fault")


def attempts_of(assignment: str, student: str | None) -> Select[*tuple[Any, ...]]:
    """Each grading of each submission, and each submission without one, student by student."""
    first = SUBMISSIONS.alias("first")
    query = (
        select(
            *columns(SUBMISSIONS, *SUBMITTED),
            *(column for column in ATTEMPTS.c),
            first.c.student.label("owner"),
        )
        .select_from(SUBMISSIONS)
        .outerjoin(ATTEMPTS, and_(ATTEMPTS.c.submission_id == SUBMISSIONS.c.id, counts_still()))
        .join(first, first.c.id == first_id())
        .where(SUBMISSIONS.c.assignment == assignment)
        .where(or_(SUBMISSIONS.c.attempt_id.is_not(None), SUBMISSIONS.c.fault.is_not(None)))
        .order_by(
            SUBMISSIONS.c.student, SUBMISSIONS.c.submitted.nulls_first(), SUBMISSIONS.c.id, ATTEMPTS.c.id
        )
    )
    return query.where(SUBMISSIONS.c.student == student) if student is not None else query


def counts_still() -> Any:
    """Whether an attempt is not forgotten; one that is counts until another takes its place."""
    return or_(
        ATTEMPTS.c.id.not_in(select(FORGOTTEN.c.attempt_id)), ATTEMPTS.c.id == SUBMISSIONS.c.attempt_id
    )


def attempts_in(row: Row[*tuple[Any, ...]]) -> Iterator[Attempt]:
    """The attempt of a row, and the fault that stands beside it."""
    if row.id is not None:
        result = Result(
            row.student,
            row.file,
            row.digest,
            tasks_of(row.tasks),
            tuple(json.loads(row.flags)),
            Circumstances(
                row.assignment,
                row.version,
                row.grader,
                row.seed,
                row.level,
                json.loads(row.limits),
                row.tolerance,
            ),
            row.submitted,
        )
        if row.owner != row.student:
            result = with_flag(result, f"by {row.owner} too")
        yield Attempt(result, row.graded, row.id == row.attempt_id)
    if row.fault is not None and row.id in (None, row.attempt_id):
        result, graded = fault_of(row.fault)
        yield Attempt(result, graded, row.attempt_id is None)
