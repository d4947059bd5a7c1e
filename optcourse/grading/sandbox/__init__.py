"""Where a submission runs: a process that can calculate and nothing else, and the trusted end that asks it.

- `frames.py`      the bytes between the two; `claims.py` the texts in them; `replies.py` what they answer
- `asking.py`      probes -> Answers, one step at a time
- `job.py`         one process: request and answer, under limits; `endings.py` how it ended, as a verdict
- `supervisor.py`  the fork server that the processes come from; `control.py` the line to it
- `levels.py`, `filters.py`, `places.py`  how it is shut in; `proof.py` that it is
- `inside/`        what runs in the jail and can't be trusted
"""
