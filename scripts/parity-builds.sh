#!/usr/bin/env bash
# parity-builds.sh [CASE...]: builds the directories of test/parity/builds with tspod and with Podman, and compares files and
# configurations. Needs `podman` on the PATH, or in $TSPOD_PEER a script that runs its arguments as a user beside Podman.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

cd "$project"
tar=$(bash "$project/scripts/fixtures.sh") || say 'builds of Debian are left out'
runner=(env "TSPOD_DEBIAN_TAR=$tar" node --import tsx "$project/test/parity/build-trees.ts" "$@")
if [ -n "${TSPOD_PEER:-}" ]; then
  PEER_BIND="$project:$(dirname "${tar:-/var/cache/tspod-test/none}")${PEER_BIND:+:$PEER_BIND}" exec "$TSPOD_PEER" "${runner[@]}"
fi
command -v podman >/dev/null || fail 'there is no Podman to compare with' \
  'install podman, or set TSPOD_PEER to a script that runs its arguments beside it'
exec "${runner[@]}"
