#!/usr/bin/env bash
# as: alice
# Every limit arrives in the file of the control group that it is for.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

in_group '--memory' 67108864 memory.max --memory 64m
in_group '--memory gives as much swap again' 67108864 memory.swap.max --memory 64m
in_group '--memory-swap is the sum of both' 37748736 memory.swap.max --memory 64m --memory-swap 100m
in_group '--memory-swap -1 is no limit' max memory.swap.max --memory 64m --memory-swap -1
in_group '--memory-reservation' 33554432 memory.low --memory-reservation 32m
in_group '--cpus' '50000 100000' cpu.max --cpus 0.5
in_group '--cpu-shares' 20 cpu.weight --cpu-shares 512
in_group '--cpuset-cpus' 0 cpuset.cpus --cpuset-cpus 0
in_group '--pids-limit' 20 pids.max --pids-limit 20
in_group '2048 processes are the default' 2048 pids.max
in_group '--pids-limit -1 is no limit' max pids.max --pids-limit -1
in_group '--blkio-weight' 'default 4950' io.weight --blkio-weight 500
in_group '--device-write-bps' '[0-9]+:0 rbps=max wbps=1048576 riops=max wiops=max' io.max \
  --device-write-bps /dev/vda:1mb
in_group '--cgroup-conf' 33554432 memory.high --cgroup-conf memory.high=33554432
in_group '--memory with --runtime crun' 67108864 memory.max --memory 64m --runtime crun
in_group '--memory with ids of its own' 67108864 memory.max --memory 64m --userns keep-id
check 'a value that the kernel refuses is named with its option' 125 'Error: applying --cpuset-cpus .*99' \
  tspod run --rm --cpuset-cpus 99 "$image" true
check '--pids-limit is enforced' 2 "can't fork" \
  tspod run --rm --pids-limit 5 "$image" sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait'
