"""An autograder for Gradescope: a zip with the assignment, the package and the two scripts that it runs.

After gradescope-autograders.readthedocs.io: setup.sh installs when the image is built; run_autograder finds
/autograder/source (this zip) and /autograder/submission, and leaves /autograder/results/results.json.
What the hidden numbers are drawn from is drawn anew for every submission there, and kept nowhere.
"""

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from optcourse.course.wheel import full_wheel
from optcourse.errors import writing
from optcourse.grading.assignment import read_assignment

EXECUTABLE = 0o755 << 16
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3 python3-venv bubblewrap libseccomp2
python3 -m venv /autograder/venv
cd /autograder/source
/autograder/venv/bin/pip install --quiet -c constraints.txt "$(echo ./optcourse-*.whl)[instructor]"
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission. Where we fail there is no results.json, and never a zero:
# Gradescope then says that the autograder failed, and it can be run again.
set -euo pipefail
root=${{AUTOGRADER_ROOT:-/autograder}}
optcourse=${{OPTCOURSE:-$root/venv/bin/optcourse}}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
results="$root/results/results.json"
if [ -z "$(find "$root/submission" -name '*.py' -o -name '*.ipynb' -o -name '*.zip')" ]; then
    echo '{{"score": 0, "output": "There is no .ipynb or .py file in what you handed in."}}' > "$results"
    exit
fi
mkdir "$work/in" "$work/out"
cp -r "$root/submission" "$work/in/student"
book="sqlite:///$work/grades.db"
"$optcourse" grade "$work/in" --assignment "$root/source/{source}" --gradebook "$book" --out "$work/feedback"
"$optcourse" export --format gradescope --assignment {name} --gradebook "$book" --out "$work/out"
cp "$work"/out/*.json "$results"
"""


def autograder(root: Path, source: Path, target: Path) -> None:
    """Write the zip for an assignment's source, from the checkout `root`.

    Everybody is asked for the assignment's own variant there: Gradescope knows no ids of a roster of ours.
    """
    name = read_assignment(source).name
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as place, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            wheel = full_wheel(root, Path(place))
            for path in (wheel, source, root / "constraints.txt"):
                archive.write(path, path.name)
            scripts = {"setup.sh": SETUP, "run_autograder": RUN.format(source=source.name, name=name)}
            for file, script in scripts.items():
                entry = zipfile.ZipInfo(file, (2026, 1, 1, 0, 0, 0))
                entry.external_attr = EXECUTABLE
                archive.writestr(entry, script)
