#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "idle_memory.h"
#include "io.h"
#include "monitor.h"
#include "notify.h"

#define DRAIN_IDLE_MS 100     /* a process outside that still holds the pipes is not waited for */
#define DRAIN_MOST (4u << 20) /* bytes read after the end; pipes hold less */
#define FIXED_FDS 9

static char buffer[FRAME_GREATEST];

long long monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void monitor_stop(struct monitor *monitor) {
    uint64_t grace = plan_number(monitor->plan, PLAN_STOP, 1, 10000);
    if (monitor->ended)
        return;
    kill(monitor->container.pid,
         monitor->held ? SIGKILL : (int)plan_number(monitor->plan, PLAN_STOP, 0, SIGTERM));
    monitor->kill_at = monotonic_ms() + (long long)grace;
}

static void stop(struct monitor *monitor) {
    monitor->stopping = true;
    monitor_stop(monitor);
}

static void reap(struct monitor *monitor) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == monitor->container.pid && !monitor->ended) {
            monitor->ended = true;
            monitor->wait_status = status;
        } else if (health_reaped(monitor, pid, status)) {
            continue;
        } else if (pid == monitor->net.pid) {
            net_lost(monitor);
        } else if (pid == monitor->netd.pid) {
            monitor->netd.pid = 0;
        }
    }
}

