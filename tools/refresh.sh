#!/bin/sh
# Keeps the chapters' code and numbers true: rewrites each block that stands
# behind a marker from the file that the marker names.
#
#   <!-- code src/12_batchnorm.c batchnorm_rstd -->     a function, struct or enum with its comment
#   <!-- needs 12 -->                                   the chapters that module 12 includes modules of;
#   <!-- needs --graph -->                              all of them as a graph, or as a --table
#   <!-- table docs/results/14_shift_summary.tsv -->    a table as Markdown;
#   <!-- table FILE module=12_batchnorm check=6x4 -->   only rows where these columns begin so
#   <!-- table FILE columns=step,loss every=10 -->      some columns, every tenth row;
#   <!-- table FILE every=10 by=norm -->               counted anew where the column norm changes
#   <!-- claims docs/verdict.md docs/results/verdict/full/verdict.tsv -->    the claims that the page is divided by, and how
#                                                       many of each one's parts the table confirms
#   <!-- table FILE norm=both -->                      rows whose norm begins so; norm=none+both: is one of these, norm=none+: just this
#
# usage: sh tools/refresh.sh [--check] FILE...    --check changes nothing and fails on a difference
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
check=
[ "${1:-}" = --check ] && { check=yes; shift; }
script=$(dirname "$0")/refresh.awk
status=0
for text in "$@"; do
    new=$(mktemp "$text.XXXXXX") || exit 2 # of this run alone
    cp -p "$text" "$new"                   # for its mode
    if ! awk -f "$script" "$text" >"$new"; then
        rm -f "$new"
        status=1
    elif cmp -s "$text" "$new"; then
        rm -f "$new"
    elif [ "$check" ]; then
        echo "$text: a block differs from its source; 'make refresh' rewrites it:" >&2
        diff "$text" "$new" | head -n 6 >&2
        rm -f "$new"
        status=1
    else
        mv "$new" "$text"
        echo "refreshed $text"
    fi
done
exit $status
