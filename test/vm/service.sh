#!/usr/bin/env bash
# as: alice
# Units of generate systemd start, stop, restart and fail as services should; and what --sdnotify tells systemd.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

folder=$HOME/.config/systemd/user
mkdir -p "$folder"

# install_unit NAME OPTION...: the unit that generate systemd makes of a container, whose name is ctr-NAME.
install_unit() {
  tspod generate systemd --name "${@:2}" "ctr-$1" >"$folder/container-ctr-$1.service" || return
  systemd-analyze --user --man=no verify "$folder/container-ctr-$1.service" && systemctl --user daemon-reload
}
unit_of() { echo "container-ctr-$1.service"; }
id_of() { tspod inspect "ctr-$1" --format '{{.Id}}'; }
states() { property "$(unit_of "$1")" ActiveState; property "$(unit_of "$1")" Result; }
main_process() { cat "/proc/$(property "$(unit_of "$1")" MainPID)/comm"; }
group_of_main() { cut -c4- "/proc/$(property "$(unit_of "$1")" MainPID)/cgroup"; }

# A service that makes its container.
tspod create --name ctr-new --network none "$image" sleep 100000 >/dev/null
check 'systemd-analyze accepts the unit of --new' 0 '^$' install_unit new --new --restart-policy on-failure
tspod rm ctr-new >/dev/null
check 'it starts' 0 '' systemctl --user start "$(unit_of new)"
check 'it is up, its main process is the monitor' 0 '^active success tspod-monitor$' \
  eval 'states new; main_process new'
check 'the monitor is in the group of the unit' 0 "/app.slice/$(unit_of new)\$" group_of_main new
first=$(id_of new)
check 'it restarts' 0 '' systemctl --user restart "$(unit_of new)"
check 'with a new container' 0 '' test "$first" != "$(id_of new)"
check 'it stops' 0 '' systemctl --user stop "$(unit_of new)"
check 'well' 0 '^inactive success$' states new
check 'nothing is left of the container' 1 '' tspod container exists ctr-new

# The exit status of the container is the unit's.
# shellcheck disable=SC2016 # the container's shell expands it
tspod create --name ctr-bad --network none "$image" sh -c 'sleep 1; exit 3' >/dev/null
install_unit bad --new --restart-policy no
tspod rm ctr-bad >/dev/null
check 'a unit whose container will fail starts' 0 '' systemctl --user start "$(unit_of bad)"
soon 'and has failed with it' '^failed exit-code$' states bad
check 'with its exit status' 0 '^3$' property "$(unit_of bad)" ExecMainStatus
check 'the container is gone' 1 '' tspod container exists ctr-bad
tspod create --name ctr-none --network none "$image" /is/not/there >/dev/null
install_unit none --new --restart-policy no
tspod rm ctr-none >/dev/null
check 'a unit whose container cannot start fails at once' 1 'control process exited with error code|failed' \
  systemctl --user start "$(unit_of none)"
# of all units: journald cannot always tell any more which one a process belonged to that has just ended
soon 'and the journal tells why' '/is/not/there' journalctl --user --no-pager --quiet --lines 500

# A service of a container that exists.
tspod create --name ctr-old --network none "$image" sleep 100000 >/dev/null
check 'systemd-analyze accepts the unit of a container that exists' 0 '^$' install_unit old
check 'it starts it' 0 '' systemctl --user start "$(unit_of old)"
check 'it is up, its main process is its monitor' 0 '^active success tspod-monitor$' eval 'states old; main_process old'
first=$(property "$(unit_of old)" MainPID)
kill -KILL "$(tspod inspect ctr-old --format '{{.State.Pid}}')"
restarted() { [ "$(property "$(unit_of old)" ActiveState)" = active ] && [ "$(property "$(unit_of old)" MainPID)" != "$first" ]; }
check 'it starts it again when it was killed' 0 '' until_true restarted
check 'it stops it' 0 '' systemctl --user stop "$(unit_of old)"
check 'and it is still there' 0 '^exited$' tspod inspect ctr-old --format '{{.State.Status}}'
tspod rm ctr-old >/dev/null

# What the service is told. The container tells it with a program of its own, and is watched.
debian
notifying() {
  systemd-run --user --quiet --collect --unit "$1" -p Type=notify -p NotifyAccess=all -p TimeoutStartSec=600 "${@:2}"
}
run_words=(/home/alice/tspod/bin/tspod run --rm --replace --network none --sdnotify)
# shellcheck disable=SC2016 # perl's
say_ready='use IO::Socket::UNIX; sub say_it { IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $ENV{NOTIFY_SOCKET})->send(shift) }'
check '--sdnotify=container waits for READY=1 of the container' 0 '' notifying told \
  "${run_words[@]}" container -d --name told debian perl -e "$say_ready"' say_it("READY=1\nSTATUS=as the container says"); sleep 100000'
check 'the service is up' 0 '^active$' property told.service ActiveState
check 'and has the status that it told' 0 '^as the container says$' property told.service StatusText
check 'its main process is the monitor' 0 '^tspod-monitor$' cat "/proc/$(property told.service MainPID)/comm"
systemctl --user stop told.service
check '--sdnotify=conmon is up with the container' 0 '' notifying begun "${run_words[@]}" conmon -d --name begun "$image" sleep 100000
check 'its main process is the monitor, too' 0 '^tspod-monitor$' cat "/proc/$(property begun.service MainPID)/comm"
systemctl --user stop begun.service
check '--sdnotify=ignore: the service is told nothing' 1 '' \
  notifying untold -p TimeoutStartSec=5 "${run_words[@]}" ignore -d --name untold "$image" sleep 100000
tspod rm -f -t 0 --ignore untold >/dev/null
check 'a watchdog that the container feeds' 0 '' notifying fed -p WatchdogSec=20 "${run_words[@]}" container -d --name fed debian \
  perl -e "$say_ready"' say_it("READY=1"); for (1 .. 3) { sleep 1; say_it("WATCHDOG=1") } sleep 100000'
is_down() { [ "$(property fed.service ActiveState)" != active ]; }
check 'and no more, which is noticed' 0 '' until_true is_down
are_gone() { [ -z "$(tspod ps -aq)" ]; }
check 'all are gone' 0 '' until_true are_gone
rm "$folder"/container-ctr-*.service
systemctl --user daemon-reload
systemctl --user reset-failed
