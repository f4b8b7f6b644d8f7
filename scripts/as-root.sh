#!/usr/bin/env bash
# as-root.sh COMMAND [ARG...]: runs COMMAND in the project's folder as root, with a clean environment, in a mount
# namespace in which the places of root's store are empty and the user "containers" has subordinate ids: those of the
# machine are left alone. Nothing stays behind.
# No pid namespace: systemd would be told wrong pids for its scopes.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -gt 0 ] || fail 'as-root.sh: no command' 'usage: scripts/as-root.sh COMMAND [ARG...]'
[ "$(id -u)" = 0 ] || fail 'as-root.sh: not root' 'call it through sudo'
places=(/var/lib/tspod /run/tspod /var/cache/tspod)
made=() work='' status=0

main() {
  local place
  umask 022
  at_exit clean_up
  work=$(mktemp -d /var/tmp/tspod-root-XXXXXX)
  chmod 755 "$work"
  for place in "${places[@]}"; do
    [ -d "$place" ] || { mkdir -p "$place"; made+=("$place"); }
    mkdir -p "$work$place"
  done
  mkdir -m 700 "$work/home" "$work/xdg"
  for place in /etc/subuid /etc/subgid; do
    [ -e "$place" ] || continue
    mkdir -p "$work/etc"
    { grep -v '^containers:' "$place" || true; } >"$work$place"
    echo 'containers:2147483648:1048576' >>"$work$place"
    places+=("$place")
  done
  set_environment
  cd "$project"
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount bash -c '
    work=$1 count=$2
    shift 2
    while [ "$count" -gt 0 ]; do
      mount --bind "$work$1" "$1"
      shift
      count=$((count - 1))
    done
    exec "$@"' - "$work" ${#places[@]} "${places[@]}" "${environment[@]}" "$@" || status=$?
  exit "$status"
}

# What a login of root gives, and no more. Of the caller's own variables only TSPOD_* get through.
set_environment() {
  local name
  environment=(env -i "HOME=$work/home" USER=root LOGNAME=root "XDG_RUNTIME_DIR=$work/xdg" "TERM=${TERM:-dumb}" LANG=C.UTF-8
    "PATH=$PATH" TSPOD_TEST_PLACES=own)
  for name in ${!TSPOD_*}; do [ "$name" = TSPOD_TEST_PLACES ] || environment+=("$name=${!name}"); done
  [ -z "${CI:-}" ] || environment+=("CI=$CI")
}

# Who still has this HOME was left behind.
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  local file pid
  trap '' HUP INT PIPE TERM
  cd /
  for file in /proc/[0-9]*/environ; do
    grep -zqs "^HOME=$work" "$file" || continue
    pid=${file#/proc/}
    kill -KILL "${pid%/environ}" 2>/dev/null || true
  done
  rm -rf "$work" || say "could not remove $work"
  [ ${#made[@]} = 0 ] || rmdir "${made[@]}" 2>/dev/null || true
}

main "$@"
