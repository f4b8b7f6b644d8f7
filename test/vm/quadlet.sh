#!/usr/bin/env bash
# as: alice
# then: reset
# A service of a Quadlet file: it is up when the container is healthy, has its limits, outlives the death of its main
# process, of its monitor, and of the machine.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

files=$HOME/.config/containers/systemd
main_pid() { property web.service MainPID; }
id_of() { tspod inspect web --format '{{.Id}}'; }
page() { curl --silent --max-time 20 http://127.0.0.1:8080/index.html; }
state_of() { tspod ps -a --filter "name=^$1\$" --format '{{.State}}'; }
is_active() { systemctl --user is-active web.service; }
# A new container runs in the service, and is healthy.
has_restarted() { [ "$(property web.service ActiveState) $(property web.service NRestarts)" = "active $1" ] && page; }

before() {
  mkdir -p "$files" "$HOME/web"
  echo 'a page of the volume' >"$HOME/web/index.html"
  cat >"$files/web.container" <<'FILE'
[Unit]
Description=A page

[Container]
Image=busybox
ContainerName=web
Exec=httpd -f -v -p 80 -h /data
PublishPort=8080:80
Volume=%h/web:/data:ro
HealthCmd=test -e /data/is-healthy
HealthInterval=1s
HealthRetries=100
Notify=healthy
Memory=64m
PodmanArgs=--cpus 0.5

[Service]
Restart=always
TimeoutStartSec=600

[Install]
WantedBy=default.target
FILE
  check 'quadlet check is content' 0 '' tspod quadlet check "$files/web.container"
  check 'systemd reads the file' 0 '' systemctl --user daemon-reload
  check 'the generated unit is accepted' 0 '' systemd-analyze --user --man=no verify "$XDG_RUNTIME_DIR/systemd/generator/web.service"

  systemctl --user start --no-block web.service
  soon 'the container runs' '^running$' state_of web
  check 'the unit is not up before the container is healthy' 3 '^activating$' is_active
  touch "$HOME/web/is-healthy"
  soon 'and is when it is healthy' '^active$' is_active
  main_process
  limits
  has_page 'its port answers with a file of its volume'
  deaths
  tspod run -d --name bystander --network none "$image" sleep 100000 >/dev/null
  check 'another container runs' 0 '^running$' state_of bystander
  sync
}

main_process() {
  check 'the main process is the monitor' 0 '^tspod-monitor$' cat "/proc/$(main_pid)/comm"
  check 'and in the group of the unit' 0 '/web.service/' cat "/proc/$(main_pid)/cgroup"
  check 'so is the container' 0 '/web.service/' cat "/proc/$(tspod inspect web --format '{{.State.Pid}}')/cgroup"
}

limits() {
  local group
  group=/sys/fs/cgroup$(tspod inspect web --format '{{.State.CgroupPath}}')
  check 'memory as seen from inside' 0 '^67108864$' tspod exec web cat /sys/fs/cgroup/memory.max
  check 'cpu as seen from inside' 0 '^50000 100000$' tspod exec web cat /sys/fs/cgroup/cpu.max
  check 'both in the files of its group' 0 '^67108864 50000 100000$' cat "$group/memory.max" "$group/cpu.max"
}

has_page() { soon "$1" '^a page of the volume$' page; }

deaths() {
  local first second
  first=$(id_of)
  kill -KILL "$(tspod inspect web --format '{{.State.Pid}}')"
  soon 'kill -9 of the main process of the container: the unit is restarted' '^a page' has_restarted 1
  second=$(id_of)
  check 'with a new container' 0 '' test "$first" != "$second"
  kill -KILL "$(main_pid)"
  soon 'kill -9 of the monitor: the unit is restarted' '^a page' has_restarted 2
  check 'one container is left' 0 '^web$' tspod ps -a --format '{{.Names}}'
  main_process
}

after() {
  soon 'after a power failure the unit is up by itself' '^active$' is_active
  check 'it has not been restarted' 0 '^0$' property web.service NRestarts
  has_page 'its port answers'
  limits
  check 'a container of no unit is known to have ended' 0 '^exited -1 .*restarted' \
    tspod inspect bystander --format '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}'
  check 'and starts' 0 '^bystander$' tspod start bystander
  tspod rm -f -t 0 bystander >/dev/null
  check 'systemctl stop' 0 '' systemctl --user stop web.service
  check 'the unit has ended well' 0 '^inactive success$' echo "$(property web.service ActiveState) $(property web.service Result)"
  check 'and nothing is left of the container' 0 '^$' tspod ps -aq
  check 'nor of the store' 0 '' tspod system check
  rm "$files/web.container"
  systemctl --user daemon-reload
}

"$1"
