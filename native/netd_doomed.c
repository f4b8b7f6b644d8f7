/* Removing an interface takes tens of milliseconds, in which others would have to wait; and the kernel
 * removes it itself, with many others at once, when the container's namespace is gone. */
#include <stdlib.h>

#include "netd.h"

#define PATIENCE_MS 2000

struct doomed {
    struct doomed *next;
    int link;
    long long at;
};

void foot_doom(struct netd *netd, struct foot *foot) {
    struct doomed *doomed = foot->link ? malloc(sizeof *doomed) : NULL;
    if (!doomed)
        return foot_detach(netd, foot);
    *doomed = (struct doomed){.next = netd->doomed, .link = foot->link, .at = netd_now() + PATIENCE_MS};
    netd->doomed = doomed;
    foot->link = 0;
}

void doomed_tick(struct netd *netd) {
    for (struct doomed **at = &netd->doomed; *at;) {
        struct doomed *doomed = *at;
        if (netd_now() < doomed->at) {
            at = &doomed->next;
            continue;
        }
        link_remove(netd->netlink, doomed->link);
        *at = doomed->next;
        free(doomed);
    }
}
