#!/bin/sh
# A stage of the tests among others at the same time: what it says is kept in a
# log, of which the last line is shown where all went well, else the whole.
#
# usage: sh tests/stage.sh LOG COMMAND...
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
log=$1
shift
mkdir -p "$(dirname "$log")" || exit 2
if "$@" >"$log" 2>&1; then
    grep '^skipped: ' "$log"
    tail -n 1 "$log"
else
    cat "$log"
    exit 1
fi
