"""The tables, as migrations/ makes them. Attempts, overrides and what is forgotten are only ever added to."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcTime(TypeDecorator[datetime]):
    """A time, kept in UTC without its zone: not every database has zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


# Sorted by code points everywhere, as SQLite does.
NAME = String().with_variant(String(collation="C"), "postgresql")
ID = BigInteger().with_variant(Integer, "sqlite")

METADATA = MetaData()

ASSIGNMENTS = Table(
    "assignments",
    METADATA,
    Column("name", NAME, primary_key=True),
    Column("policy", String, nullable=False),
    Column("due", UtcTime),
    Column("grace", Float),  # seconds
    Column("per_day", Float),
    Column("closes", Integer),
    Column("seed", BigInteger, nullable=False),
    Column("withdrawn", Text, nullable=False),  # JSON: [[task, probe], ...]
)

# What was handed in, with its source text, so that it can be graded again. One file's bytes are one row,
# with the first time at which they came. `attempt_id` is the grading that holds now; `fault` (JSON) is
# there while grading it failed through a fault of ours.
SUBMISSIONS = Table(
    "submissions",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("assignment", NAME, nullable=False),
    Column("student", NAME, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("problem", Text, nullable=False),
    Column("flags", Text, nullable=False),  # JSON
    Column("cells", LargeBinary, nullable=False),  # JSON, compressed
    Column("submitted", UtcTime),
    Column("received", UtcTime, nullable=False),
    Column("attempt_id", ID),
    Column("fault", Text),
    UniqueConstraint("assignment", "student", "digest", name="one_submission"),
    Index("submissions_of_a_digest", "assignment", "digest"),
)

# `conditions` is a digest of level, limits and tolerance: under others, it is another attempt. Once attempts
# at a submission were forgotten it ends in their number, and what comes then is another attempt, too.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("submission_id", ID, ForeignKey("submissions.id"), nullable=False),
    Column("version", String, nullable=False),
    Column("grader", String, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("conditions", String, nullable=False),
    Column("level", String, nullable=False),
    Column("limits", Text, nullable=False),  # JSON
    Column("tolerance", Float, nullable=False),
    Column("score", Float, nullable=False),
    Column("points", Float, nullable=False),
    Column("tasks", Text, nullable=False),  # JSON
    Column("flags", Text, nullable=False),  # JSON
    Column("graded", UtcTime, nullable=False),
    UniqueConstraint("submission_id", "version", "grader", "seed", "conditions", name="one_attempt"),
)

# An attempt that a person had made again, as it was a fault of ours: it stays as it is, and counts no more.
FORGOTTEN = Table(
    "forgotten",
    METADATA,
    Column("attempt_id", ID, ForeignKey("attempts.id"), primary_key=True),
    Column("why", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("when", UtcTime, nullable=False),
)

# What can't be graded of whom nothing else is: as the last run found it.
NOT_GRADED = Table(
    "not_graded",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("assignment", NAME, nullable=False),
    Column("student", NAME, nullable=False),
    Column("file", String, nullable=False),
    Column("why", Text, nullable=False),
    Index("not_graded_of_a_student", "assignment", "student"),
)

OVERRIDES = Table(
    "overrides",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("assignment", NAME, nullable=False),
    Column("student", NAME, nullable=False),
    Column("task", String, nullable=False),
    Column("points", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("when", UtcTime, nullable=False),
    Index("overrides_of_a_student", "assignment", "student"),
)


def columns(table: FromClause, *names: str) -> list[ColumnElement[Any]]:
    """Columns of a table by their names."""
    return [table.c[name] for name in names]
