#!/usr/bin/env bash
# vm-image.sh DIRECTORY [check]: makes, or only looks for, what a virtual machine for test/vm boots: root.img, vmlinuz,
# initrd and an ssh key.
#
# Debian with systemd, cgroup v2 with every controller delegated, the networks' and namespaces' helpers, this
# machine's node, and a login user, alice, who lingers and has subordinate ids. Needs root, debootstrap and a mirror of
# Debian. Takes some minutes; what is there already and was made by this very script is kept.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -gt 0 ] || fail 'vm-image.sh: one directory is expected' 'usage: scripts/vm-image.sh DIRECTORY [check]'
place=$1
suite=${TSPOD_VM_SUITE:-trixie}
size=12G
node=$(readlink -f "$(command -v node)")
root=''

packages=systemd,systemd-sysv,udev,dbus,dbus-user-session,libpam-systemd,kmod,procps,iproute2,openssh-server
packages+=,linux-image-cloud-amd64,initramfs-tools,zstd,ca-certificates,libstdc++6,libatomic1
packages+=,uidmap,slirp4netns,passt,fuse-overlayfs,crun,curl

main() {
  local key
  key=$(key_of_image)
  if [ -e "$place/root.img" ] && [ "$(cat "$place/key" 2>/dev/null)" = "$key" ]; then return 0; fi
  [ "${2:-}" != check ] || return 1
  [ "$(id -u)" = 0 ] || fail 'the image of the virtual machine can only be made by root' "sudo scripts/vm-image.sh $place"
  mkdir -p "$place"
  trap clean_up EXIT
  root=$place/new-root
  rm -rf "$root" "$place/root.img"
  install_debian
  pack_container_image
  configure
  add_node
  make_image
  echo "$key" >"$place/key"
}

# shellcheck disable=SC2317 # the trap calls it
clean_up() { [ -z "$root" ] || rm -rf "$root" "$place/new.img"; }

key_of_image() { { cat "$project/scripts/vm-image.sh"; node --version; echo "$suite"; } | sha256sum | cut -d ' ' -f 1; }

install_debian() {
  say "making a Debian root file system with debootstrap ($suite; some minutes, once)"
  debootstrap --variant=minbase --include="$packages" "$suite" "$root" >"$place/debootstrap.log" 2>&1 </dev/null || {
    tail -n 5 "$place/debootstrap.log" "$root/debootstrap/debootstrap.log" >&2 2>/dev/null || true
    fail "debootstrap of $suite failed" "see $place/debootstrap.log; check the network, then run this again"
  }
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
}

