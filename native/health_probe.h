/* One run of a health check, by a child of the monitor. */
#ifndef TSPOD_HEALTH_PROBE_H
#define TSPOD_HEALTH_PROBE_H

#include "container.h"
#include "health.h"
#include "plan.h"

/*
 * Called in a fork of the monitor, of which it closes everything: runs the check whose turn it is in the
 * container, as exec does and with the container's own user, environment and limits, writes the log, and ends
 * with the enum health_outcome as exit status. What the check started ends with its time, and with this
 * process.
 */
_Noreturn void health_probe(const struct plan *plan, const struct container *container,
                            const struct health *health);

#endif
