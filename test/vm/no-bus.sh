#!/usr/bin/env bash
# as: alice
# Without a bus of systemd: all but limits and pause works, and a delegated group does as well.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

bus=$XDG_RUNTIME_DIR
unset DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR
hint='hint: .*systemd-run --user --scope -p Delegate=yes'
check 'run' 0 '^hi$' tspod run --rm "$image" echo hi
tspod run -d --name busless "$image" sleep 1000 >/dev/null
check 'exec' 0 '^hi$' tspod exec busless echo hi
check 'pause names the cure' 125 "without a cgroup $hint" tspod pause busless
check 'stop' 0 'busless' tspod stop -t 0 busless
check 'rm' 0 'busless' tspod rm busless
check '--memory is refused with the cure' 125 "--memory cannot be applied: .* $hint" \
  tspod run --rm --memory 64m "$image" true
check 'doctor names the cure' 0 'warn cgroups .*systemd-run' tspod doctor

delegated() {
  XDG_RUNTIME_DIR=$bus systemd-run --user --scope -q -p Delegate=yes \
    env XDG_RUNTIME_DIR=/tmp/busless /home/alice/tspod/bin/tspod "$@"
}
mkdir -m 700 /tmp/busless
check 'a delegated group is used, as the hint says' 0 '^67108864$' \
  delegated run --rm --memory 64m "$image" cat /sys/fs/cgroup/memory.max
rm -rf /tmp/busless
