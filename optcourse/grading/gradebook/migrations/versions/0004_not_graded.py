"""What was handed in and can't be graded, with the reason, so that reports and exports can name it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "not_graded",
        sa.Column("id", ID, primary_key=True),
        sa.Column("assignment", NAME, nullable=False),
        sa.Column("student", NAME, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("not_graded_of_a_student", "not_graded", ["assignment", "student"])
