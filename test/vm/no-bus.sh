#!/usr/bin/env bash
# as: alice
# Without a bus of systemd: all but limits and pause works, and a delegated group does as well. So with a bus that has died
# or does not answer, and where a scope of the container's name is there already.
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

# Its socket is there, and nobody behind it.
dead=$(mktemp -d)
perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1) or die' "$dead/bus"
with_dead() { DBUS_SESSION_BUS_ADDRESS=unix:path=$dead/bus XDG_RUNTIME_DIR=$bus tspod "$@"; }
check 'a bus that has died: run' 0 '^hi$' with_dead run --rm "$image" echo hi
with_dead network create dead >/dev/null
with_dead volume create --opt type=tmpfs --opt device=tmpfs dead >/dev/null
check 'networks and a volume in memory' 0 '^tmpfs$' with_dead run --rm --network dead \
  -v dead:/data "$image" sh -c 'nslookup host.containers.internal >/dev/null && stat -f -c %T /data'
check '--memory says what is wrong with the bus' 125 'making the systemd scope tspod-.*connecting to unix:path=.*refused' \
  with_dead run --rm --memory 64m "$image" true
# It is there, and never says a word.
perl -MIO::Socket::UNIX -e 'unlink $ARGV[0]; my $s = IO::Socket::UNIX->new(Local => shift, Listen => 20) or die; sleep 600' "$dead/bus" &
silent=$!
is_silent() { [ -S "$dead/bus" ] && perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => shift)' "$dead/bus"; }
check 'a bus that does not answer' 0 '' until_true is_silent
check 'does not keep a container from its network and volume' 0 '^tmpfs$' with_dead run --rm --network dead \
  -v dead:/data "$image" stat -f -c %T /data
check '--memory says that it does not' 125 'making the systemd scope tspod-.*does not answer' \
  with_dead run --rm --memory 64m "$image" true
kill "$silent"
with_dead network rm dead >/dev/null
with_dead volume rm dead >/dev/null
rm -r "$dead"

export XDG_RUNTIME_DIR=$bus
id=$(tspod create --name taken --network none --memory 64m "$image" sleep 1000)
systemd-run --user --scope -q --unit "tspod-$id.scope" sleep 600 &
until_true systemctl --user is-active "tspod-$id.scope"
check 'a scope that exists already is told of' 125 "making the systemd scope tspod-$id.scope: .*already" tspod start taken
systemctl --user stop "tspod-$id.scope"
check 'and when it has gone the container starts' 0 '^taken$' tspod start taken
tspod rm -f -t 0 taken >/dev/null
