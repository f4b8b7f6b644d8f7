#!/usr/bin/env bash
# as: alice
# The container's transient scope: who is in it, what joins it, and that nothing is left of it.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

no_scopes() { ! compgen -G "$units/tspod-*.scope" && ! systemctl --user list-units --all | grep 'tspod-.*\.scope'; }
group_of() { cut -c4- "/proc/$1/cgroup"; }
pid_of() { tspod inspect "$1" --format '{{.State.Pid}}'; }

id=$(tspod run -d --name scope --memory 64m "$image" sleep 1000)
check 'the container is in its scope' 0 "/user.slice/tspod-$id.scope/container$" group_of "$(pid_of scope)"
check 'systemd knows the scope' 0 '^active$' systemctl --user is-active "tspod-$id.scope"
check 'the monitor is in it too, and outlives the session' 0 '^tspod-monitor$' \
  cat "/proc/$(head -n 1 "$units/tspod-$id.scope/monitor/cgroup.procs")/comm"
check 'inspect names the group' 0 "tspod-$id.scope/container systemd$" \
  tspod inspect scope --format '{{.State.CgroupPath}} {{.HostConfig.CgroupManager}}'
check 'exec joins the group' 0 '^2$' tspod exec scope sh -c 'wc -l < /sys/fs/cgroup/cgroup.procs'
tspod exec -d scope sleep 4321 >/dev/null
check 'exec -d joins the group' 0 "tspod-$id.scope/container$" group_of "$(pgrep -f '^sleep 4321')"
check 'pause' 0 '' tspod pause scope
check 'a paused container says so' 0 '^Paused$' tspod ps -a --format '{{.Status}}'
check 'nothing joins a paused container' 255 'tspod unpause scope' tspod exec scope true
check 'unpause' 0 '' tspod unpause scope
check 'and goes on' 0 '^running$' tspod inspect scope --format '{{.State.Status}}'
tspod rm -f -t 0 scope >/dev/null
check 'the scope is gone with the container' 0 '' until_true no_scopes

check '--cgroupns private hides the path' 0 '^0::/$' tspod run --rm --cgroupns private "$image" cat /proc/self/cgroup
check '--cgroupns host shows it' 0 '/tspod-[0-9a-f]{64}.scope/container$' \
  tspod run --rm --cgroupns host "$image" cat /proc/self/cgroup

check 'out of memory is exit status 137' 137 '' \
  tspod run --name oom --memory 16m --memory-swap 16m "$image" tail /dev/zero
check 'and OOMKilled' 0 '^true 137$' tspod inspect oom --format '{{.State.OOMKilled}} {{.State.ExitCode}}'
tspod rm oom >/dev/null
check 'a RUN of a build that runs out of memory says so' 137 'ran out of memory.* 2 \| RUN' \
  tspod build -q --network none --memory 16m --memory-swap 16m - <<<"FROM $image
RUN tail /dev/zero"

# shellcheck disable=SC2016 # the container's shell expands it
once='[ -e /once ] && exit 0; touch /once; tail /dev/zero; exit 1'
tspod run -d --name once --restart on-failure --memory 16m --memory-swap 16m "$image" sh -c "$once" >/dev/null
ended() { [ "$(tspod inspect once --format '{{.State.Status}}')" = exited ]; }
check 'a container is restarted after it ran out of memory' 0 '' until_true ended
check 'and a later run that does not is not OOMKilled' 0 '^false 0 1$' \
  tspod inspect once --format '{{.State.OOMKilled}} {{.State.ExitCode}} {{.RestartCount}}'
tspod rm -f -t 0 once >/dev/null

tspod run -d --name again --restart always "$image" sleep 0.2 >/dev/null
restarted() { [ "$(tspod inspect again --format '{{.RestartCount}}')" -ge 2 ]; }
check 'a restart stays in the scope' 0 '' until_true restarted
tspod rm -f -t 0 again >/dev/null

tspod --runtime crun run -d --name foreign "$image" sleep 1000 >/dev/null
check 'crun uses the same group' 0 'scope/container$' group_of "$(pid_of foreign)"
check 'and is paused as any other' 0 '' tspod pause foreign
tspod unpause foreign >/dev/null
tspod rm -f -t 0 foreign >/dev/null

twenty() { for i in {1..20}; do tspod run --rm "$image" echo "$i" & done | sort -n; }
check '20 at once' 0 '^1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20$' twenty
check 'no scope is left' 0 '' until_true no_scopes

check '--log-driver journald' 0 '^one$' tspod run --name journal --log-driver journald "$image" echo one
check 'logs reads the journal' 0 '^one$' tspod logs journal
tspod rm journal >/dev/null
check 'doctor is content' 0 'ok cgroups cpuset cpu io memory pids' tspod doctor
