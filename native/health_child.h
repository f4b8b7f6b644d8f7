/* The part of a health check that is in the container. */
#ifndef TSPOD_HEALTH_CHILD_H
#define TSPOD_HEALTH_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "plan.h"

struct health_child {
    const struct plan *plan; /* from health_child_plan */
    pid_t pid;               /* the container's first process */
    unsigned long long start_time;
    int cgroup;  /* its cgroup.procs, or -1 */
    int control; /* a SEQPACKET socket: "k" comes when the time is over; "X STATUS" or "E STATUS TEXT" goes */
    int output;  /* where the check writes */
};

/* The container's own plan with another program. What it has to be given back in the end is not freed. */
const struct plan *health_child_plan(const struct plan *plan, const struct plan_op *test, size_t argv_at);

/* Joins the container, runs the check, and reports; never returns. */
_Noreturn void health_child(const struct health_child *child);

#endif
