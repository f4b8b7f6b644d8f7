#!/usr/bin/env bash
# test.sh [all|unit|native|system] [FILE...]: makes the machine ready and runs the tests as an unprivileged user.
# The last line is 'N passed, N failed, N skipped'.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

part=${1:-all}
[ $# = 0 ] || shift
cd "$project"
if [ "$part" = unit ]; then
  bash scripts/setup.sh build
else
  bash scripts/setup.sh test
fi

# Built by who owns the tree, so that the user who runs them has nothing to build.
if [ "$part" = all ] || [ "$part" = native ]; then
  for source in native/test/*_test.c; do
    [ ! -e "$source" ] || make -s -j2 -C native "build/test/$(basename "$source" .c)"
  done
fi
if [ "$part" = all ] || [ "$part" = system ]; then
  TSPOD_DEBIAN_TAR=$(bash scripts/fixtures.sh) || say 'tests with a Debian root file system will be skipped'
  export TSPOD_DEBIAN_TAR
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
bash scripts/as-user.sh --copy node scripts/run-tests.mjs "$part" "$@" | tee "$log" || status=$?
summary=$(tail -n 1 "$log")
# What was left behind makes the run fail after its last line was printed: it is told again, corrected.
if [ "$status" != 0 ] && [[ $summary == *' 0 failed'* ]]; then
  echo 'something was left behind, or the runner ended early: see above'
  echo "${summary/ 0 failed/ 1 failed}"
fi
exit "$status"
