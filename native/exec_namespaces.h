/* Entering the namespaces of a running container. */
#ifndef TSPOD_EXEC_NAMESPACES_H
#define TSPOD_EXEC_NAMESPACES_H

#include "plan.h"

/*
 * Makes this process (its children, as to the pid namespace) a member of the namespaces of EXEC_TARGET: the
 * user namespace where it differs, through its parent where the container has one of its own, and those of
 * the op. Needs no lock and no other file than those of /proc. Dies with status 125 when the container does
 * not run.
 */
void exec_join_namespaces(const struct plan *plan);

#endif
