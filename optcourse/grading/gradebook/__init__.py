"""The gradebook: every attempt as it was graded, kept; what counts is decided when it is read.

- `book.py`        Gradebook: keep results, read grades, overrides, settings
- `opening.py`     a URL -> a database of this version's schema, brought up to date if it is older
- `tables.py`      the tables
- `rows.py`        records to JSON text and back
- `migrations/`    Alembic's: how each version's schema comes from the one before
"""

from optcourse.grading.gradebook.book import Gradebook, Kept, Known

__all__ = ["Gradebook", "Kept", "Known"]
