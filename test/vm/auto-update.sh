#!/usr/bin/env bash
# as: alice
# auto-update: a new image under the name of a running service's image is taken, and taken back when it is no good.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

files=$HOME/.config/containers/systemd
mkdir -p "$files"

# version TEXT COMMAND: the image shop of this version, whose program says it and goes on with the command.
version() {
  local name
  name=$(tspod create --network none "$image" true)
  tspod commit --quiet --change "ENV VERSION=$1" --change "CMD [\"sh\", \"-c\", \"$2\"]" "$name" shop >/dev/null
  tspod rm "$name" >/dev/null
}
cat >"$files/shop.container" <<'FILE'
[Container]
Image=localhost/shop
ContainerName=shop
Network=none
AutoUpdate=local
HealthCmd=test -e /open
HealthInterval=1s
Notify=healthy

[Service]
TimeoutStartSec=90
FILE
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
rm "$files/shop.container"
systemctl --user daemon-reload
