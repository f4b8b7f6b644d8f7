#!/usr/bin/env bash
# fixtures.sh: makes the Debian root file system of the tests, once for this machine, and prints the path of its
# tar archive. Takes about a minute the first time; nothing is printed when it cannot be made (and why on stderr).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

cache=${TSPOD_FIXTURES:-/var/cache/tspod-test}
suite=${TSPOD_DEBIAN_SUITE:-trixie}
tar=$cache/debian-$suite-$(uname -m).tar

main() {
  if [ ! -e "$tar" ]; then
    can_be_root || fail "$tar is missing, and only root can make it" 'run scripts/fixtures.sh as root once'
    as_root mkdir -p "$cache"
    make_root_file_system
  fi
  echo "$tar"
}

make_root_file_system() {
  local stage log
  stage=$(as_root mktemp -d /var/tmp/tspod-debootstrap-XXXXXX)
  log=$(mktemp)
  say "making a Debian root file system with debootstrap ($suite; about a minute, once)"
  if as_root debootstrap --variant=minbase --include=ca-certificates "$suite" "$stage/root" >"$log" 2>&1 </dev/null; then
    as_root rm -rf "$stage/root/var/cache/apt/archives" "$stage/root/var/lib/apt/lists"
    as_root mkdir -p "$stage/root/var/cache/apt/archives/partial" "$stage/root/var/lib/apt/lists/partial"
    as_root tar --numeric-owner --xattrs --one-file-system --sort=name -C "$stage/root" -cf "$stage/new.tar" .
    as_root chmod 644 "$stage/new.tar"
    as_root mv "$stage/new.tar" "$tar"
    as_root rm -rf "$stage"
    rm -f "$log"
  else
    tail -n 5 "$log" >&2
    as_root rm -rf "$stage"
    rm -f "$log"
    fail "debootstrap of $suite failed" 'see the lines above; check the network, then run this again'
  fi
}

main "$@"
