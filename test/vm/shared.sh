#!/usr/bin/env bash
# as: alice
# Two services with a network and a volume in common: what serves both outlives the one that has started it.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

files=$HOME/.config/containers/systemd
page() { curl --silent --max-time 20 http://127.0.0.1:8081/word; }
netd() { pgrep -u "$(id -u)" -x tspod-netd; }
holder() { pgrep -u "$(id -u)" -x tspod-volume; }
none_of() { "$1" || true; }
group_of() { sed 's|.*/||' "/proc/$("$1")/cgroup"; }
scopes() { systemctl --user list-units --all --plain --no-legend --type scope 'tspod-*' | awk '{ print $1 }'; }
is_active() { systemctl --user is-active "$1.service"; }

write_files() {
  mkdir -p "$files"
  printf '[Network]\nNetworkName=both\n' >"$files/both.network"
  printf '[Volume]\nVolumeName=both\nType=tmpfs\nDevice=tmpfs\nOptions=size=16m\n' >"$files/both.volume"
  write_container first 'sh -c "echo a word of the first >/data/word; exec sleep 100000"'
  write_container second 'httpd -f -p 80 -h /data' PublishPort=8081:80
  systemctl --user daemon-reload
}

# write_container NAME COMMAND [LINE...]
write_container() {
  local name=$1 command=$2
  shift 2
  printf '%s\n' '[Container]' Image=busybox "ContainerName=$name" "Exec=$command" Network=both.network \
    Volume=both.volume:/data StopTimeout=1 "$@" '[Service]' TimeoutStartSec=600 >"$files/$name.container"
}

write_files
check 'the first service starts' 0 '' systemctl --user start first.service
check 'and the second' 0 '' systemctl --user start second.service
first_netd=$(netd)
first_holder=$(holder)
check 'the networks are in a scope of their own' 0 "^tspod-netd-$first_netd.scope\$" group_of netd
check 'and the volume' 0 "^tspod-volume-$first_holder.scope\$" group_of holder
check 'the container has a group of its own below that of its service' 0 '/first.service/tspod-' \
  cat "/proc/$(tspod inspect first --format '{{.State.Pid}}')/cgroup"
soon 'the second one shows what the first has written' '^a word of the first$' page

check 'the first service stops' 0 '' systemctl --user stop first.service
check 'and has ended' 3 '^inactive$' is_active first
check 'the networks are those of before' 0 "^$first_netd\$" netd
check 'and the volume' 0 "^$first_holder\$" holder
check 'the port of the second answers, with a file of the volume' 0 '^a word of the first$' page
check 'its name is known' 0 'second' tspod exec second nslookup second
check 'it writes into the volume' 0 '' tspod exec second sh -c 'echo more >/data/more'
check 'the first service starts again' 0 '' systemctl --user start first.service
check 'and has the same volume' 0 '^more$' tspod exec first cat /data/more
check 'and the same network' 0 '^a word of the first$' tspod exec first wget -q -O - http://second/word

systemctl --user stop first.service second.service
soon 'with the last service the networks end' '^$' none_of netd
soon 'and the volume' '^$' none_of holder
soon 'and no scope is left' '^$' scopes
check 'nothing is left of the containers' 0 '^$' tspod ps -aq
systemctl --user stop both-network.service both-volume.service
tspod network rm both >/dev/null
tspod volume rm both >/dev/null
rm "$files"/{first.container,second.container,both.network,both.volume}
systemctl --user daemon-reload
