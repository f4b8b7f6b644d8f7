#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "events.h"
#include "hooks.h"
#include "io.h"
#include "monitor.h"

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void write_pid(const struct plan *plan, enum plan_code code, pid_t pid) {
    const char *path = plan_string(plan, code, 0, NULL);
    char text[16];
    snprintf(text, sizeof text, "%d", (int)pid);
    if (path && replace_file(path, text, false) < 0)
        die_errno(125, "writing %s", path);
}

static void listen_for_clients(struct monitor *monitor) {
    const char *directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, NULL);
    autofree char *path = NULL;
    if (!directory || monitor->listener >= 0)
        return;
    if (asprintf(&path, "%s/attach.sock", directory) < 0 || (monitor->listener = unix_listen(path)) < 0)
        die_errno(125, "listening on %s/attach.sock", directory);
}

static void announce(struct monitor *monitor, const char *phase) {
    monitor->status.phase = phase;
    status_write(monitor, false);
}

/* The start is over: the next command may have the lock. */
static void tell_started(struct monitor *monitor) {
    unsigned char pid[4];
    for (int i = 0; i < 4; i++)
        pid[i] = (unsigned char)((unsigned)monitor->container.pid >> (8 * i));
    clients_broadcast(monitor, FRAME_STARTED, pid, sizeof pid);
    if (monitor->lock < 0)
        return;
    flock(monitor->lock, LOCK_UN);
    close(monitor->lock);
    monitor->lock = -1;
}

static void set_times(struct monitor *monitor) {
    uint64_t timeout = plan_number(monitor->plan, PLAN_TIMEOUT, 0, 0);
    monitor->run_since = monotonic_ms();
    monitor->kill_at = timeout ? monitor->run_since + (long long)timeout : 0;
    monitor->status.started = now_ns();
    monitor->status.finished = 0;
    monitor->status.oom = false;
}

static void note_init(const struct plan *plan) {
    events_note_earlier(plan);
    events_note(plan, (struct event){.status = "init"});
}

/* Before anybody is told: who has been told finds them. */
static void note_start(struct monitor *monitor, bool was_held) {
    monitor->ran = true;
    if (!was_held)
        note_init(monitor->plan);
    events_note(monitor->plan, (struct event){.status = "start"});
    if (monitor->status.restarts == 0 && plan_find(monitor->plan, PLAN_FOREGROUND))
        events_note(monitor->plan, (struct event){.status = "attach"});
    events_write(monitor->plan);
}

void monitor_release(struct monitor *monitor) {
    int status;
    bool was_held = monitor->held;
    set_times(monitor);
    monitor->held = false;
    health_begin(monitor);
    announce(monitor, "running");
    char *error = plan_find(monitor->plan, PLAN_OCI_RUNTIME)
                      ? oci_start(monitor, &status)
                      : container_release(&monitor->container, &status);
    if (error)
        monitor_finish(monitor, status, error);
    free(hooks_run(monitor->plan, PLAN_HOOK_POSTSTART, monitor->container.pid));
    note_start(monitor, was_held);
    tell_started(monitor);
}

/* A program that nobody would be told of does not run: tspod may have been killed on its way to become the
 * relay. */
static void await_relay(struct monitor *monitor) {
    char byte;
    if (!monitor->awaits_relay)
        return;
    int socket = monitor->clients[0].fd;
    while (poll(&(struct pollfd){.fd = socket, .events = POLLIN}, 1, -1) < 0 && errno == EINTR)
        continue;
    monitor->awaits_relay = false;
    if (recv(socket, &byte, 1, MSG_DONTWAIT) != 1)
        die(125, "tspod was killed while it started the container");
}

void monitor_start(struct monitor *monitor) {
    bool first = monitor->listener < 0;
    monitor->ended = false;
    bool foreign = plan_find(monitor->plan, PLAN_OCI_RUNTIME);
    if (foreign)
        oci_create(monitor);
    else
        container_create(&monitor->container, monitor->plan);
    net_start(monitor);
    netd_join(monitor);
    listen_for_clients(monitor);
    if (!foreign)
        container_wait(&monitor->container);
    net_wait(monitor);
    netd_wait(monitor);
    write_pid(monitor->plan, PLAN_PID_FILE, monitor->container.pid);
    write_pid(monitor->plan, PLAN_MONITOR_PID_FILE, getpid());
    await_relay(monitor);
    if (!first || !plan_find(monitor->plan, PLAN_HOLD))
        return monitor_release(monitor);
    monitor->held = true;
    note_init(monitor->plan);
    events_write(monitor->plan);
    announce(monitor, "initialized");
    tell_started(monitor);
}
