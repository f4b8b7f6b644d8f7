#!/usr/bin/env bash
# as: alice
# The journal as log of a container and of events: the fields that Podman writes, and read back.
# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

journal() { journalctl --user --no-pager --quiet --output json --output-fields "$1" "${@:2}" | tr -d '"{} \n'; }

id=$(tspod run -d --name journal --network none --log-driver journald --log-opt tag=a-tag "$image" \
  sh -c 'echo out; sleep 1; echo err >&2; sleep 1; printf part; sleep 100000')
soon 'logs reads them back' '^out err part$' tspod logs journal
check 'with the fields of the container' 0 "^(.*CONTAINER_ID_FULL:$id){2}" journal CONTAINER_ID_FULL CONTAINER_NAME=journal
check 'its short id and name' 0 "CONTAINER_ID:${id:0:12}" journal CONTAINER_ID CONTAINER_NAME=journal
check 'the tag' 0 'CONTAINER_TAG:a-tag' journal CONTAINER_TAG CONTAINER_NAME=journal
check 'standard error has another priority' 0 'PRIORITY:3.*MESSAGE:err|MESSAGE:err.*PRIORITY:3' journal PRIORITY,MESSAGE CONTAINER_NAME=journal PRIORITY=3
# what has no end yet is shown with the lines before it
check 'logs --tail' 0 '^(out )?err part$' tspod logs --tail 2 journal
check 'logs --since' 0 '^$' tspod logs --since 2099-01-01 journal
check 'they are there when the container has ended' 0 '^out err part$' eval 'tspod stop -t 0 journal >/dev/null; tspod logs journal'
tspod rm journal >/dev/null

tspod --events-backend journald run --rm --network none --name told "$image" true
check 'events of the journal' 0 '^(create init start|create|init).* died( remove)?' \
  eval "tspod --events-backend journald events --stream=false --filter container=told --format '{{.Status}}'"
check 'with the fields that Podman writes' 0 'PODMAN_EVENT:died' journal PODMAN_EVENT,PODMAN_TYPE PODMAN_NAME=told PODMAN_EVENT=died
