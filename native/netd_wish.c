#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netd.h"

#define USUAL_MTU 65520 /* that of the way out: large packets need half the time */

/* All the ops of one foot: from its NETD_NETWORK to the next one. */
struct piece {
    const struct plan_op *ops;
    size_t count;
};

static size_t count_of(const struct piece *piece, enum plan_code code) {
    size_t count = 0;
    for (size_t i = 0; i < piece->count; i++)
        count += piece->ops[i].code == code;
    return count;
}

static const char *parse_mac(const char *text, uint8_t *mac) {
    int end = -1;
    int count = sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3],
                       &mac[4], &mac[5], &end);
    return count == 6 && end == (int)strlen(text) ? NULL : "a malformed MAC";
}

static bool is_interface(const char *name) {
    size_t length = strlen(name);
    return length > 0 && length < IFNAMSIZ && !strchr(name, '/') && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

static const char *add_subnet(struct wish_foot *foot, const struct plan_op *op) {
    struct wish_subnet *subnet = &foot->subnets[foot->subnet_count++];
    if (!address_parse(op->args[0].data, &subnet->subnet))
        return "a malformed subnet";
    if (!op->args[1].length)
        return NULL;
    bool parsed = address_parse(op->args[1].data, &subnet->gateway);
    if (!parsed || !address_within(&subnet->gateway, &subnet->subnet))
        return "a malformed gateway, or one outside its subnet";
    subnet->gateway.prefix = subnet->subnet.prefix;
    return NULL;
}

static const char *add_route(struct wish_foot *foot, const struct plan_op *op) {
    struct wish_route *route = &foot->routes[foot->route_count++];
    route->metric = (uint32_t)op->args[2].number;
    if (!address_parse(op->args[0].data, &route->to) || !address_parse(op->args[1].data, &route->gateway) ||
        route->to.family != route->gateway.family)
        return "a malformed route";
    return NULL;
}

static const char *add_foot(struct wish_foot *foot, const struct plan_op *op) {
    foot->foot = op;
    foot->interface = op->args[0].data;
    return is_interface(foot->interface) ? parse_mac(op->args[1].data, foot->mac) : "a malformed interface";
}

static const char *add(struct wish_foot *foot, const struct plan_op *op) {
    switch (op->code) {
    case PLAN_NETD_SUBNET:
        return add_subnet(foot, op);
    case PLAN_NETD_ROUTE:
        return add_route(foot, op);
    case PLAN_NETD_FOOT:
        return add_foot(foot, op);
    case PLAN_NETD_ADDRESS:
        return address_parse(op->args[0].data, &foot->addresses[foot->address_count++])
                   ? NULL
                   : "a malformed address";
    default:
        return NULL;
    }
}

static const char *parse_foot(struct wish_foot *foot, const struct piece *piece) {
    const char *wrong = NULL;
    const struct plan_op *op = piece->ops;
    *foot =
        (struct wish_foot){.network = op,
                           .bridge = op->args[1].data,
                           .flags = op->args[2].number,
                           .mtu = (uint32_t)op->args[3].number ? (uint32_t)op->args[3].number : USUAL_MTU};
    foot->subnets = calloc(count_of(piece, PLAN_NETD_SUBNET) + 1, sizeof *foot->subnets);
    foot->routes = calloc(count_of(piece, PLAN_NETD_ROUTE) + 1, sizeof *foot->routes);
    foot->addresses = calloc(count_of(piece, PLAN_NETD_ADDRESS) + 1, sizeof *foot->addresses);
    if (!foot->subnets || !foot->routes || !foot->addresses)
        return "out of memory";
    for (size_t i = 0; i < piece->count && !wrong; i++)
        wrong = add(foot, &piece->ops[i]);
    if (wrong)
        return wrong;
    return foot->foot && is_interface(foot->bridge) ? NULL : "a network without an interface";
}

static const char *parse_feet(struct wish *wish) {
    const struct plan *plan = &wish->plan;
    const char *wrong = NULL;
    struct piece whole = {plan->ops, plan->count};
    wish->feet = calloc(count_of(&whole, PLAN_NETD_NETWORK) + 1, sizeof *wish->feet);
    if (!wish->feet)
        return "out of memory";
    for (size_t i = 0; i < plan->count && !wrong; i++) {
        struct piece piece = {&plan->ops[i], 1};
        if (plan->ops[i].code != PLAN_NETD_NETWORK)
            continue;
        while (i + piece.count < plan->count && piece.ops[piece.count].code != PLAN_NETD_NETWORK)
            piece.count++;
        wrong = parse_foot(&wish->feet[wish->foot_count++], &piece);
    }
    return wrong;
}

static const char *check_ports(const struct plan *plan) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_NETD_PORTS, &position));) {
        struct address address;
        if (op->args[0].length && !address_parse(op->args[0].data, &address))
            return "a malformed host address";
        if (op->args[1].number != IPPROTO_TCP && op->args[1].number != IPPROTO_UDP)
            return "a port of an unknown protocol";
        if (op->args[2].length % 6)
            return "malformed ports";
    }
    return NULL;
}

const char *wish_parse(struct wish *wish, char *bytes, size_t size) {
    *wish = (struct wish){0};
    const char *wrong = plan_parse(&wish->plan, bytes, size);
    if (wrong)
        return wrong;
    wish->id = plan_string(&wish->plan, PLAN_CONTAINER, 0, NULL);
    wish->name = plan_string(&wish->plan, PLAN_CONTAINER, 1, "");
    wish->egress = plan_number(&wish->plan, PLAN_NET_RATE, 0, 0);
    wish->ingress = plan_number(&wish->plan, PLAN_NET_RATE, 1, 0);
    if (!wish->id)
        return "no container";
    wrong = check_ports(&wish->plan);
    return wrong ? wrong : parse_feet(wish);
}

void wish_free(struct wish *wish) {
    if (!wish)
        return;
    for (size_t i = 0; i < wish->foot_count; i++) {
        free(wish->feet[i].subnets);
        free(wish->feet[i].routes);
        free(wish->feet[i].addresses);
    }
    free(wish->feet);
    plan_free(&wish->plan);
    free(wish);
}
