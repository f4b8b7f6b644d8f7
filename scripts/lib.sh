# shellcheck shell=bash
# shellcheck disable=SC2034
# lib.sh: what the scripts of this folder share; sourced, never run.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

# say WORDS...: a line about progress, on standard error.
say() { printf '%s\n' "-- $*" >&2; }

# fail WHAT [CURE]: ends the script.
fail() {
  printf 'Error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '       %s\n' "$2" >&2
  exit 1
}

# at_exit COMMAND: runs it when the script ends, also by a signal, with the status that shells give to that.
at_exit() {
  # shellcheck disable=SC2064 # the command is known now
  trap "$1" EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
}

# has COMMAND: whether it can be run.
has() { command -v "$1" >/dev/null 2>&1; }

# can_be_root: whether as_root will work without asking for a password that nobody can type.
can_be_root() {
  [ "$(id -u)" = 0 ] && return 0
  has sudo || return 1
  sudo -n true 2>/dev/null || [ -t 0 ]
}

# as_root COMMAND...: runs it as root, through sudo where that is needed.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# give_subordinate_ids USER: 65,536 subordinate user and group ids, behind all that were given before.
give_subordinate_ids() {
  local user=$1 first
  if grep -q "^$user:" /etc/subuid 2>/dev/null && grep -q "^$user:" /etc/subgid 2>/dev/null; then return 0; fi
  can_be_root || fail "user \"$user\" has no subordinate ids in /etc/subuid and /etc/subgid" \
    "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $user"
  first=$(cat /etc/subuid /etc/subgid 2>/dev/null | awk -F: 'BEGIN { m = 100000 } $2 + $3 > m { m = $2 + $3 } END { print m }')
  as_root touch /etc/subuid /etc/subgid
  as_root usermod --add-subuids "$first-$((first + 65535))" --add-subgids "$first-$((first + 65535))" "$user"
}
