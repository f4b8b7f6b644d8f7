#include "netd_names.h"

#include <string.h>
#include <strings.h>

#include "protocol.h"

#define SHORT_ID 12

static bool has_address(const struct wish_foot *foot, const struct address *address) {
    for (size_t i = 0; i < foot->address_count; i++)
        if (address_same(&foot->addresses[i], address))
            return true;
    return false;
}

const struct member *names_asker(const struct netd *netd, const struct network *network,
                                 const struct address *from) {
    for (const struct member *member = netd->members; member; member = member->next)
        for (size_t i = 0; member->wish && i < member->wish->foot_count; i++)
            if (member->feet[i].network == network && has_address(&member->wish->feet[i], from))
                return member;
    return NULL;
}

/* Whether the asker may know who is in this network: the one by which it asks, or another one of its own. */
static bool sees(const struct member *asker, const struct network *by, const struct network *network) {
    if (!network || network == by)
        return network;
    for (size_t i = 0; asker && i < asker->wish->foot_count; i++)
        if (asker->feet[i].network == network)
            return network->flags & PLAN_NETWORK_DNS;
    return false;
}

static bool is_named(const struct wish *wish, const struct wish_foot *foot, const char *name) {
    if (strcasecmp(wish->name, name) == 0 || strcasecmp(wish->id, name) == 0)
        return true;
    if (strlen(name) == SHORT_ID && strncasecmp(wish->id, name, SHORT_ID) == 0)
        return true;
    for (size_t i = 2; i < foot->foot->count; i++)
        if (strcasecmp(foot->foot->args[i].data, name) == 0)
            return true;
    return false;
}

static void add(struct names *names, const struct address *address) {
    if (names->count < NAMES_GREATEST)
        names->addresses[names->count++] = *address;
}

static void find_containers(const struct netd *netd, const struct network *network,
                            const struct member *asker, const char *name, struct names *names) {
    for (const struct member *member = netd->members; member; member = member->next)
        for (size_t i = 0; member->wish && member->space >= 0 && i < member->wish->foot_count; i++) {
            const struct wish_foot *foot = &member->wish->feet[i];
            if (!sees(asker, network, member->feet[i].network) || !is_named(member->wish, foot, name))
                continue;
            names->known = true;
            for (size_t at = 0; at < foot->address_count; at++)
                add(names, &foot->addresses[at]);
        }
}

static void find_hosts(const struct member *asker, const char *name, struct names *names) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(&asker->wish->plan, PLAN_NETD_HOST, &position));)
        for (size_t i = 1; i < op->count; i++) {
            struct address address;
            if (strcasecmp(op->args[i].data, name) != 0 || !address_parse(op->args[0].data, &address))
                continue;
            names->known = true;
            add(names, &address);
        }
}

void names_find(const struct netd *netd, const struct network *network, const struct member *asker,
                const char *name, struct names *names) {
    names->count = 0;
    names->known = false;
    if (!*name)
        return;
    find_containers(netd, network, asker, name, names);
    if (asker)
        find_hosts(asker, name, names);
}

const char *names_of(const struct netd *netd, const struct network *network, const struct member *asker,
                     const struct address *address) {
    for (const struct member *member = netd->members; member; member = member->next)
        for (size_t i = 0; member->wish && i < member->wish->foot_count; i++)
            if (sees(asker, network, member->feet[i].network) && has_address(&member->wish->feet[i], address))
                return member->wish->name;
    return NULL;
}
