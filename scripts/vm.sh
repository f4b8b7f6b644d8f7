#!/usr/bin/env bash
# vm.sh VERB...: the virtual machine of test/vm, a Debian that systemd has booted (scripts/vm-image.sh makes it).
#
#   vm.sh start               boots it, making its image first; done when its user alice has a session. What is
#                             written in it is lost when it stops.
#   vm.sh run USER LINE       runs a line of shell there, as root or alice, in a session of its own; its exit status
#   vm.sh push FOLDER PLACE   copies a folder there, as alice
#   vm.sh reset               as if the power had failed: it boots again, with what its disk has
#   vm.sh stop | status | log
#
# By software emulation, which works wherever QEMU does (TSPOD_VM_ACCELERATOR=kvm for a machine that has KVM). Kept in
# $TSPOD_VM_DIR, or /var/tmp/tspod-vm-UID.
# The exit status of start is 77 when this machine cannot have one; the reason is told.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

place=${TSPOD_VM_DIR:-/var/tmp/tspod-vm-$(id -u)}
memory=${TSPOD_VM_MEMORY:-3072}
accelerator=${TSPOD_VM_ACCELERATOR:-tcg,thread=multi,tb-size=512}
# A modest one: there is less to emulate. The emulation of QEMU 7 spoils the flags after a cmpxchg16b without lock, which
# the kernel's allocator uses, and the machine panics within minutes: it is told that there is none.
cpu=${TSPOD_VM_CPU:-Nehalem,-cx16}
# Seconds for a boot, which takes about one minute in software emulation.
patience=${TSPOD_VM_PATIENCE:-900}
state=$place/run

main() {
  local verb=${1:-}
  [ $# = 0 ] || shift
  case $verb in
    start | run | push | reset | stop | status | log) "$verb" "$@" ;;
    *) fail "vm.sh: unknown verb \"$verb\"" 'usage: scripts/vm.sh start|run|push|reset|stop|status|log' ;;
  esac
}

start() {
  ! is_up || return 0
  need_tools
  [ -e "$place/root.img" ] || can_be_root || cannot "only root can make its image: sudo scripts/vm-image.sh $place"
  bash "$project/scripts/vm-image.sh" "$place" check || as_root bash "$project/scripts/vm-image.sh" "$place"
  mkdir -p "$state"
  rm -f "$state"/*
  boot
  await_session
}

# cannot REASON: there is no machine here, and that is no failure.
cannot() {
  printf 'no virtual machine: %s\n' "$1" >&2
  exit 77
}

need_tools() {
  local missing=()
  [ "$(uname -m)" = x86_64 ] || cannot "it is made for x86_64, this is $(uname -m)"
  has qemu-system-x86_64 || missing+=(qemu-system-x86)
  has ssh || missing+=(openssh-client)
  has mke2fs || missing+=(e2fsprogs)
  has debootstrap || missing+=(debootstrap)
  [ ${#missing[@]} -gt 0 ] || return 0
  has apt-get || cannot "missing: ${missing[*]} (the names are those of Debian)"
  can_be_root || cannot "missing: ${missing[*]}; as root: apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  install_tools "${missing[@]}" || { as_root apt-get update -qq >&2 && install_tools "${missing[@]}"; } ||
    cannot "apt-get could not install ${missing[*]}"
  has qemu-system-x86_64 || cannot "qemu-system-x86 is installed, and there is no qemu-system-x86_64"
}

install_tools() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 </dev/null
}

boot() {
  local port
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  echo "$port" >"$state/port"
  qemu-system-x86_64 -name tspod-vm -M pc -nodefaults -no-user-config -display none \
    -accel "$accelerator" -cpu "$cpu" -smp 2 -m "$memory" -kernel "$place/vmlinuz" -initrd "$place/initrd" \
    -append 'root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet loglevel=4 panic=1 mitigations=off random.trust_cpu=on' \
    -drive "file=$place/root.img,format=raw,if=virtio,snapshot=on,cache=unsafe" \
    -netdev "user,id=net,net=192.168.76.0/24,host=192.168.76.2,dns=192.168.76.3,hostfwd=tcp:127.0.0.1:$port-192.168.76.15:22" \
    -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci \
    -serial "file:$state/console" -monitor "unix:$state/monitor,server=on,wait=off" \
    -pidfile "$state/pid" -daemonize </dev/null >&2 || fail 'QEMU did not start' 'see the lines above'
}

# Asked again and again: it may be slow, and a connection that came too early may hang.
await_session() {
  local begin=$SECONDS
  while [ $((SECONDS - begin)) -lt "$patience" ]; do
    is_up || { log >&2; fail 'the virtual machine has ended' 'its console is above'; }
    ! timeout 60 "$0" run root "$is_ready" </dev/null >/dev/null 2>&1 || { say "the virtual machine is up after $((SECONDS - begin)) s"; return 0; }
    sleep 0.5
  done
  log | tail -n 30 >&2
  fail "the virtual machine was not up in $patience seconds" 'its console is above; TSPOD_VM_PATIENCE is the time it may take'
}
is_ready='systemctl -q is-active multi-user.target && systemctl -q is-active user@1001.service'

run() {
  local user=$1
  ssh -F none -i "$place/ssh-key" -p "$(cat "$state/port")" -T -o LogLevel=ERROR -o IdentitiesOnly=yes -o BatchMode=yes \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=30 -o ServerAliveInterval=30 \
    -o ServerAliveCountMax=10 "$user@127.0.0.1" -- "${*:2}"
}

push() {
  tar -C "$1" --owner=0 --group=0 -cf - . | run alice "mkdir -p '$2' && tar -C '$2' --no-same-owner -xf -"
}

reset() {
  local before=$SECONDS
  order system_reset
  # the old session may still answer for a moment
  while [ $((SECONDS - before)) -lt 20 ] && timeout 5 "$0" run root true </dev/null >/dev/null 2>&1; do sleep 0.5; done
  await_session
}

stop() {
  local pid try
  is_up || return 0
  pid=$(cat "$state/pid")
  kill "$pid"
  for try in $(seq 100); do
    is_up || return 0
    [ "$try" != 50 ] || kill -KILL "$pid"
    sleep 0.1
  done
}

status() { if is_up; then echo running; else echo stopped; return 1; fi; }
log() { cat "$state/console"; }

is_up() { [ -s "$state/pid" ] && grep -q '^qemu-system-x86_64' "/proc/$(cat "$state/pid")/cmdline" 2>/dev/null; }

# A word to QEMU's own monitor.
order() {
  node -e 'const c = require("net").connect(process.argv[1]); c.write(process.argv[2] + "\n"); setTimeout(() => c.end(), 500); c.resume()' "$state/monitor" "$1"
}

main "$@"
