"""Submissions, attempts and overrides."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("assignment", NAME, nullable=False),
        sa.Column("student", NAME, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("flags", sa.Text, nullable=False),
        sa.Column("cells", sa.LargeBinary, nullable=False),
        sa.Column("submitted", sa.DateTime),
        sa.Column("received", sa.DateTime, nullable=False),
        sa.UniqueConstraint("assignment", "student", "digest", name="one_submission"),
    )
    op.create_index("submissions_of_a_digest", "submissions", ["assignment", "digest"])
    op.create_table(
        "attempts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("submission_id", ID, sa.ForeignKey("submissions.id"), nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("grader", sa.String, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("conditions", sa.String, nullable=False),
        sa.Column("level", sa.String, nullable=False),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("tolerance", sa.Float, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("points", sa.Float, nullable=False),
        sa.Column("tasks", sa.Text, nullable=False),
        sa.Column("flags", sa.Text, nullable=False),
        sa.Column("graded", sa.DateTime, nullable=False),
        sa.UniqueConstraint("submission_id", "version", "grader", "seed", "conditions", name="one_attempt"),
    )
    op.create_table(
        "overrides",
        sa.Column("id", ID, primary_key=True),
        sa.Column("assignment", NAME, nullable=False),
        sa.Column("student", NAME, nullable=False),
        sa.Column("task", sa.String, nullable=False),
        sa.Column("points", sa.Float, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("when", sa.DateTime, nullable=False),
    )
    op.create_index("overrides_of_a_student", "overrides", ["assignment", "student"])
