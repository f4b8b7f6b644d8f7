#!/usr/bin/env bash
# test.sh [all|unit|native|system|root] [FILE...]: makes the machine ready and runs the tests as an unprivileged user,
# those of test/root as root. The last line is 'N passed, N failed, N skipped'.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# root_tests [FILE...]: those of test/root, before the others, which count on from TSPOD_COUNTED.
root_tests() {
  [ "$part" = all ] || [ "$part" = root ] || return 0
  if can_be_root; then
    as_root env "PATH=$PATH" ${CI:+"CI=$CI"} bash scripts/as-root.sh node scripts/run-tests.mjs root "$@" |
      tee "$log" | sed '$d' || status=$?
    tail -n 1 "$log" | grep -q '^[0-9]* passed, ' || echo '0 passed, 1 failed, 0 skipped' >>"$log"
  else
    printf '\n== root\n﹣ test/root # not root, and sudo is not there or asks for a password\n'
    echo "0 passed, 0 failed, $(find test/root -name '*.test.ts' | wc -l) skipped" >"$log"
  fi
  TSPOD_COUNTED=$(tail -n 1 "$log")
  export TSPOD_COUNTED
}

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
root_tests "$@"
if [ "$part" = root ]; then
  tail -n 1 "$log"
  exit "$status"
fi
bash scripts/as-user.sh --copy node scripts/run-tests.mjs "$part" "$@" | tee "$log" || status=$?
summary=$(tail -n 1 "$log")
# What was left behind makes the run fail after its last line was printed: it is told again, corrected.
if [ "$status" != 0 ] && [[ $summary == *' 0 failed'* ]]; then
  echo 'something was left behind, or the runner ended early: see above'
  echo "${summary/ 0 failed/ 1 failed}"
fi
exit "$status"
