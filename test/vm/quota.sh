#!/usr/bin/env bash
# as: root
# Size limits by project quotas, which only the machine's root can set, on file systems made for them.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

place=$(mktemp -d)
trap 'umount "$place/store" 2>/dev/null; rm -rf "$place"' EXIT
mkdir "$place/store"

on_store() { tspod --root "$place/store/root" "$@"; }
in_container() { on_store run --rm --network none "$@"; }
fill='dd if=/dev/zero of=%s/full bs=64k; df -m %s; rm %s/full'

# limits NAME: what a volume and a container may take up, and what is beside them.
limits() {
  local full='(Disk quota exceeded|No space left on device).* 8 +8 +0 +(99|100)%'
  on_store volume create -o size=8m data >/dev/null
  check "$1: a volume with a size limit is a quota" 0 '"kind":"quota"' cat "$place/store/root/volumes/data/volume.json"
  check "$1: a volume is full at its limit, and df shows it" 0 "$full" \
    in_container -v data:/m "$image" sh -c "${fill//%s//m}"
  check "$1: a container is full at its limit, and df shows it" 0 "$full" \
    in_container --storage-opt size=8m "$image" sh -c "${fill//%s/}"
  check "$1: with all capabilities too" 0 "$full" \
    in_container --privileged --storage-opt size=8m "$image" sh -c "${fill//%s/}"
  on_store run --name kept --network none --storage-opt size=8m "$image" touch /file
  check "$1: its layer is an overlay of the kernel" 0 '"upper":"quota"' on_store inspect kept --format '{{json .HostConfig.StorageOpt}}'
  check "$1: what it wrote is told" 0 'A /file' on_store diff kept
  on_store volume export -o "$place/data.tar" data
  on_store volume create -o size=4m other >/dev/null
  check "$1: an archive is imported" 0 '' on_store volume import other "$place/data.tar"
  check "$1: another limit holds meanwhile" 0 ' 4 .*% /m' in_container -v other:/m "$image" df -m /m
  on_store rm kept >/dev/null
  on_store volume rm data other >/dev/null
}

for kind in ext4 xfs; do
  command -v "mkfs.$kind" >/dev/null || continue
  truncate -s 400M "$place/$kind"
  if [ "$kind" = ext4 ]; then
    mkfs.ext4 -q -O quota,project -E quotatype=prjquota "$place/ext4"
  else
    mkfs.xfs -q "$place/xfs"
  fi
  mount -o loop,prjquota "$place/$kind" "$place/store"
  limits "$kind"
  umount "$place/store"
done
