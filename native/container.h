/* The container's first process, as its monitor sees it. */
#ifndef TSPOD_CONTAINER_H
#define TSPOD_CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan.h"

struct container {
    pid_t pid;
    int pidfd;
    int control;       /* to its first process until that runs the program */
    int cgroup;        /* its control group's directory, or -1 */
    int input;         /* what is written here is its standard input; -1 without, and with a terminal */
    int output;        /* its standard output, or its terminal */
    int error;         /* its standard error; -1 with a terminal */
    int terminal;      /* the terminal's master (the same number as output), or -1 */
    int caller[3];     /* STDIO_PASSTHROUGH: the caller's streams, else -1 */
    int netns, userns; /* kept for the restart, or -1 */
};

void container_initialise(struct container *container);

/* Makes the namespaces and the process, which begins to set itself up. Dies with status 125 on failure. */
void container_create(struct container *container, const struct plan *plan);

/* The streams of one run: pipes whose other ends the container keeps; -1 is what the caller has. And closing
 * them. */
void container_streams(struct container *container, const struct plan *plan, int *streams);
void container_close_streams(const struct plan *plan, const int *streams);

/* Waits until it only has to be released. Dies with what went wrong in it. */
void container_wait(struct container *container);

/* Lets it run the program. NULL, or what went wrong (allocated) with *status 125, 126 or 127. */
char *container_release(struct container *container, int *status);

/* Closes what belongs to one run; the namespaces that are kept stay. */
void container_close(struct container *container);

/* What the first process is given; `borrowed` are mounts of others (container_borrow.h), or NULL. */
struct container_gift {
    int control;
    int streams[3];
    int *borrowed;
};

/* The first process: carries the plan out, never returns. */
_Noreturn void container_child(const struct plan *plan, const struct container_gift *gift);

/* Whether it joins namespaces, of others (NS_JOIN) or those kept for a restart, instead of only making new
 * ones. */
bool container_joins(const struct container *container, const struct plan *plan);

/*
 * Joins them, the user namespace last: until then the caller has its capabilities over all of them. There is
 * no way back. Dies with status 125 on failure.
 */
void container_join(const struct container *container, const struct plan *plan);

/* The user namespace that NS_JOIN names, or -1. */
int container_user_namespace(const struct plan *plan);

#endif
