#!/usr/bin/env bash
# as-user.sh [--copy] COMMAND [ARG...]: runs COMMAND in the project's folder as an unprivileged user, with a clean
# environment, a HOME and an XDG_RUNTIME_DIR that live as long as the command, and nothing left behind.
#
# As root: as the user $TSPOD_TEST_USER (tspod-test), who is made with subordinate ids when missing, in a delegated
# control group; from a copy of the project if --copy is given or the user cannot read the project. What still runs
# in the control group afterwards is named and ended, and makes the exit status 1.
# As anyone else: as that user.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

copy=no
[ "${1:-}" = --copy ] && { copy=yes; shift; }
[ $# -gt 0 ] || fail 'as-user.sh: no command' 'usage: scripts/as-user.sh [--copy] COMMAND [ARG...]'
node=$(readlink -f "$(command -v node)")
work='' run='' cgroup='' status=0

main() {
  umask 022
  at_exit clean_up
  work=$(mktemp -d /var/tmp/tspod-test-XXXXXX)
  if [ "$(id -u)" = 0 ]; then run_as_test_user "$@"; else run_as_self "$@"; fi
  [ -z "$cgroup" ] || report_processes
  exit "$status"
}

run_as_test_user() {
  local user=${TSPOD_TEST_USER:-tspod-test} place=$project uid
  id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$user"
  give_subordinate_ids "$user"
  uid=$(id -u "$user")
  chmod 755 "$work"
  run=/run/tspod-test/$uid-$$
  mkdir -p /run/tspod-test
  install -d -o "$user" -g "$user" -m 700 "$work/home" "$run"
  if [ "$copy" = yes ] || ! readable_for "$user"; then
    place=$work/project
    copy_project "$user"
  fi
  delegate_cgroup "$user"
  set_environment "$user"
  cd "$place"
  (
    [ -z "$cgroup" ] || echo "$BASHPID" >"$cgroup/tests/cgroup.procs"
    exec setpriv --reuid "$uid" --regid "$(id -g "$user")" --init-groups -- "${environment[@]}" "$@"
  ) || status=$?
}

run_as_self() {
  local bus
  bus=/run/user/$(id -u)/bus
  run=$work/run
  mkdir -m 700 "$work/home" "$run"
  set_environment "$(id -un)"
  [ ! -S "$bus" ] || environment+=("DBUS_SESSION_BUS_ADDRESS=unix:path=$bus")
  cd "$project"
  "${environment[@]}" "$@" || status=$?
}

# What a login gives, and no more. Of the caller's own variables only TSPOD_* get through.
set_environment() {
  local name
  environment=(env -i "HOME=$work/home" "USER=$1" "LOGNAME=$1" "XDG_RUNTIME_DIR=$run" "TERM=${TERM:-dumb}" LANG=C.UTF-8
    "PATH=$(dirname "$node"):/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin")
  for name in ${!TSPOD_*}; do environment+=("$name=${!name}"); done
  [ -z "${CI:-}" ] || environment+=("CI=$CI")
}

readable_for() {
  setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups -- \
    bash -c "test -x '$project/bin/tspod' && test -r '$project/dist/tspod.cjs' && test -x '$node'" 2>/dev/null
}

# Files keep their times, so that make has nothing to do there.
copy_project() {
  local part
  mkdir "$work/project"
  for part in bin libexec systemd dist docs man native node_modules scripts src test package.json package-lock.json tsconfig.json \
    LICENSE README.md CHANGELOG.md containers.conf.example; do
    [ ! -e "$project/$part" ] || cp -a --reflink=auto "$project/$part" "$work/project/"
  done
  chown -R "$1:" "$work/project"
  if ! setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups -- test -x "$node"; then
    mkdir "$work/node"
    cp "$node" "$work/node/node"
    node=$work/node/node
  fi
}

# A subtree of cgroup v2 that is the user's, beside and not inside what the machine's own manager keeps.
delegate_cgroup() {
  local top=/sys/fs/cgroup controller
  [ -e "$top/cgroup.procs" ] || top=$top/unified
  [ -e "$top/cgroup.procs" ] || return 0
  mkdir "$top/tspod-test-$$" 2>/dev/null || return 0
  cgroup=$top/tspod-test-$$
  for controller in cpu cpuset io memory pids; do
    echo "+$controller" >"$cgroup/cgroup.subtree_control" 2>/dev/null || true
  done
  mkdir "$cgroup/tests"
  chown "$1:" "$cgroup" "$cgroup/tests" "$cgroup"/cgroup.{procs,subtree_control,threads} "$cgroup"/tests/cgroup.{procs,subtree_control,threads}
}

processes() {
  find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un
}

# A process that is just ending needs a moment; what is still there after two seconds was left behind.
report_processes() {
  local try
  for try in $(seq 20); do
    [ -n "$(processes)" ] || return 0
    [ "$try" = 20 ] || sleep 0.1
  done
  say 'these processes were left behind, and are ended:'
  processes | while read -r pid; do
    printf '   %s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)" >&2
  done
  [ "$status" != 0 ] || status=1
}

# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  local pid
  trap '' HUP INT PIPE TERM
  cd /
  if [ -n "$cgroup" ]; then
    for pid in $(processes); do kill -KILL "$pid" 2>/dev/null || true; done
    remove_cgroup
  fi
  [ -z "$run" ] || remove_tree "$run"
  [ -z "$work" ] || remove_tree "$work"
}

# shellcheck disable=SC2317
remove_cgroup() {
  for _ in $(seq 50); do
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [ -d "$cgroup" ] || return 0
    sleep 0.05
  done
}

# Files of subordinate ids can be removed from inside a user namespace only.
# shellcheck disable=SC2317
remove_tree() {
  rm -rf "$1" 2>/dev/null && return 0
  unshare --map-root-user --map-auto rm -rf "$1" || say "could not remove $1"
}

main "$@"
