/* When health checks run, and what comes of them. Between two of them there is nothing but a time in poll(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events.h"
#include "health_probe.h"
#include "io.h"
#include "monitor.h"
#include "notify.h"

static bool may_probe(const struct monitor *monitor) {
    return health_has(monitor->plan) && !monitor->held && !monitor->ended && !monitor->stopping &&
           !monitor->health.restart;
}

/* `at_once`: without waiting for the interval, which may still say that there is none. */
static void schedule(struct monitor *monitor, bool at_once) {
    long long now = monotonic_ms();
    long long interval = health_interval(&monitor->health, monitor->plan, now - monitor->run_since);
    monitor->health.next = interval ? now + (at_once ? 0 : interval) : 0;
}

/* The word for the status file. */
static void name_state(struct monitor *monitor) {
    monitor->status.health = health_word(monitor->health.state);
    if (monitor->health.state == HEALTH_IS_HEALTHY)
        notify_healthy(monitor->plan);
}

void health_begin(struct monitor *monitor) {
    const char *log = plan_string(monitor->plan, PLAN_HEALTH, 0, NULL);
    health_reset(&monitor->health, monitor->plan);
    name_state(monitor);
    if (log)
        unlink(log); /* Podman's begins anew with each run too */
    if (health_has(monitor->plan))
        schedule(monitor, true);
}

void health_changed(struct monitor *monitor) {
    struct health *health = &monitor->health;
    pid_t judge = health->judge;
    if (health_has(monitor->plan) != (health->state != HEALTH_IS_UNKNOWN))
        health_reset(health, monitor->plan);
    health->judge = judge;
    health->next = 0;
    name_state(monitor);
    if (!may_probe(monitor))
        return;
    status_write(monitor, false);
    schedule(monitor, true);
}

int health_timeout(const struct monitor *monitor, int otherwise) {
    if (!monitor->health.next || monitor->health.judge || !may_probe(monitor))
        return otherwise;
    long long left = monitor->health.next - monotonic_ms();
    left = left < 0 ? 0 : left > 3600000 ? 3600000 : left;
    return otherwise >= 0 && otherwise < left ? otherwise : (int)left;
}

static bool is_paused(const struct monitor *monitor) {
    char digit = '0';
    autoclose int fd = monitor->container.cgroup < 0
                           ? -1
                           : openat(monitor->container.cgroup, "cgroup.freeze", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, &digit, 1) == 1 && digit == '1';
}

static void answer(struct client *client, uint32_t outcome) {
    unsigned char bytes[4] = {(unsigned char)outcome};
    client->health = HEALTH_NOT_ASKED;
    clients_send(client, FRAME_HEALTH_RESULT, bytes, sizeof bytes);
}

static void answer_all(struct monitor *monitor, enum health_request which, uint32_t outcome) {
    for (size_t i = 0; i < monitor->client_count; i++)
        if (monitor->clients[i].health == which)
            answer(&monitor->clients[i], outcome);
}

/* Those who ask while a probe runs wait for the next one. */
static bool is_asked(const struct monitor *monitor) {
    for (size_t i = 0; i < monitor->client_count; i++)
        if (monitor->clients[i].health == HEALTH_ASKED)
            return true;
    return false;
}

static void act(struct monitor *monitor, unsigned action) {
    struct health *health = &monitor->health;
    if (monitor->ended || monitor->stopping || action == PLAN_HEALTH_NONE)
        return;
    health->next = 0;
    health->restart = action == PLAN_HEALTH_RESTART;
    health->ended_it = !health->restart;
    monitor->stopping = health->ended_it;
    events_note(monitor->plan, (struct event){.status = action == PLAN_HEALTH_KILL ? "kill" : "stop"});
    events_write(monitor->plan);
    if (action == PLAN_HEALTH_KILL)
        kill(monitor->container.pid, SIGKILL);
    else
        monitor_stop(monitor);
}

static void take_outcome(struct monitor *monitor, enum health_outcome outcome) {
    struct health *health = &monitor->health;
    bool was_starting = !health->started;
    const char *before = monitor->status.health;
    unsigned action = health_judge(health, monitor->plan, outcome);
    name_state(monitor);
    if (strcmp(before, monitor->status.health) != 0)
        status_write(monitor, false);
    schedule(monitor, was_starting && health->started);
    answer_all(monitor, HEALTH_BEING_ANSWERED,
               was_starting && outcome != HEALTH_PASSED && outcome != HEALTH_STOPPED ? HEALTH_STARTING
                                                                                     : outcome);
    act(monitor, action);
}

static void start(struct monitor *monitor) {
    struct health *health = &monitor->health;
    long long age = monotonic_ms() - monitor->run_since;
    health->in_start_period = age < (long long)plan_number(monitor->plan, PLAN_HEALTH, 5, 0);
    for (size_t i = 0; i < monitor->client_count; i++)
        if (monitor->clients[i].health == HEALTH_ASKED)
            monitor->clients[i].health = HEALTH_BEING_ANSWERED;
    health->judge = fork();
    if (health->judge == 0)
        health_probe(monitor->plan, &monitor->container, health);
    if (health->judge > 0)
        return;
    health->judge = 0;
    take_outcome(monitor, HEALTH_ERROR);
}

void health_tick(struct monitor *monitor) {
    if (monitor->health.judge || !may_probe(monitor))
        return;
    if (is_asked(monitor))
        return start(monitor);
    if (!monitor->health.next || monotonic_ms() < monitor->health.next)
        return;
    if (is_paused(monitor))
        schedule(monitor, false);
    else
        start(monitor);
}

bool health_reaped(struct monitor *monitor, pid_t pid, int wait_status) {
    if (!pid || pid != monitor->health.judge)
        return false;
    monitor->health.judge = 0;
    take_outcome(monitor, WIFEXITED(wait_status) && WEXITSTATUS(wait_status) <= HEALTH_ERROR
                              ? (enum health_outcome)WEXITSTATUS(wait_status)
                              : HEALTH_ERROR);
    return true;
}

void health_ask(struct monitor *monitor, struct client *client) {
    if (!health_has(monitor->plan))
        return answer(client, HEALTH_NONE);
    if (!may_probe(monitor))
        return answer(client, HEALTH_STOPPED);
    client->health = HEALTH_ASKED;
}

void health_end(struct monitor *monitor) {
    struct health *health = &monitor->health;
    if (health->judge) {
        kill(health->judge, SIGKILL);
        while (waitpid(health->judge, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    health->judge = 0;
    health->next = 0;
    answer_all(monitor, HEALTH_ASKED, HEALTH_STOPPED);
    answer_all(monitor, HEALTH_BEING_ANSWERED, HEALTH_STOPPED);
    if (health->state != HEALTH_IS_UNKNOWN && !health->ended_it)
        monitor->status.health = "stopped";
}

bool health_may_restart(const struct plan *plan) {
    return plan_number(plan, PLAN_HEALTH, 1, PLAN_HEALTH_NONE) == PLAN_HEALTH_RESTART ||
           plan_number(plan, PLAN_HEALTH_STARTUP, 2, 0) > 0;
}
