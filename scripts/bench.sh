#!/usr/bin/env bash
# bench.sh [--runs N] [ROW...]: measures tspod beside Podman, in turns, on the same work. Needs root, and the script
# that makes the place with Podman in it: ../shared/peer/enter beside the project, or $TSPOD_PEER.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

peer=${TSPOD_PEER:-$project/../shared/peer/enter}
[ -x "$peer" ] || fail "$peer is missing: there is no Podman to compare with" \
  'set TSPOD_PEER to a script that runs its arguments beside Podman 5'
[ "$(id -u)" = 0 ] || fail 'the bench needs root: it reads the memory of processes in other user namespaces' \
  'sudo npm run bench'
bash "$project/scripts/setup.sh" test
TSPOD_DEBIAN_TAR=$(bash "$project/scripts/fixtures.sh") || say 'rows with the Debian image will be left out'
PEER_BIND="$project:$(dirname "${TSPOD_DEBIAN_TAR:-/var/cache/tspod-test/none}")${PEER_BIND:+:$PEER_BIND}"
export PEER_BIND
cd "$project"
exec "$peer" -r env "TSPOD_DEBIAN_TAR=${TSPOD_DEBIAN_TAR:-}" node --import tsx "$project/test/bench/bench.ts" "$@"
