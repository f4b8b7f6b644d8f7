#include "netd.h"
const char *resolver_begin(struct netd *netd, struct network *network) {
    (void)netd;
    (void)network;
    return NULL;
}
void resolver_end(struct netd *netd, struct network *network) {
    (void)netd;
    (void)network;
}
void questions_tick(struct netd *netd) {
    (void)netd;
}
