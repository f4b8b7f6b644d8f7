#!/usr/bin/env bash
# as: root
# As root: the scope is the system's own systemd's.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

in_group '--memory' 67108864 memory.max --memory 64m
in_group '--cpus' '50000 100000' cpu.max --cpus 0.5
in_group '--memory with --cgroup-manager cgroupfs' 67108864 memory.max --cgroup-manager cgroupfs --memory 64m
in_group '--memory with --runtime crun' 67108864 memory.max --memory 64m --runtime crun
tspod run -d --name root "$image" sleep 1000 >/dev/null
check 'the scope is in machine.slice' 0 '^/machine.slice/tspod-[0-9a-f]{64}.scope/container$' \
  tspod inspect root --format '{{.State.CgroupPath}}'
check 'exec joins the group' 0 '^2$' tspod exec root sh -c 'wc -l < /sys/fs/cgroup/cgroup.procs'
check 'pause' 0 '' tspod pause root
check 'unpause' 0 '' tspod unpause root
tspod rm -f -t 0 root >/dev/null
no_scopes() { ! compgen -G '/sys/fs/cgroup/machine.slice/tspod-*.scope'; }
check 'the scope is gone with the container' 0 '' until_true no_scopes
