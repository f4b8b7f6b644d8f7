#!/usr/bin/env bash
# as: alice
# auto-update: a new image under the name of a running service's image is taken, and taken back when it is no good: from
# the store, and from a registry.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

files=$HOME/.config/containers/systemd
mkdir -p "$files"

# version TEXT COMMAND [IMAGE]: the image of this version, whose program says it and goes on with the command.
version() {
  local name
  name=$(tspod create --network none "$image" true)
  tspod commit --quiet --change "ENV VERSION=$1" --change "CMD [\"sh\", \"-c\", \"$2\"]" "$name" "${3:-shop}" >/dev/null
  tspod rm "$name" >/dev/null
}

# write_shop IMAGE POLICY
write_shop() {
  cat >"$files/shop.container" <<FILE
[Container]
Image=$1
ContainerName=shop
Network=none
AutoUpdate=$2
HealthCmd=test -e /open
HealthInterval=1s
Notify=healthy

[Service]
TimeoutStartSec=90
FILE
}
write_shop localhost/shop local
good='touch /open; sleep 100000'
# shellcheck disable=SC2016 # the container's shell expands it
version_of() { tspod exec shop sh -c 'echo $VERSION'; }

version one "$good"
systemctl --user daemon-reload
check 'the service starts' 0 '' systemctl --user start shop.service
check 'with the first version' 0 '^one$' version_of
check 'there is nothing new' 0 'shop.service .* false$' tspod auto-update --dry-run
version two "$good"
check 'a new image is seen' 0 '^shop.service shop localhost/shop local pending$' \
  tspod auto-update --dry-run --format '{{.Unit}} {{.ContainerName}} {{.Image}} {{.Policy}} {{.Updated}}'
check 'the old one still runs' 0 '^one$' version_of
check 'it is updated' 0 'true$' tspod auto-update --format '{{.Updated}}'
check 'the new one runs' 0 '^two$' version_of
check 'in a unit that is up' 0 '^active$' systemctl --user is-active shop.service
version three 'exit 1'
check 'one that does not become ready is taken back' 0 'rolled back$' tspod auto-update --format '{{.Updated}}'
check 'the one before runs again' 0 '^two$' version_of
check 'in a unit that is up again' 0 '^active$' systemctl --user is-active shop.service
check 'and has its name again' 0 '' test "$(tspod image inspect shop --format '{{.Id}}')" = "$(tspod inspect shop --format '{{.Image}}')"

tspod system install-units >/dev/null 2>&1
version four "$good"
check 'the timer is accepted' 0 '' systemctl --user enable --now tspod-auto-update.timer
check 'it has a next time' 0 'tspod-auto-update.timer' systemctl --user list-timers --no-pager
check 'its service updates' 0 '' systemctl --user start tspod-auto-update.service
check 'to the newest' 0 '^four$' version_of
systemctl --user disable --now tspod-auto-update.timer >/dev/null 2>&1
tspod system install-units --remove >/dev/null 2>&1
systemctl --user stop shop.service

# From a registry of this machine.
place=$(mktemp -d)
market=127.0.0.1:5000/shop
publish() { version "$1" "$2" "$market" && tspod push --quiet "$market" && tspod rmi "$market" >/dev/null; }
market_is_open() { curl --silent --fail http://127.0.0.1:5000/v2/; }
mkdir -p "$HOME/.config/containers"
printf '[[registry]]\nlocation = "127.0.0.1:5000"\ninsecure = true\n' >"$HOME/.config/containers/registries.conf"
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: 127.0.0.1:5000}\n' "$place" >"$place/config.yml"
OTEL_TRACES_EXPORTER=none /home/alice/tspod/vm/docker-registry serve "$place/config.yml" >/dev/null 2>&1 &
registry=$!
check 'a registry runs' 0 '' until_true market_is_open
check 'it gets an image' 0 '' publish one "$good"
write_shop "$market" registry
systemctl --user daemon-reload
check 'a service with an image of the registry starts' 0 '' systemctl --user start shop.service
check 'the registry has nothing new' 0 '^false$' tspod auto-update --dry-run --format '{{.Updated}}'
check 'it gets another one' 0 '' publish two "$good"
check 'which is seen' 0 "^shop.service $market registry pending\$" \
  tspod auto-update --dry-run --format '{{.Unit}} {{.Image}} {{.Policy}} {{.Updated}}'
check 'and fetched and run' 0 'true$' tspod auto-update --format '{{.Updated}}'
check 'the newer one runs' 0 '^two$' version_of
check 'a third one is no good' 0 '' publish three 'exit 1'
check 'and taken back' 0 'rolled back$' tspod auto-update --format '{{.Updated}}'
check 'the one of before runs' 0 '^two$' version_of
kill "$registry"
wait "$registry" || true
check 'a registry that is down is told of' 125 'auto-updating container .shop.*127.0.0.1:5000' tspod auto-update
check 'and nothing is touched' 0 '^two$' version_of
systemctl --user stop shop.service
rm -r "$files/shop.container" "$place" "$HOME/.config/containers/registries.conf"
systemctl --user daemon-reload
