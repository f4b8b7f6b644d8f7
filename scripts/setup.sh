#!/usr/bin/env bash
# setup.sh build|demo|test|ci: makes this machine and this checkout ready. Each level includes those before it.
#
# Idempotent, and done in a moment when nothing is missing. Debian packages are installed with apt, through sudo
# for a user who is not root.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# What is looked for (c:command, f:file pattern, s:static program) and the Debian package that has it.
build_needs='c:gcc gcc
c:make make
f:/usr/include/stdio.h libc6-dev
f:/usr/include/seccomp.h libseccomp-dev
s:/bin/busybox busybox-static'
demo_needs='c:newuidmap uidmap
c:slirp4netns slirp4netns
c:fuse-overlayfs fuse-overlayfs
c:fuse2fs fuse2fs
c:pasta passt
c:zstd zstd
c:setpriv util-linux
c:ps procps'
test_needs='c:crun crun
c:runc runc
c:xz xz-utils
c:debootstrap debootstrap
c:setfattr attr
c:setcap libcap2-bin
c:ip iproute2
c:openssl openssl
c:docker-registry docker-registry
c:skopeo skopeo
c:fish fish
c:zsh zsh'
ci_needs='c:shellcheck shellcheck
c:clang-format clang-format'

main() {
  local level=${1:-build}
  check_node
  case $level in
    build) install_packages "$build_needs" ;;
    demo) install_packages "$build_needs"$'\n'"$demo_needs" ;;
    test) install_packages "$build_needs"$'\n'"$demo_needs"$'\n'"$test_needs" ;;
    ci) install_packages "$build_needs"$'\n'"$demo_needs"$'\n'"$test_needs"$'\n'"$ci_needs" ;;
    *) fail "setup.sh: unknown level \"$level\"" 'usage: scripts/setup.sh build|demo|test|ci' ;;
  esac
  [ "$level" = build ] || open_devices
  [ "$(id -u)" = 0 ] || [ "$level" = build ] || give_subordinate_ids "$(id -un)"
  install_modules
  build
}

check_node() {
  has node || fail 'node is not installed' 'install Node.js 20.19 or later (https://nodejs.org), with npm'
  has npm || fail 'npm is not installed' 'install npm: it comes with Node.js, on Debian in the package "npm"'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "node $(node --version) is too old" 'install Node.js 20.19 or later'
}

is_there() {
  case $1 in
    c:*) has "${1#c:}" ;;
    f:*) compgen -G "${1#f:}" >/dev/null ;;
    s:*) [ -x "${1#s:}" ] && ! ldd "${1#s:}" >/dev/null 2>&1 ;;
  esac
}

install_packages() {
  local need package missing=()
  while read -r need package; do
    is_there "$need" || missing+=("$package")
  done <<<"$1"
  [ ${#missing[@]} -gt 0 ] || return 0
  has apt-get || fail "these are missing: ${missing[*]}" 'install them with the package manager of this machine (the names are those of Debian)'
  can_be_root || fail "these Debian packages are missing: ${missing[*]}" "as root: apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  apt_install "${missing[@]}"
}

# The lists of packages may be missing or old: brought up to date when the first try fails.
apt_install() {
  local log
  log=$(mktemp)
  if try_install "$@" >"$log" 2>&1 || { as_root apt-get update -qq && try_install "$@"; } >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  tail -n 15 "$log" >&2
  rm -f "$log"
  fail "apt-get could not install: $*" 'see the lines above; check the network and /etc/apt/sources.list, then run this again'
}

try_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null
}

# A normal distribution lets every user open these two; on some machines they are root's alone.
open_devices() {
  local device
  for device in /dev/fuse /dev/net/tun; do
    [ -e "$device" ] || { say "$device is missing: networks or fuse-overlayfs will not work (modprobe fuse tun)"; continue; }
    [ "$(stat -c %a "$device")" = 666 ] && continue
    if can_be_root && as_root chmod 666 "$device"; then continue; fi
    say "$device is not open to users: as root: chmod 666 $device"
  done
}

install_modules() {
  cd "$project"
  [ -e node_modules/.package-lock.json ] && ! [ package-lock.json -nt node_modules/.package-lock.json ] && return 0
  say 'installing the npm packages'
  npm ci --include=dev --no-audit --no-fund --no-update-notifier --loglevel=error >&2 </dev/null ||
    fail 'npm ci failed' 'see the lines above; check the network and the npm registry, then run this again'
}

build() {
  local made newer
  cd "$project"
  for made in dist/tspod.cjs dist/tspod-helper dist/busybox.tar; do
    [ -e "$made" ] || { newer=$made; break; }
    newer=$(find src bin native package.json scripts -path native/build -prune -o -path native/test -prune -o -newer "$made" -type f -print -quit)
    [ -z "$newer" ] || break
  done
  [ -n "$newer" ] || return 0
  say 'building'
  npm run --silent build >&2 </dev/null || fail 'the build failed' 'see the lines above'
  touch dist/tspod.cjs dist/tspod-helper dist/busybox.tar 2>/dev/null || true
}

main "$@"
