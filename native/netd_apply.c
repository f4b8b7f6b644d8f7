#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netd.h"

static bool same_addresses(const struct wish_foot *one, const struct wish_foot *other) {
    bool same = one->address_count == other->address_count;
    for (size_t i = 0; i < one->address_count && same; i++)
        same = address_same(&one->addresses[i], &other->addresses[i]);
    return same;
}

static bool same_foot(const struct wish_foot *one, const struct wish_foot *other) {
    return strcmp(one->bridge, other->bridge) == 0 && strcmp(one->interface, other->interface) == 0 &&
           memcmp(one->mac, other->mac, sizeof one->mac) == 0 && same_addresses(one, other);
}

/* The foot that the container has already, and shall keep; NULL where there is none. */
static struct foot *earlier_foot(const struct member *member, const struct wish *wish, size_t index) {
    bool same_rate =
        member->wish && member->wish->egress == wish->egress && member->wish->ingress == wish->ingress;
    for (size_t i = 0; same_rate && i < member->wish->foot_count; i++)
        if (same_foot(&member->wish->feet[i], &wish->feet[index]) && member->feet[i].network)
            return &member->feet[i];
    return NULL;
}

static void drop_feet(struct netd *netd, struct foot *feet, size_t count) {
    for (size_t i = 0; i < count; i++) {
        foot_detach(netd, &feet[i]);
        if (feet[i].network)
            network_drop(netd, feet[i].network);
        feet[i].network = NULL;
    }
}

static const char *make_foot(struct netd *netd, struct member *member, const struct wish *wish, size_t index,
                             struct foot *foot) {
    const char *wrong = NULL;
    foot->network = network_take(netd, &wish->feet[index], &wrong);
    if (!wrong && member->space >= 0)
        wrong = foot_attach(netd, member, wish, index, foot);
    return wrong;
}

/* An interface of the same name has to go first: then there is no way back. */
static void make_room(struct netd *netd, struct member *member, const struct wish_foot *wish) {
    for (size_t i = 0; member->wish && i < member->wish->foot_count; i++)
        if (strcmp(member->wish->feet[i].interface, wish->interface) == 0)
            drop_feet(netd, &member->feet[i], 1);
}

/* Those that are new; `kept` tells which earlier ones stay. */
static const char *make_feet(struct netd *netd, struct member *member, const struct wish *wish,
                             struct foot *feet) {
    const char *wrong = NULL;
    for (size_t i = 0; i < wish->foot_count && !wrong; i++) {
        if (earlier_foot(member, wish, i))
            continue;
        make_room(netd, member, &wish->feet[i]);
        wrong = make_foot(netd, member, wish, i, &feet[i]);
    }
    if (wrong)
        drop_feet(netd, feet, wish->foot_count);
    return wrong;
}

static void replace(struct netd *netd, struct member *member, struct wish *wish, struct foot *feet) {
    for (size_t i = 0; i < wish->foot_count; i++) {
        struct foot *earlier = earlier_foot(member, wish, i);
        if (!earlier || feet[i].network)
            continue;
        feet[i] = *earlier;
        *earlier = (struct foot){0};
    }
    if (member->wish)
        drop_feet(netd, member->feet, member->wish->foot_count);
    free(member->feet);
    wish_free(member->wish);
    member->feet = feet;
    member->wish = wish;
}

const char *member_apply(struct netd *netd, struct member *member, struct wish *wish) {
    struct foot *feet = calloc(wish->foot_count + 1, sizeof *feet);
    const char *wrong = feet ? way_out_need(netd, wish) : "out of memory";
    if (!wrong)
        wrong = make_feet(netd, member, wish, feet);
    if (!wrong && (wrong = ports_change(netd, member, wish)))
        drop_feet(netd, feet, wish->foot_count);
    if (!wrong) {
        replace(netd, member, wish, feet);
        return NULL;
    }
    free(feet);
    wish_free(wish);
    return wrong;
}

const char *member_move(struct netd *netd, struct member *member, int space) {
    const char *wrong = NULL;
    if (member->space >= 0)
        close(member->space);
    member->space = space;
    for (size_t i = 0; member->wish && i < member->wish->foot_count && !wrong; i++) {
        foot_detach(netd, &member->feet[i]);
        wrong = foot_attach(netd, member, member->wish, i, &member->feet[i]);
    }
    return wrong;
}
