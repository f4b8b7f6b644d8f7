# shellcheck shell=bash
# lib.sh: what the files of this folder share. They run inside the virtual machine, as the user of their line
# "# as: USER", and print "ok NAME" or "not ok NAME" with what was seen, one for each check.

image=busybox
# shellcheck disable=SC2034
units=/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/user.slice

tspod() { /home/alice/tspod/bin/tspod "$@"; }

# check NAME STATUS PATTERN COMMAND...: it ends with STATUS, and all it prints matches the extended PATTERN,
# blanks and line ends being one blank.
check() {
  local name=$1 status=$2 pattern=$3 seen code=0
  shift 3
  seen=$("$@" 2>&1) || code=$?
  seen=$(printf '%s' "$seen" | tr -s '[:space:]' ' ')
  if [ "$code" = "$status" ] && [[ $seen =~ $pattern ]]; then
    echo "ok $name"
  else
    echo "not ok $name: exit status $code, expected $status; \"$seen\" is to match \"$pattern\""
  fi
}

# in_group NAME VALUE FILE OPTION...: a container run with these options has VALUE in FILE of its control group.
in_group() {
  local name=$1 value=$2 file=$3
  shift 3
  check "$name" 0 "^$value\$" tspod run --rm --network none "$@" "$image" cat "/sys/fs/cgroup/$file"
}

# until_true COMMAND...: waits, two minutes at most, until it succeeds.
until_true() {
  local end=$((SECONDS + 120))
  while [ "$SECONDS" -lt "$end" ]; do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  return 1
}

# soon NAME PATTERN COMMAND...: what the command prints matches the extended PATTERN, sooner or later.
soon() {
  local name=$1 pattern=$2
  shift 2
  until_true prints "$pattern" "$@" || true
  check "$name" 0 "$pattern" "$@"
}

prints() {
  local pattern=$1 seen
  shift
  seen=$("$@" 2>&1)
  [[ $(printf '%s' "$seen" | tr -s '[:space:]' ' ') =~ $pattern ]]
}

# property UNIT NAME: what systemd knows of it.
property() { systemctl --user show --value --property "$2" "$1"; }

# debian: the image of the name, of the root file system that the machine has for containers, made when it is missing.
debian() {
  tspod image exists debian || tspod import --change 'CMD ["/sbin/init"]' /srv/debian.tar debian >/dev/null
}
