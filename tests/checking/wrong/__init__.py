"""Catalogued mistakes as learners write them: whole functions in many hands, none made from the catalogue."""

from tests.checking.wrong import adam, adam_pairs, adam_relatives, adaptive, first_order, later_rules
from tests.checking.wrong.table import Wrong

MODULES = (first_order, adaptive, adam, adam_relatives, later_rules, adam_pairs)
TABLE = tuple(entry for module in MODULES for entry in vars(module).values() if isinstance(entry, Wrong))
SINGLES = tuple(entry for entry in TABLE if len(entry.keys) == 1)
PAIRS = tuple(entry for entry in TABLE if len(entry.keys) == 2)
