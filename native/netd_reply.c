#include <stdlib.h>
#include <string.h>

#include "netd_names.h"
#include "netd_resolver.h"
#include "protocol.h"

#define DOMAIN ".dns.podman" /* the search domain that containers have */
#define NETWORK_SERVERS 4    /* the arguments of NETD_NETWORK before them */

struct asking {
    struct netd *netd;
    const struct network *network;
    const struct member *asker;
    const uint8_t *query;
    struct dns_question question;
};

static void add_servers(struct servers *servers, const struct plan_op *op, size_t from) {
    for (size_t i = from; op && i < op->count && servers->count < SERVERS_GREATEST; i++)
        if (address_parse(op->args[i].data, &servers->addresses[servers->count]))
            servers->count++;
}

/* Those of the network, else those of the container. */
static void choose_servers(const struct asking *asking, struct servers *servers) {
    const struct member *asker = asking->asker;
    for (size_t i = 0; i < asker->wish->foot_count && !servers->count; i++)
        if (asker->feet[i].network == asking->network)
            add_servers(servers, asker->wish->feet[i].network, NETWORK_SERVERS);
    if (!servers->count)
        add_servers(servers, plan_find(&asker->wish->plan, PLAN_NETD_RESOLVERS), 0);
}

/* A container with networks that lead out may know names from there, whichever network it asks by. */
static bool may_look_outside(const struct asking *asking) {
    return asking->asker && way_out_is_needed(asking->asker->wish);
}

/* Whoever has several addresses is found at another one each time. */
static void rotate(struct names *names) {
    size_t by = names->count > 1 ? (size_t)random() % names->count : 0;
    for (; by > 0; by--) {
        struct address first = names->addresses[0];
        memmove(names->addresses, names->addresses + 1, (names->count - 1) * sizeof first);
        names->addresses[names->count - 1] = first;
    }
}

static size_t code_only(const struct asking *asking, enum dns_code code, uint8_t *answer) {
    return dns_answer(asking->query, &asking->question, code, NULL, 0, answer);
}

/* 0: nobody here has that name. */
static size_t answer_name(struct asking *asking, uint8_t *answer) {
    struct names names;
    char *name = asking->question.name;
    size_t length = strlen(name), suffix = strlen(DOMAIN);
    bool ours = length > suffix && strcmp(name + length - suffix, DOMAIN) == 0;
    if (ours)
        name[length - suffix] = '\0';
    names_find(asking->netd, asking->network, asking->asker, name, &names);
    rotate(&names);
    if (names.known)
        return dns_answer(asking->query, &asking->question, DNS_FINE, names.addresses, names.count, answer);
    return ours ? code_only(asking, DNS_UNKNOWN, answer) : 0;
}

static size_t answer_address(struct asking *asking, uint8_t *answer) {
    struct address address;
    if (!dns_reverse(asking->question.name, &address))
        return 0;
    const char *name = names_of(asking->netd, asking->network, asking->asker, &address);
    if (name)
        return dns_answer_name(asking->query, &asking->question, name, answer);
    return network_has(asking->netd, &address) ? code_only(asking, DNS_UNKNOWN, answer) : 0;
}

size_t reply_make(struct netd *netd, const struct network *network, const struct sockaddr_storage *client,
                  const uint8_t *query, size_t size, uint8_t *answer, struct servers *servers) {
    struct asking asking = {.netd = netd, .network = network, .query = query};
    struct address from;
    servers->count = 0;
    if (!dns_parse(query, size, &asking.question))
        return 0;
    address_from_socket(client, &from);
    asking.asker = names_asker(netd, network, &from);
    size_t length =
        asking.question.type == DNS_PTR ? answer_address(&asking, answer) : answer_name(&asking, answer);
    if (length)
        return length;
    if (!may_look_outside(&asking))
        return code_only(&asking, DNS_UNKNOWN, answer);
    choose_servers(&asking, servers);
    return servers->count ? 0 : code_only(&asking, DNS_FAILED, answer);
}
