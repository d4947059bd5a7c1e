"""Where a submission runs: a process that can calculate and nothing else, and the trusted end that asks it.

`frames.py` is the bytes between the two; `supervisor.py`, `asking.py`, `levels.py`, `filters.py`,
`places.py` and `proof.py` are the trusted end; `inside/` is what runs in the jail and can't be trusted.
"""
