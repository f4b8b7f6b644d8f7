#!/usr/bin/env bash
# as: alice
# A running container has new limits at once, keeps them over restarts, and stats tells what its group tells.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

in_update() { tspod exec updated cat "/sys/fs/cgroup/$1"; }

# update_and_read FILE OPTION...
update_and_read() {
  tspod update "${@:2}" updated >/dev/null && in_update "$1"
}

# changed NAME VALUE FILE OPTION...: after the update FILE of the running container's group has VALUE.
changed() {
  check "update $1" 0 "^$2\$" update_and_read "${@:3}"
}

tspod run -d --name updated --network none --restart always "$image" sleep 1000 >/dev/null
changed '--memory' 67108864 memory.max --memory 64m
changed '--memory gives as much swap again' 67108864 memory.swap.max --memory 64m
changed '--memory-swap' 37748736 memory.swap.max --memory-swap 100m
changed '--memory-swap -1' max memory.swap.max --memory-swap -1
changed '--memory-reservation' 33554432 memory.low --memory-reservation 32m
changed '--cpus' '50000 100000' cpu.max --cpus 0.5
changed '--cpus 0' 'max 100000' cpu.max --cpus 0
changed '--cpu-quota with --cpu-period' '20000 50000' cpu.max --cpu-quota 20000 --cpu-period 50000
changed '--cpu-shares' 20 cpu.weight --cpu-shares 512
changed '--cpuset-cpus' 0 cpuset.cpus --cpuset-cpus 0
changed '--pids-limit' 20 pids.max --pids-limit 20
changed '--blkio-weight' 'default 4950' io.weight --blkio-weight 500
changed '--device-read-bps' '[0-9]+:0 rbps=1048576 wbps=max riops=max wiops=max' io.max --device-read-bps /dev/vda:1mb
changed '--device-write-iops beside it' '[0-9]+:0 rbps=1048576 wbps=max riops=max wiops=10' io.max \
  --device-write-iops /dev/vda:10
check 'a value that the kernel refuses changes nothing' 125 'updating container "updated": applying --cpuset-cpus .*99' \
  tspod update --memory 80m --cpuset-cpus 99 --pids-limit 30 updated
check 'what was taken before it is taken back' 0 '^67108864$' in_update memory.max
check 'after it the record is as before' 0 '^0 20$' tspod inspect --format '{{.HostConfig.CpusetCpus}} {{.HostConfig.PidsLimit}}' updated
check 'inspect shows what was changed' 0 '^67108864 -1 512 500$' \
  tspod inspect --format '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.CpuShares}} {{.HostConfig.BlkioWeight}}' updated
changed '--memory is there' 67108864 memory.max --pids-limit -1
check 'a limit of processes that was taken away' 0 '^max$' in_update pids.max

was_restarted() { [ "$(tspod inspect --format '{{.RestartCount}} {{.State.Status}}' updated)" = '1 running' ]; }
kill -KILL "$(tspod inspect --format '{{.State.Pid}}' updated)"
until_true was_restarted || true
check 'its monitor restarted it' 0 '^1 running$' tspod inspect --format '{{.RestartCount}} {{.State.Status}}' updated
check 'a restart by the monitor keeps it' 0 '^67108864$' in_update memory.max
tspod update --restart no updated >/dev/null
tspod stop -t 0 updated >/dev/null
tspod update --memory 48m --memory-swap 96m updated >/dev/null
tspod start updated >/dev/null
check 'the next start has what was changed while it was stopped' 0 '^50331648$' in_update memory.max
tspod update --memory 0 --memory-swap -1 updated >/dev/null
check 'a limit of memory that was taken away' 0 '^max$' in_update memory.max
tspod rm -f -t 0 updated >/dev/null

tspod run -d --name foreign --network none --runtime crun "$image" sleep 1000 >/dev/null
tspod update --memory 64m foreign >/dev/null
check 'update with --runtime crun' 0 '^67108864$' tspod exec foreign cat /sys/fs/cgroup/memory.max
tspod rm -f -t 0 foreign >/dev/null

# An allocation of 8 MB in a shell variable, 3 processes.
# shellcheck disable=SC2016
tspod run -d --name measured --memory 100m --network none "$image" \
  sh -c 'x=$(head -c 8000000 /dev/zero | tr "\0" x); sleep 1000 & sleep 1001 & wait' >/dev/null
has_grown() { [ "$(tspod stats --no-stream --format '{{.PIDs}}' measured)" = 3 ]; }
until_true has_grown || true
check 'stats shows memory of its group and the limit' 0 '^([89]|[1-3][0-9])\.[0-9]*MB / 104\.9MB 3$' \
  tspod stats --no-stream --format '{{.MemUsage}} {{.PIDS}}' measured
check 'stats has nothing to explain where all controllers are' 0 '^ID .* AVG CPU % [0-9a-f]{12} measured [0-9.]+% [^W]*$' \
  tspod stats --no-stream measured
tspod rm -f -t 0 measured >/dev/null

check '--cgroup-parent' 0 '^0::/user.slice/user-1001.slice/user@1001.service/tspodtest.slice/tspodtest-one.slice/tspod-[0-9a-f]{64}.scope/container$' \
  tspod run --rm --network none --cgroupns host --cgroup-parent tspodtest-one.slice "$image" cat /proc/self/cgroup
check '--cgroup-parent that is no slice' 125 'did not receive systemd slice as cgroup parent' \
  tspod run --rm --network none --cgroup-parent /foo "$image" true
check '--cgroup-parent with its limits' 0 '^67108864$' \
  tspod run --rm --network none --memory 64m --cgroup-parent tspodtest.slice "$image" cat /sys/fs/cgroup/memory.max
check '--cgroups=split is below the own group' 0 '/splitting.scope/tspod-[0-9a-f]{64}$' \
  systemd-run --user --scope --quiet --unit splitting -p Delegate=yes /home/alice/tspod/bin/tspod run --rm --network none \
  --cgroupns host --cgroups split --memory 64m "$image" cat /proc/self/cgroup
check '--cgroups=no-conmon' 0 '/container$' \
  tspod run --rm --network none --cgroupns host --cgroups no-conmon "$image" cat /proc/self/cgroup
check '--cgroups=disabled' 0 '^0::/' tspod run --rm --network none --cgroupns host --cgroups disabled "$image" cat /proc/self/cgroup
