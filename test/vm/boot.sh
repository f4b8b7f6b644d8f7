#!/usr/bin/env bash
# as: alice
# then: reset
# Containers with a restart policy start after a boot, when the unit for that was installed.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

state_of() { tspod inspect "$1" --format '{{.State.Status}} {{.RestartCount}}'; }

before() {
  check 'the units are installed' 0 'tspod-restart.service' tspod system install-units
  check 'and accepted' 0 '' systemd-analyze --user --man=no verify "$HOME/.config/systemd/user/tspod-restart.service"
  check 'the unit is enabled' 0 '' systemctl --user enable tspod-restart.service
  tspod run -d --name always --restart always -p 8081:80 "$image" httpd -f -p 80 -h / >/dev/null
  tspod run -d --name unless --restart unless-stopped --network none "$image" sleep 100000 >/dev/null
  tspod run -d --name stopped --restart unless-stopped --network none "$image" sleep 100000 >/dev/null
  tspod stop -t 0 stopped >/dev/null
  tspod run -d --name never --network none "$image" sleep 100000 >/dev/null
  tspod create --name created --network none "$image" true >/dev/null
  check 'all are there' 0 '^always created never stopped unless$' names
  sync
}
names() { tspod ps -a --format '{{.Names}}' | sort; }
page() { curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8081/etc/passwd; }

after() {
  soon 'the unit has ended its work' '^active$' systemctl --user is-active tspod-restart.service
  check 'always is started' 0 '^running 0$' state_of always
  soon 'and its port answers' '^200$' page
  check 'unless-stopped is started' 0 '^running 0$' state_of unless
  check 'but not when somebody had stopped it' 0 '^exited 0$' state_of stopped
  check 'nor one without a policy, which has ended' 0 '^exited 0$' state_of never
  check 'one that was never started is as it was' 0 '^created 0$' state_of created
  check 'the name of the boot before is in no scope' 0 '^2$' eval "compgen -G '$units/tspod-*.scope' | wc -l"
  check 'the store is sound' 0 '' tspod system check
  check 'the units are removed' 0 'tspod-restart.service' tspod system install-units --remove
  tspod rm -fa -t 0 >/dev/null
}

"$1"
