"""Settings of an assignment; which grading of a submission holds, and faults of ours.

Before, the newest grading held: going back to an earlier version of an assignment was not possible.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("policy", sa.String, nullable=False),
        sa.Column("due", sa.DateTime),
        sa.Column("grace", sa.Float),
        sa.Column("per_day", sa.Float),
        sa.Column("closes", sa.Integer),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("withdrawn", sa.Text, nullable=False),
    )
    op.add_column("submissions", sa.Column("attempt_id", ID))
    op.add_column("submissions", sa.Column("fault", sa.Text))
    op.execute(
        "UPDATE submissions SET attempt_id ="
        " (SELECT max(attempts.id) FROM attempts WHERE attempts.submission_id = submissions.id)"
    )
    op.execute(
        "INSERT INTO assignments (name, policy, seed, withdrawn)"
        " SELECT submissions.assignment, 'latest', max(attempts.seed), '[]'"
        " FROM submissions JOIN attempts ON attempts.id = submissions.attempt_id"
        " GROUP BY submissions.assignment"
    )
