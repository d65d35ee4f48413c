#!/bin/sh
# make hint N=12: the next hint for the first task that is not solved.
HINT=1 FILE= WATCH= exec sh tools/grade.sh
