/* The monitor's connection to netd (netd.h), which has the networks of its container. */
#ifndef TSPOD_MONITOR_NETD_H
#define TSPOD_MONITOR_NETD_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan.h"

struct monitor;

struct monitor_netd {
    int fd;          /* the connection, or -1 */
    pid_t pid;       /* netd, when this monitor has started it: not ended with the container */
    bool mounts;     /* the monitor has mounts of its own, which netd shall not keep */
    bool answered;   /* the networks are there */
    long long again; /* when to try again after the connection broke, monotonic ms; 0: it has not */
    int pause;
};

/* What is sent to netd, with a descriptor each; answered by FRAME_UPDATED or FRAME_ERROR once netd has both.
 */
#define NETD_SAY_WISH 'W'
#define NETD_SAY_SPACE 'N'

/* monitor_netd_reach.c: a connection to netd, which is started when there is none. -1 with errno. */
int netd_reach(const struct plan *plan, struct monitor_netd *netd);
/* monitor_netd_start.c: runs it on this listening socket. Its pid, or -1. */
pid_t netd_start(const struct plan *plan, const char *directory, int listener, bool mounts);

/* monitor_netd_say.c: the wish of the plan, and the container's namespace. -1 with errno. */
int netd_say_wish(int fd, const struct plan *plan);
int netd_say_space(int fd, int space);
/* NULL, or the error that netd answered with (allocated); *lost when it has ended without a word. */
char *netd_hear(int fd, int milliseconds, bool *lost);

/*
 * monitor_netd.c. netd_begin: netd makes ready what does not need the container. netd_join: the container has
 * its namespace. netd_wait: its networks are there; dies with status 125 when they cannot be made.
 */
void netd_begin(struct monitor *monitor);
void netd_join(struct monitor *monitor);
void netd_wait(struct monitor *monitor);
/* Takes the container out of its networks; its ports are free then. */
void netd_leave(struct monitor *monitor);
/* NULL, or why the networks of an update cannot be had (allocated); nothing has changed then. */
char *netd_change(struct monitor *monitor, const struct plan *update);

/* monitor_netd_keep.c: the connection has something to read or has broken; when to try again, at most; and
 * trying. */
void netd_heard(struct monitor *monitor);
int netd_timeout(const struct monitor *monitor, int otherwise);
void netd_tick(struct monitor *monitor);

#endif
