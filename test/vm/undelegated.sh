#!/usr/bin/env bash
# as: root
# Limits of controllers that systemd does not hand on to users.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

drop_in=/etc/systemd/system/user@.service.d/delegate.conf
kept=$(cat "$drop_in")
delegate() {
  printf '%s\n' "$1" >"$drop_in"
  systemctl daemon-reload
  systemctl restart user@1001.service
}
as_alice() { runuser -u alice -- env -C /home/alice HOME=/home/alice XDG_RUNTIME_DIR=/run/user/1001 "$@"; }
alice() { as_alice /home/alice/tspod/bin/tspod "$@"; }

delegate $'[Service]\nDelegate=memory pids'
check 'what is delegated is applied' 0 '^67108864$' \
  alice run --rm --memory 64m "$image" cat /sys/fs/cgroup/memory.max
check 'what is not is refused with the drop-in' 125 \
  '--blkio-weight cannot be applied: the io controller is not delegated to you hint: .*Delegate=.*/user@.service.d/' \
  alice run --rm --blkio-weight 500 "$image" true
check 'doctor tells which' 0 'warn cgroups not delegated: (cpu )?io' alice doctor
delegate "$kept"
