#!/bin/sh
# Makes the zip file that Gradescope calls an autograder, for one chapter's exercises.
#
# usage: sh tools/autograder.sh CHAPTER FILE.zip
#
# In it: setup.sh (installs and builds, once), run_autograder (grades one submission), and of the
# course what these two need. The cases that are not shown are made from a number drawn here.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH

case ${1:-} in
'' | *[!0-9]*) echo "usage: sh tools/autograder.sh CHAPTER FILE.zip" >&2 && exit 2 ;;
esac
case ${2:-} in
*?.zip) ;;
*) echo "autograder.sh: found '${2:-}'; expected the name of a zip file to write" >&2 && exit 2 ;;
esac
command -v zip >/dev/null || { echo "autograder.sh: found no zip; 'make setup GRADING=1' installs it" >&2 && exit 2; }
chapter=$1
case $2 in /*) to=$2 ;; *) to=$PWD/$2 ;; esac
cd "$(dirname "$0")/.." || exit 2
tail -n +2 grading/bugs.tsv | cut -f 1 | grep -qx "$(echo "$chapter" | sed 's/^0*//')" || { echo "autograder.sh: found chapter '$chapter'; expected one with exercises, 1 to 24" >&2 && exit 2; }
room=$(mktemp -d) || exit 2
trap 'rm -rf "$room"' EXIT
trap 'exit 1' HUP INT TERM

seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
cp -r Makefile src grading tools "$room" || exit 2
mkdir "$room/chapters" && cp chapters/[0-9]*.md "$room/chapters" || exit 2
cat >"$room/setup.sh" <<'END'
#!/bin/sh
# Once, when the image is made.
cd "${AUTOGRADER:-/autograder}/source" || exit 1
command -v make >/dev/null || { apt-get update -q && apt-get install -y -q make; }
make setup GRADING=1 && make FAST=no grader
END
cat >"$room/run_autograder" <<END
#!/bin/sh
# For every submission.
root=\${AUTOGRADER:-/autograder}
mkdir -p "\$root/results"
results=\$root/results/results.json
rm -f "\$results"
cd "\$root/source" && make grade N=$chapter FILE="\$root/submission" SEED=$seed GRADESCOPE="\$results"
[ -s "\$results" ] || echo '{ "score": 0, "output": "Nothing could be graded: is there a file of the exercise, under its own name? If there is, tell your instructor." }' >"\$results"
END
chmod +x "$room/setup.sh" "$room/run_autograder"
rm -f "$to"
(cd "$room" && zip -q -r -X "$to" .) || exit 2
echo "$to: chapter $chapter; see docs/instructors.md"