static void take_signals(struct monitor *monitor) {
    struct signalfd_siginfo info;
    while (read(monitor->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap(monitor);
        else
            stop(monitor);
    }
}

/* One piece of output: to the log and to everybody attached. The bytes read; the descriptor is closed at the
 * end. */
static size_t take_output(struct monitor *monitor, int *fd, int stream) {
    ssize_t got = read(*fd, buffer, sizeof buffer);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (got <= 0) { /* EIO: the terminal's last user has gone */
        if (*fd == monitor->container.terminal)
            monitor->container.terminal = -1;
        close_fd(fd);
        *fd = -1;
        return 0;
    }
    log_write(&monitor->log, monitor->plan, stream, buffer, (size_t)got);
    clients_broadcast(monitor, stream == 1 ? FRAME_STDOUT : FRAME_STDERR, buffer, (uint32_t)got);
    return (size_t)got;
}

/* The descriptors to wait for; -1 is passed over. Back-pressure: nothing is read that could not be passed on.
 */
static size_t fill(const struct monitor *monitor, struct pollfd *fds) {
    const struct container *container = &monitor->container;
    bool behind = clients_are_behind(monitor);
    int input = container->terminal >= 0 ? container->terminal : container->input;
    fds[0] = (struct pollfd){.fd = monitor->signals, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = monitor->listener, .events = POLLIN};
    fds[2] = (struct pollfd){.fd = behind ? -1 : container->output, .events = POLLIN};
    fds[3] = (struct pollfd){.fd = behind ? -1 : container->error, .events = POLLIN};
    fds[4] = (struct pollfd){.fd = monitor->input ? input : -1, .events = POLLOUT};
    fds[5] = (struct pollfd){.fd = monitor->notify, .events = POLLIN};
    fds[6] = (struct pollfd){.fd = monitor->lifeline}; /* only its end is of interest */
    fds[7] = (struct pollfd){.fd = monitor->netd.fd, .events = POLLIN};
    fds[8] = (struct pollfd){.fd = monitor->net.ready, .events = POLLIN};
    for (size_t i = 0; i < monitor->client_count; i++) {
        const struct client *client = &monitor->clients[i];
        short events = (short)((monitor->input ? 0 : POLLIN) | (client->pending ? POLLOUT : 0));
        fds[FIXED_FDS + i] = (struct pollfd){.fd = events ? client->fd : -1, .events = events};
    }
    return FIXED_FDS + monitor->client_count;
}

static void serve_clients(struct monitor *monitor, const struct pollfd *fds, size_t count) {
    for (size_t i = count; i-- > FIXED_FDS;) { /* from the end: removing one moves the last */
        size_t index = i - FIXED_FDS;
        if (fds[i].fd < 0 || !fds[i].revents)
            continue;
        if (monitor->clients[index].pending && (fds[i].revents & (POLLOUT | POLLERR | POLLHUP)))
            clients_flush(monitor, index);
        if (index < monitor->client_count && monitor->clients[index].fd == fds[i].fd)
            clients_read(monitor, index);
    }
}

static int timeout_of(const struct monitor *monitor) {
    if (monitor->ended)
        return DRAIN_IDLE_MS;
    if (!monitor->kill_at)
        return health_timeout(monitor, netd_timeout(monitor, -1));
    long long left = monitor->kill_at - monotonic_ms();
    left = netd_timeout(monitor, left > 3600000 ? 3600000 : (int)left);
    return health_timeout(monitor, left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left);
}

static void kill_in_time(struct monitor *monitor) {
    if (monitor->ended || !monitor->kill_at || monotonic_ms() < monitor->kill_at)
        return;
    kill(monitor->container.pid, SIGKILL);
    monitor->kill_at = 0;
}

/* Who wanted the container has gone. */
static void cut_lifeline(struct monitor *monitor) {
    close_fd(&monitor->lifeline);
    monitor->lifeline = -1;
    monitor->stopping = true;
    if (!monitor->ended)
        kill(monitor->container.pid, SIGKILL);
}

/* One round. The number of descriptors that had something; *taken grows by the bytes of output. */
static int serve_once(struct monitor *monitor, int timeout, size_t *taken) {
    struct pollfd fds[FIXED_FDS + CLIENTS_GREATEST];
    size_t count = fill(monitor, fds);
    int ready = poll(fds, count, timeout);
    if (ready <= 0)
        return ready;
    if (fds[2].revents)
        *taken += take_output(monitor, &monitor->container.output, 1);
    if (fds[3].revents && !clients_are_behind(monitor))
        *taken += take_output(monitor, &monitor->container.error, 2);
    if (fds[4].revents)
        monitor_feed(monitor);
    if (fds[5].revents)
        notify_pass_on(monitor->plan, monitor->notify);
    if (fds[7].revents)
        netd_heard(monitor);
    if (fds[8].revents)
        net_up_again(monitor);
    if (fds[6].revents)
        cut_lifeline(monitor);
    serve_clients(monitor, fds, count);
    if (fds[0].revents)
        take_signals(monitor);
    if (fds[1].revents)
        clients_accept(monitor);
    return ready;
}

static bool has_output(const struct monitor *monitor) {
    return monitor->container.output >= 0 || monitor->container.error >= 0;
}

void monitor_serve(struct monitor *monitor) {
    size_t taken = 0, at_end = 0, clients = 1;
    bool seen_end = false;
    while (!monitor->ended || has_output(monitor)) {
        if (clients > 0 && monitor->client_count == 0)
            idle_memory_release();
        clients = monitor->client_count;
        if (monitor->ended && !seen_end) {
            seen_end = true;
            at_end = taken;
        }
        int ready = serve_once(monitor, timeout_of(monitor), &taken);
        kill_in_time(monitor);
        health_tick(monitor);
        netd_tick(monitor);
        net_tick(monitor);
        if (seen_end && ((ready == 0 && !clients_are_behind(monitor)) || taken - at_end > DRAIN_MOST))
            return;
    }
}

bool monitor_pause(struct monitor *monitor, int milliseconds) {
    long long until = monotonic_ms() + milliseconds;
    size_t taken = 0;
    const char *stopped = plan_string(monitor->plan, PLAN_STOP_FILE, 0, NULL);
    for (long long left; (left = until - monotonic_ms()) > 0;) {
        serve_once(monitor, left > 200 ? 200 : (int)left, &taken);
        if (monitor->stopping || (stopped && access(stopped, F_OK) == 0))
            return false;
    }
    return true;
}
