#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "netd.h"

#define EVENTS 64
#define TICK_MS 250

long long netd_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

const char *netd_error(struct netd *netd, int error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(netd->error, sizeof netd->error, format, arguments);
    va_end(arguments);
    if (error && length >= 0 && (size_t)length < sizeof netd->error)
        snprintf(netd->error + length, sizeof netd->error - (size_t)length, ": %s", strerror(error));
    return netd->error;
}

void watch_add(struct netd *netd, struct watch *watch, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (epoll_ctl(netd->poll, EPOLL_CTL_ADD, watch->fd, &event) < 0)
        die_errno(125, "waiting for a descriptor");
}

void watch_close(struct watch *watch) {
    if (watch->fd >= 0)
        close(watch->fd);
    watch->fd = -1;
}

void free_later(struct netd *netd, void *object) {
    *(void **)object = netd->trash;
    netd->trash = object;
}

static void empty_trash(struct netd *netd) {
    while (netd->trash) {
        void *object = netd->trash;
        netd->trash = *(void **)object;
        free(object);
    }
}

static void take_signals(struct netd *netd, struct watch *watch, uint32_t events) {
    struct signalfd_siginfo info;
    int status;
    (void)events;
    while (read(watch->fd, &info, sizeof info) == sizeof info)
        if (info.ssi_signo != SIGCHLD)
            _exit(0); /* the monitors start another one */
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == netd->helper.pid)
            way_out_ended(netd);
}

static int timeout_of(const struct netd *netd) {
    if (netd->busy)
        return 0;
    bool waits = netd->questions || netd->sessions || netd->helper_again || netd->idle_since || netd->doomed;
    return waits ? TICK_MS : -1;
}

static void tick(struct netd *netd) {
    way_out_tick(netd);
    questions_tick(netd);
    udp_tick(netd);
    doomed_tick(netd);
    networks_tick(netd);
    flow_tick(netd);
}

void netd_serve(struct netd *netd) {
    struct watch signals = {.fd = netd->signals, .ready = take_signals};
    struct watch listener = {.fd = netd->listener, .ready = member_accept};
    watch_add(netd, &signals, EPOLLIN);
    watch_add(netd, &listener, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(netd->poll, events, EVENTS, timeout_of(netd));
        if (count < 0 && errno != EINTR)
            die_errno(125, "waiting for events");
        for (int i = 0; i < count; i++) {
            struct watch *watch = events[i].data.ptr;
            if (watch->fd >= 0)
                watch->ready(netd, watch, events[i].events);
        }
        tick(netd);
        empty_trash(netd);
    }
}
