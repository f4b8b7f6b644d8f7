/* Health checks: the rules by which results become a state, and the log of the results. Nothing here waits.
 */
#ifndef TSPOD_HEALTH_H
#define TSPOD_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "plan.h"

enum health_state { HEALTH_IS_UNKNOWN, HEALTH_IS_STARTING, HEALTH_IS_HEALTHY, HEALTH_IS_UNHEALTHY };

/* What a monitor remembers of health checks: a few numbers, for everything else is done by a child. */
struct health {
    enum health_state state;
    unsigned streak;              /* failures in a row */
    unsigned failures, successes; /* of the startup check */
    bool started;                 /* the startup check has passed, or there is none */
    bool in_start_period;         /* when the probe that runs began */
    long long next;               /* monotonic ms of the next probe; 0: none */
    pid_t judge;                  /* the child that runs a probe, or 0 */
    bool restart;                 /* the container is being ended to be started again */
    bool ended_it;                /* the container was ended for good by on-failure */
};

/* Whether the plan has a check. */
bool health_has(const struct plan *plan);

/* A container begins to run. */
void health_reset(struct health *health, const struct plan *plan);

/* The check whose turn it is: the argv begins at argument *argv_at. `timeout` is in ms. */
const struct plan_op *health_test(const struct health *health, const struct plan *plan, size_t *argv_at,
                                  long long *timeout);

/* Milliseconds until the next probe, `age` after the container began to run; 0: none. */
long long health_interval(const struct health *health, const struct plan *plan, long long age);

/* Takes a result into account. What has to be done to the container: PLAN_HEALTH_*. */
unsigned health_judge(struct health *health, const struct plan *plan, enum health_outcome outcome);

/* Podman's word for the state; empty when there is none. */
const char *health_word(enum health_state state);

/* One result. */
struct health_entry {
    long long start, end; /* nanoseconds since 1970 */
    int code;             /* 0 passed, 1 failed, -1 timed out */
    const char *output;
    size_t length;
};

/*
 * The text of the log (JSON as Podman's, an entry a line) with the entry behind those of `old` (or NULL), of
 * which the first go that are too many. Allocated; NULL without memory.
 */
char *health_log(const struct health *health, const struct plan *plan, const char *old,
                 const struct health_entry *entry);

/* The entry alone, on one line. Allocated; NULL without memory. */
char *health_entry_text(const struct health_entry *entry);

#endif
