/* What every way to start a container begins with (role_start.c). */
#ifndef TSPOD_START_H
#define TSPOD_START_H

#include "plan.h"

/* LOCK_FILE, locked; -1 where the plan has none. Dies with status 125 when another command keeps it for long.
 */
int start_lock(const struct plan *plan);

/* 'r' running, 'i' initialized, 0 neither: by the record, if its monitor lives. */
char start_live_phase(const struct plan *plan);

/* Under the lock, when it does not live: dies when the container is gone; takes a stop away that was meant
 * for an earlier run. */
void start_begin(const struct plan *plan);

#endif
