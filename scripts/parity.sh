#!/usr/bin/env bash
# parity.sh [--list] [GROUP...]: runs the command lines of test/parity with tspod and with Podman, and compares. Needs
# `podman` on the PATH, or in $TSPOD_PEER a script that runs its arguments as a user beside Podman.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

cd "$project"
runner=(node --import tsx "$project/test/parity/run.ts" "$@")
if [ -n "${TSPOD_PEER:-}" ]; then
  PEER_BIND="$project${PEER_BIND:+:$PEER_BIND}" exec "$TSPOD_PEER" "${runner[@]}"
fi
command -v podman >/dev/null || fail 'there is no Podman to compare with' \
  'install podman, or set TSPOD_PEER to a script that runs its arguments beside it'
exec "${runner[@]}"