# A root file system for containers that have systemd as their first process: the same one without what a kernel needs.
pack_container_image() {
  tar --numeric-owner --xattrs --one-file-system --sort=name -C "$root" -cf "$place/debian.tar" \
    --exclude=./boot --exclude=./dev --exclude=./lib/modules --exclude=./usr/lib/modules --exclude=./usr/lib/firmware \
    --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./vmlinuz* \
    --exclude=./initrd* --exclude=./usr/share/initramfs-tools --exclude=./var/lib/dpkg/info \
    --exclude=./etc/systemd/system/*/ssh.service --exclude=./etc/systemd/system/sshd.service \
    --exclude=./usr/share/zoneinfo --exclude=./usr/lib/udev/hwdb* .
  mkdir -p "$root/srv"
  mv "$place/debian.tar" "$root/srv/debian.tar"
}

# Its programs, which warn that nothing is mounted there.
in_root() {
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@" 2>>"$place/debootstrap.log"
}

configure() {
  say 'configuring it'
  configure_system
  configure_user
  configure_ssh
}

configure_system() {
  local etc=$root/etc unit
  echo tspod-vm >"$etc/hostname"
  printf '127.0.0.1 localhost tspod-vm\n::1 localhost\n' >"$etc/hosts"
  echo 'nameserver 192.168.76.3' >"$etc/resolv.conf"
  echo '/dev/vda / ext4 noatime 0 0' >"$etc/fstab"
  printf '[Match]\nName=eth0\n[Network]\nAddress=192.168.76.15/24\nGateway=192.168.76.2\n' >"$etc/systemd/network/10-eth0.network"
  printf '%s\n' fuse tun overlay >"$etc/modules-load.d/tspod-vm.conf"
  mkdir -p "$etc/systemd/system/user@.service.d" "$etc/systemd/journald.conf.d" "$root/var/log/journal"
  printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >"$etc/systemd/system/user@.service.d/delegate.conf"
  printf '[Journal]\nStorage=persistent\nSystemMaxUse=100M\n' >"$etc/systemd/journald.conf.d/tspod-vm.conf"
  in_root systemd-machine-id-setup >/dev/null 2>&1 || true
  in_root systemctl -q enable ssh.service systemd-networkd.service
  in_root systemctl -q set-default multi-user.target
  # quadlet units wait for it
  in_root systemctl -q add-wants multi-user.target network-online.target
  for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
    fstrim.timer systemd-networkd-wait-online.service systemd-firstboot.service getty@tty1.service; do
    in_root systemctl -q mask "$unit" 2>/dev/null || true
  done
}

configure_user() {
  in_root useradd --uid 1001 --user-group --create-home --shell /bin/bash alice
  in_root usermod -p '*' alice
  # shellcheck disable=SC2016 # the shell inside expands it
  in_root sh -c 'for file in /etc/subuid /etc/subgid; do touch $file; grep -q ^alice: $file || echo alice:100000:65536 >>$file; done'
  mkdir -p "$root/var/lib/systemd/linger"
  touch "$root/var/lib/systemd/linger/alice"
}

configure_ssh() {
  local home
  rm -f "$place"/ssh-key* "$root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -C tspod-vm -f "$place/ssh-key"
  ssh-keygen -q -t ed25519 -N '' -C tspod-vm -f "$root/etc/ssh/ssh_host_ed25519_key"
  for home in root home/alice; do
    install -D -m 600 "$place/ssh-key.pub" "$root/$home/.ssh/authorized_keys"
    chmod 700 "$root/$home/.ssh"
  done
  in_root chown -R alice: /home/alice
  mkdir -p "$root/etc/ssh/sshd_config.d"
  printf '%s\n' 'PermitRootLogin prohibit-password' 'PasswordAuthentication no' 'UseDNS no' 'PrintLastLog no' \
    'MaxSessions 100' 'MaxStartups 100' >"$root/etc/ssh/sshd_config.d/tspod-vm.conf"
}

# The node that the project is built and tested with; Debian's own where that does not run there.
add_node() {
  install -m 755 "$node" "$root/usr/local/bin/node"
  in_root /usr/local/bin/node --eval 0 2>/dev/null && return 0
  say "$node does not run in the machine: Debian's own node is taken"
  rm "$root/usr/local/bin/node"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  { in_root apt-get update -qq && in_root apt-get install -y -qq --no-install-recommends nodejs; } >>"$place/debootstrap.log" 2>&1 ||
    fail 'no node for the virtual machine' "see $place/debootstrap.log"
  echo 'nameserver 192.168.76.3' >"$root/etc/resolv.conf"
}

# An initial RAM disk with only what finds the root file system.
make_image() {
  local kernel
  kernel=$(basename "$(find "$root/usr/lib/modules" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)")
  printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=3\nBUSYBOX=n\nRESUME=none\nFSTYPE=ext4\n' >"$root/etc/initramfs-tools/conf.d/tspod-vm"
  printf '%s\n' virtio_pci virtio_blk ext4 >"$root/etc/initramfs-tools/modules"
  in_root mkinitramfs -o /boot/initrd "$kernel" >>"$place/debootstrap.log" 2>&1 ||
    fail 'the initial RAM disk could not be made' "see $place/debootstrap.log"
  cp "$root/boot/vmlinuz-$kernel" "$place/vmlinuz"
  mv "$root/boot/initrd" "$place/initrd"
  rm -f "$root"/boot/initrd.img-*
  say 'making the image'
  mke2fs -q -t ext4 -L tspod-vm -m 0 -E lazy_itable_init=1,lazy_journal_init=1 -d "$root" "$place/new.img" "$size" >/dev/null
  mv "$place/new.img" "$place/root.img"
  chmod 644 "$place"/{root.img,vmlinuz,initrd}
  [ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID" "$place" "$place"/{root.img,ssh-key,debootstrap.log}
}

main "$@"
