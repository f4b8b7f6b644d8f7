/* Entering a running container from outside. */
#ifndef TSPOD_EXEC_NAMESPACES_H
#define TSPOD_EXEC_NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

/* The process of a container whose namespaces are joined. */
struct exec_target {
    const char *name; /* of the container, for messages */
    pid_t pid;
    unsigned long long start_time;
    uint64_t namespaces; /* CLONE_NEW* bits */
    bool is_inside;      /* the caller is in the common user namespace already */
};

/*
 * Joins the namespaces of that process, its user namespace first or, where it is a child of the common one,
 * last. The pid namespace is that of children made from now on. Dies with status 125 when the container does
 * not run any more.
 */
void exec_join(const struct exec_target *target);

/* The same for EXEC_TARGET. */
void exec_join_namespaces(const struct plan *plan);

/*
 * Until execve(2) the program is this helper with all capabilities, and the container's processes see it:
 * none of them may attach to it or open what it has open (CVE-2016-9962). The price is that it cannot write
 * its own files of /proc.
 */
void exec_hide(void);

#endif
