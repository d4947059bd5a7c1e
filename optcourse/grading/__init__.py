"""Grading what students hand in: safe, exact and fast.

    path -> Submission -> answers -> Report -> TaskResult -> Result -> gradebook row -> feedback, exports

- `records.py`       what flows between all of these; pure data, knows nothing
- `submissions.py`   a path (folder, file, zip) -> Submission: source text, as a student handed it in
  (`notebooks.py` reads .ipynb, `archives.py` zips, `naming.py` finds the student in a name)
- `assignment.py`    what is asked: tasks with points, from solutions/hwN_*.md or from `--rule`
- `draws.py`         hidden probes: the seed of an assignment -> a draw that tells all mistakes apart
- `sandbox/`         (source text, function name, probe) -> Answer, from a process that knows nothing
- `collecting.py`    all answers to a task's probes, each from where it can be relied on
- `scoring.py`       answers -> TaskResult: the checker's report, partial credit, no expected value in it
- `pipeline.py`      Submission, Assignment, Sandbox -> Result; what is our fault is IE, never a zero
- `attempts.py`      late policy, latest or best attempt: pure functions of records
- `batches.py`       many submissions, through any concurrent.futures executor (`cluster.py`: Dask's)
- `gradebook/`       Results kept, append-only; read as `grades.py`'s Grades: what counts for a student
- `feedback.py`, `report/`, `exports/`   what people get to see
- `command.py`       grade and regrade, with `settings.py` and `showing.py`; `overriding.py`

Trust: everything here is on the trusted side but `sandbox/inside/`, which runs beside a submission and
holds no expected value. A submission is never compiled, parsed as Python or unpickled on this side;
what comes out of the sandbox is bytes that `sandbox/frames.py` checks before it reads them.
"""
