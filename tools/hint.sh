#!/bin/sh
# make hint N=12: the next hint for the first task that is not solved.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH
HINT=1 FILE= WATCH= STUDENT= exec sh tools/grade.sh
