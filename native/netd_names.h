/* Which names are whose: what the resolver at a network's gateway knows. */
#ifndef TSPOD_NETD_NAMES_H
#define TSPOD_NETD_NAMES_H

#include "netd.h"
#include "netd_dns.h"

#define NAMES_GREATEST 64

struct names {
    struct address addresses[NAMES_GREATEST];
    size_t count;
    bool known; /* if there is no address of the family that was asked for, there is none elsewhere either */
};

/* netd_names.c: the container that asks, by its address in the network; NULL when it is none. */
const struct member *names_asker(const struct netd *netd, const struct network *network,
                                 const struct address *from);
/* The addresses of a name in the networks that the asker is in. */
void names_find(const struct netd *netd, const struct network *network, const struct member *asker,
                const char *name, struct names *names);
/* The name of the container with this address there, or NULL. */
const char *names_of(const struct netd *netd, const struct network *network, const struct member *asker,
                     const struct address *address);

#endif
