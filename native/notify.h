/* sd_notify(3): op NOTIFY, --sdnotify. Somebody who does not listen is no error. */
#ifndef TSPOD_NOTIFY_H
#define TSPOD_NOTIFY_H

#include <sys/types.h>

#include "plan.h"

/* By the command that starts a container, which is still what the service manager takes for the service: says
 * that the monitor is its main process from now on. */
void notify_main_pid(const struct plan *plan, pid_t monitor);

/* By the same: the program runs. */
void notify_started(const struct plan *plan);

/* By the monitor: the container is healthy. Says so only once. */
void notify_healthy(const struct plan *plan);

/* By the monitor: the socket that the container sends to, or -1. */
int notify_open(const struct plan *plan);

/* Passes one message of the container on. */
void notify_pass_on(const struct plan *plan, int fd);

#endif
