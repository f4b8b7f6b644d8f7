#!/usr/bin/env bash
# demo.sh: makes the machine ready and runs containers of the embedded image as an unprivileged user.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

bash "$project/scripts/setup.sh" demo
exec bash "$project/scripts/as-user.sh" node scripts/demo.mjs "$@"
