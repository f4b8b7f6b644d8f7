#!/usr/bin/env bash
# test-vm.sh [NAME...]: the checks of test/vm, or the named ones of them (limits, scope ...), in a virtual machine that
# systemd has booted with cgroup v2, driven by ../shared/vm/vm.sh (or $VM_SH), which has built it before.
# The last line is 'N passed, N failed, N skipped'.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

vm=${VM_SH:-$project/../shared/vm/vm.sh}
[ -x "$vm" ] || fail "there is no virtual machine: $vm is missing" 'set VM_SH to its script'
[ -e "$project/dist/tspod-helper" ] || fail 'nothing is built' 'npm run build'
cd "$project"

work=$(mktemp -d)
has_started=no
end() {
  rm -rf "$work"
  [ "$has_started" = no ] || "$vm" stop >&2
}
trap end EXIT

# What is installed elsewhere, and the checks.
mkdir -p "$work/tspod"
cp -r bin dist package.json test/vm "$work/tspod"
npm ls --all --omit=dev --parseable 2>/dev/null | sed -n "s|^$project/||p" |
  xargs -r cp -r --parents -t "$work/tspod"

if ! "$vm" status >/dev/null 2>&1; then
  "$vm" start >&2
  has_started=yes
fi
"$vm" push "$work/tspod" /home/alice/tspod >&2

files=("$@")
if [ $# = 0 ]; then files=(limits update scope no-bus root undelegated); fi
for name in "${files[@]}"; do
  file=test/vm/$name.sh
  [ -e "$file" ] || fail "there is no $file"
  user=$(sed -n 's/^# as: //p' "$file")
  say "$name, as $user"
  "$vm" run "$user" bash "/home/alice/tspod/vm/$name.sh" </dev/null | tee -a "$work/log" ||
    echo "not ok $name ended with an error" | tee -a "$work/log"
done

passed=$(grep -c '^ok ' "$work/log" || true)
failed=$(grep -c '^not ok ' "$work/log" || true)
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
