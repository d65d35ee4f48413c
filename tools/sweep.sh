#!/bin/sh
# Gives the runs of the verdict that are not there yet to an engine that knows many cores.
#
# usage: sh tools/sweep.sh SCALE               GNU parallel, on all cores of this machine
#        sh tools/sweep.sh SCALE HOST,HOST     GNU parallel by ssh: on each host this directory stands at the same path,
#                                              built; ':' is this machine. The runs' files come back here.
#        sh tools/sweep.sh SCALE slurm         a Slurm array, where all nodes see this directory; SBATCH holds more options,
#                                              as in SBATCH='--partition=short --time=1:00:00'
#
# SCALE is smoke, pilot, quick or full. What was stopped goes on; 'make verdict SCALE=...' collects the tables.
set -eu
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
cd "$(dirname "$0")/.."
usage() { sed -n 's/^# \{0,1\}//; 4,11p' "$0" >&2; exit 2; }
[ $# -ge 1 ] && [ $# -le 2 ] || usage
case $1 in smoke | pilot | quick | full) ;; *) echo "sweep.sh: found scale '$1'; expected smoke, pilot, quick or full" >&2 && exit 2 ;; esac
scale=$1 engine=${2:-:}
verdict=build/bin/verdict runs=build/verdict/$scale/runs
[ -x $verdict ] || { echo "sweep.sh: found no $verdict; 'make' builds it" >&2 && exit 2; }
mkdir -p "$runs"
list=build/verdict/$scale/missing.list
$verdict list --scale "$scale" | while read -r name; do [ -e "$runs/$name.tsv" ] || echo "$name"; done >$list
n=$(($(wc -l <$list)))
[ $n -gt 0 ] || { echo "all runs are there: make verdict SCALE=$scale" && exit 0; }
echo "$n runs to do"

one="OMP_NUM_THREADS=1 $verdict run {} --scale $scale --runs $runs"
if [ "$engine" = slurm ]; then
    command -v sbatch >/dev/null || { echo "sweep.sh: found no sbatch; expected Slurm's" >&2 && exit 2; }
    # shellcheck disable=SC2086 # options are words
    sbatch --array=1-$n --cpus-per-task=1 --output=/dev/null ${SBATCH:-} --wrap="
name=\$(sed -n \"\${SLURM_ARRAY_TASK_ID}p\" $list)
$(echo "$one" | sed 's/{}/$name/g')"
else
    command -v parallel >/dev/null || { echo "sweep.sh: found no GNU parallel (Debian: parallel); expected it for '$engine'" >&2 && exit 2; }
    set -- --will-cite --workdir . --sshlogin "$engine" --arg-file $list
    [ "$engine" = : ] || set -- "$@" --return "$runs/{}.tsv"
    [ ! -t 2 ] || set -- "$@" --eta
    parallel "$@" "$one"
fi
