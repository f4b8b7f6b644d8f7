/* slirp4netns or pasta: a process between a network namespace and the host. */
#ifndef TSPOD_NET_HELPER_H
#define TSPOD_NET_HELPER_H

#include <stddef.h>
#include <sys/types.h>

#include "plan.h"

struct net_helper {
    pid_t pid;  /* 0: it does not run */
    int ending; /* open as long as it is to live; -1 */
    int ready;  /* something can be read here once it is up; -1 */
    int errors; /* what it says on standard error; -1 */
};

struct net_helper_place {
    const char *directory; /* for its files: netns, ready, api.sock */
    int space;             /* the network namespace */
    pid_t pid;             /* what {pid} stands for */
};

/* net_helper_files.c: makes `directory`/netns and the pipe `ready`. Dies with status 125 on failure. */
void net_helper_prepare(struct net_helper *helper, const struct net_helper_place *place);
/* The same once more, for a helper that has ended: the namespace is still bound there. */
void net_helper_again(struct net_helper *helper, const struct net_helper_place *place);

/* net_helper_start.c: op NET_HELPER; does not wait until it is up. Dies with status 125 on failure. */
void net_helper_start(struct net_helper *helper, const struct plan_op *op,
                      const struct net_helper_place *place);

/* net_helper_reason.c: the first lines that say what is wrong with it, in one line behind ": ", or nothing.
 */
void net_helper_reason(const struct net_helper *helper, char *reason, size_t size);

#endif
