#!/usr/bin/env bash
# as: alice
# Socket activation: the container has the socket on which systemd listens, and starts with the first client.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

folder=$HOME/.config/systemd/user
files=$HOME/.config/containers/systemd
mkdir -p "$folder" "$files"
debian

cat >"$folder/greeter.socket" <<'FILE'
[Socket]
ListenStream=127.0.0.1:9090
FILE
# shellcheck disable=SC2016 # perl's
server='use IO::Socket::INET; $| = 1; my $server = IO::Socket::INET->new_from_fd($ENV{LISTEN_FDS} + 2, "r+");
  while (my $client = $server->accept) { print $client "$ENV{LISTEN_FDS} $ENV{LISTEN_PID} $$ ", `wc -l < /proc/net/route`; close $client }'
mkdir -p "$HOME/greeter"
echo "$server" >"$HOME/greeter/server.pl"
cat >"$files/greeter.container" <<'FILE'
[Container]
Image=debian
ContainerName=greeter
Network=none
Volume=%h/greeter:/srv:ro
Exec=perl /srv/server.pl
FILE
systemctl --user daemon-reload
ask() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => "127.0.0.1:9090", Timeout => 60)->getlines'; }
check 'the socket listens' 0 '' systemctl --user start greeter.socket
check 'nothing runs yet' 3 '^inactive$' systemctl --user is-active greeter.service
check 'the first client is answered: one descriptor, for this very process, in a container without network' 0 '^1 1 1 1$' ask
check 'now the container runs' 0 '^active$' systemctl --user is-active greeter.service
check 'the next is answered by it' 0 '^1 1 1 1$' ask
first=$(tspod inspect greeter --format '{{.Id}}')
systemctl --user stop greeter.service
check 'when it was stopped the next client starts a new one' 0 '^1 1 1 1$' ask
check 'which is another container' 0 '' test "$first" != "$(tspod inspect greeter --format '{{.Id}}')"
check 'the socket stops' 0 '' systemctl --user stop greeter.socket greeter.service
check 'nothing is left' 0 '^$' tspod ps -aq
rm "$folder/greeter.socket" "$files/greeter.container"
systemctl --user daemon-reload
