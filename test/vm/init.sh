#!/usr/bin/env bash
# as: alice
# systemd as the first process of a container: it boots, has the groups below its own for itself, and stops as asked.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

debian

inside() { tspod exec booted "$@" 2>/dev/null; }

# boots NAME OPTION...: a container with these options gets as far as any machine.
boots() {
  local name=$1
  shift
  tspod run -d --name booted --network none "$@" debian >/dev/null || echo "not ok $name: it does not start"
  soon "$name" '^(running|degraded)$' is_running
  check "$name: no unit has failed" 0 '^$' inside systemctl --failed --no-legend --plain
  check "$name: a unit has its own group" 0 '^[0-9]+$' \
    inside cat /sys/fs/cgroup/system.slice/systemd-journald.service/cgroup.procs
  check "$name: with a limit of its own" 0 '^33554432$' \
    inside systemd-run --quiet --wait --pipe --unit limited -p MemoryMax=32M cat /sys/fs/cgroup/system.slice/limited.service/memory.max
  check "$name: a program of exec is in the group of the first process" 0 '/init.scope$' inside cat /proc/self/cgroup
  check "$name: the journal is kept" 0 'systemd' inside journalctl --no-pager --quiet --lines 5
  check "$name: it is asked to power off and does" 0 '^booted$' tspod stop -t 60 booted
  check "$name: with exit status 0 or as it was killed" 0 '^(0|130|137)$' tspod inspect booted --format '{{.State.ExitCode}}'
  tspod rm -f -t 0 booted >/dev/null
}
is_running() { inside systemctl is-system-running; }

boots 'a command named init'
boots '--systemd=always' --systemd always --memory 512m
boots 'ids of its own' --userns auto

tspod run -d --name booted --network none --userns auto debian >/dev/null
soon 'a last one' '^(running|degraded)$' is_running
kill -KILL "$(tspod inspect booted --format '{{.State.ConmonPid}}')"
check 'its monitor was killed: it has ended' 0 '^exited' tspod ps -a --format '{{.State}}'
no_scopes() { ! compgen -G "$units/tspod-*.scope"; }
check 'no group is left of those that it made' 0 '' until_true no_scopes
tspod rm -f -t 0 booted >/dev/null
