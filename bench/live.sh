#!/bin/sh
# The live figures against TensorFlow.js in the same browser: make bench-live. Its packages come by npm, into build/.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
for tool in node npm chromium; do
    command -v $tool >/dev/null 2>&1 || { echo "skipped: no $tool, to measure the live figures with (make setup BROWSER=yes)"; exit 0; }
done
modules=build/bench-live
mkdir -p $modules && cp bench/live/package.json bench/live/package-lock.json bench/live/.npmrc bench/live/run.js bench/live/page.html $modules/
cmp -s bench/live/package-lock.json $modules/installed || { (cd $modules && npm ci --silent) && cp bench/live/package-lock.json $modules/installed; } || exit 2
cd $modules && node run.js ../../"$1" ../../"$2"
