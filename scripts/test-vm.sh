#!/usr/bin/env bash
# test-vm.sh [NAME...]: the checks of test/vm, or the named ones of them (limits, scope ...), in a virtual machine that
# systemd has booted with cgroup v2 (scripts/vm.sh, which makes it when it is missing: root, QEMU and some minutes).
# One that runs already is used and left running. The last line is 'N passed, N failed, N skipped'.
#
# A file of test/vm begins with '# as: USER'. With a line '# then: reset' it is run twice, with the words 'before' and
# 'after', and between them the machine's power fails.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

vm=$project/scripts/vm.sh
all=(limits update scope no-bus service activation init auto-update quadlet shared boot journal root quota undelegated)
# Seconds for one file: it is only to end what hangs.
patience=1200
has_started=no
work=''

main() {
  cd "$project"
  bash scripts/setup.sh build
  has docker-registry || bash scripts/setup.sh test
  work=$(mktemp -d)
  trap end EXIT
  start_machine
  install_there
  local name files=("$@")
  [ $# -gt 0 ] || files=("${all[@]}")
  for name in "${files[@]}"; do run_file "$name"; done
  report
}

# shellcheck disable=SC2317 # the trap calls it
end() {
  [ "$has_started" = no ] || "$vm" stop >&2
  rm -rf "$work"
}

start_machine() {
  local status=0
  ! "$vm" status >/dev/null 2>&1 || return 0
  has_started=yes
  "$vm" start >&2 || status=$?
  [ "$status" != 77 ] || { echo '0 passed, 0 failed, 1 skipped'; exit 0; }
  [ "$status" = 0 ] || exit "$status"
}

# What is installed elsewhere, the checks, and a registry for them; systemd knows the generator.
install_there() {
  mkdir -p "$work/tspod"
  cp -r bin libexec systemd dist package.json test/vm "$work/tspod"
  cp "$(command -v docker-registry)" "$work/tspod/vm"
  npm ls --all --omit=dev --parseable 2>/dev/null | sed -n "s|^$project/||p" |
    xargs -r cp -r --parents -t "$work/tspod"
  "$vm" push "$work/tspod" /home/alice/tspod >&2
  "$vm" run root '/home/alice/tspod/bin/tspod system install-units' >/dev/null
}

run_file() {
  local name=$1 file=test/vm/$1.sh
  [ -e "$file" ] || fail "there is no $file"
  if grep -q '^# then: reset$' "$file"; then
    run_part "$name" before
    "$vm" reset >&2
    run_part "$name" after
  else
    run_part "$name"
  fi
}

run_part() {
  local name=$1 part=${2:-} user begin=$SECONDS
  user=$(sed -n 's/^# as: //p' "test/vm/$name.sh")
  say "$name${part:+, $part}, as $user"
  timeout --foreground "$patience" "$vm" run "$user" "bash /home/alice/tspod/vm/$name.sh $part" </dev/null |
    tee -a "$work/log" ||
    echo "not ok $name ended with an error" | tee -a "$work/log"
  say "$name took $((SECONDS - begin)) s"
}

report() {
  local passed failed
  passed=$(grep -c '^ok ' "$work/log" || true)
  failed=$(grep -c '^not ok ' "$work/log" || true)
  echo "$passed passed, $failed failed, 0 skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

main "$@"
