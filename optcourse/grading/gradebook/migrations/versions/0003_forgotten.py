"""Attempts that no longer count, as a person said that they were a fault of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("attempt_id", ID, sa.ForeignKey("attempts.id"), primary_key=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("when", sa.DateTime, nullable=False),
    )
