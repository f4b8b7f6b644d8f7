/* The common user namespace: one per user, shared by all of the user's containers. */
#ifndef TSPOD_USERNS_H
#define TSPOD_USERNS_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan.h"

/*
 * Makes this process uid 0 of the common user namespace: joins the one of a live member, or makes it
 * (USERNS_DIR, COMMON_UID_MAP, COMMON_GID_MAP, ID_MAP_TOOLS). Without USERNS_DIR it does nothing. With
 * `register_self` the process is a member that others may join through as long as it lives. Dies with status
 * 125 and the cure (a line "hint: ..."). The supplementary groups are left alone.
 */
void userns_enter_common(const struct plan *plan, bool register_self);

/* Makes this process, which is in the common user namespace, a member that others may join through. */
void userns_remember(const char *directory);

/* Field 22 of /proc/PID/stat, in clock ticks; 0 where there is no such process, or it is a zombie. */
unsigned long long process_start_time(pid_t pid);

#endif
