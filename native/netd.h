/*
 * netd: the one process per user that holds the network namespace of bridge networks while containers use it.
 * Each monitor of such a container keeps a connection to it, and says there what its container is to have;
 * the end of the connection takes that away, and the end of the last one ends netd and the namespace.
 */
#ifndef TSPOD_NETD_H
#define TSPOD_NETD_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net_helper.h"
#include "netd_link.h"
#include "plan.h"

struct netd;

/* A descriptor that is waited for. fd is -1 once it is closed: events that came before are passed over. */
struct watch {
    int fd;
    void (*ready)(struct netd *netd, struct watch *watch, uint32_t events);
};

/* One network of one container, out of a wish. What it points to is in the wish's plan. */
struct wish_foot {
    const struct plan_op *network, *foot;
    const char *bridge, *interface;
    uint64_t flags;
    uint32_t mtu;
    uint8_t mac[6];
    struct wish_subnet {
        struct address subnet, gateway; /* the gateway has the subnet's prefix; family 0: none */
    } * subnets;
    struct wish_route {
        struct address to, gateway;
        uint32_t metric;
    } * routes;
    struct address *addresses;
    size_t subnet_count, route_count, address_count;
};

struct wish {
    struct plan plan;
    const char *id, *name;
    struct wish_foot *feet;
    size_t foot_count;
    uint64_t egress, ingress; /* bits per second, 0 no limit */
};

/* netd_wish.c: NULL, or what is wrong with the bytes, which the wish owns in any case. */
const char *wish_parse(struct wish *wish, char *bytes, size_t size);
void wish_free(struct wish *wish);

/* A network in use: its bridge, and the resolver at its gateways. */
struct network {
    struct network *next;
    unsigned users;
    long long idle_since; /* monotonic ms, with no users */
    uint32_t mtu;
    char bridge[IFNAMSIZ];
    int index;
    uint64_t flags;
    struct wish_subnet *subnets;
    size_t subnet_count;
    struct resolver *resolvers;
};

/* A container's interface in a network. */
struct foot {
    struct network *network;
    int link; /* index of this end; 0: there is none yet */
};

/* One connection of a monitor. */
struct member {
    struct member *next;
    struct watch watch;
    struct wish *wish;  /* NULL: nothing was said yet */
    struct foot *feet;  /* those of the wish, in its order */
    struct port *ports; /* published ones */
    int space;          /* the container's network namespace, or -1 */
    bool waits;         /* for an answer */
};

struct netd {
    int poll, listener, signals;
    int space;                                /* the networks' namespace, in which the main thread is */
    int netlink;                              /* routes and links there */
    int filter;                               /* nfnetlink there */
    int outside;                              /* to the thread in the host's network namespace */
    const char *directory, *helper_directory; /* of netd.sock; of what the helper needs */
    struct member *members;
    struct network *networks;
    struct net_helper helper;
    struct watch helper_ready;
    bool has_way_out;       /* the helper is ready */
    long long helper_since; /* when it was started, monotonic ms; 0 never */
    long long helper_again; /* when it is started again; 0: it runs */
    int helper_pause;
    unsigned links_made;
    long long idle_since; /* of the last network that nobody uses; 0: there is none */
    struct doomed *doomed;
    struct flow *busy; /* have more to move than one round allows */
    struct session *sessions;
    struct question *questions;
    void *trash; /* freed when a round is over */
    char error[1024];
};

/* netd_loop.c */
void watch_add(struct netd *netd, struct watch *watch, uint32_t events);
void watch_close(struct watch *watch);
/* Frees an object when nobody can hold a pointer to it any more. Its first word is overwritten. */
void free_later(struct netd *netd, void *object);
_Noreturn void netd_serve(struct netd *netd);
/* netd_end.c: nobody needs it any more; nothing is left. */
_Noreturn void netd_end(const struct netd *netd);
long long netd_now(void); /* monotonic ms */
/* Writes an error into netd->error, with the text of errno unless that is 0, and returns it. */
const char *netd_error(struct netd *netd, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* netd_outside.c: a thread that stays in the host's network namespace. */
void outside_begin(struct netd *netd);
/* Runs the work there, and waits for its result. */
int outside_run(struct netd *netd, int (*work)(void *), void *argument);
/* socket(2) there; -1 with errno. */
int outside_socket(struct netd *netd, int family, int type);

/* netd_network.c: NULL and *error, or the network of this foot, which is made when it is not there. */
struct network *network_take(struct netd *netd, const struct wish_foot *wish, const char **error);
void network_drop(struct netd *netd, struct network *network);
void networks_tick(struct netd *netd);
/* Whether the address lies in a network that is in use. */
bool network_has(const struct netd *netd, const struct address *address);

/* netd_foot.c: the interface in the container's namespace. NULL, or what went wrong. */
const char *foot_attach(struct netd *netd, const struct member *member, const struct wish *wish, size_t index,
                        struct foot *foot);
void foot_detach(struct netd *netd, struct foot *foot);

/* netd_doomed.c: removes it when the kernel has not, some time after the container. */
void foot_doom(struct netd *netd, struct foot *foot);
void doomed_tick(struct netd *netd);

/* netd_apply.c: makes what the wish says; the member's earlier one is gone then, or nothing has changed. */
const char *member_apply(struct netd *netd, struct member *member, struct wish *wish);
/* The container's namespace is another one. */
const char *member_move(struct netd *netd, struct member *member, int space);

/* netd_member.c */
void member_accept(struct netd *netd, struct watch *watch, uint32_t events);
/* Answers those that waited for the way out; an error ends what they have. */
void members_answer(struct netd *netd, const char *error);

/* netd_helper.c: slirp4netns or pasta between the namespace and the host. */
const char *way_out_need(struct netd *netd, const struct wish *wish);
void way_out_ended(struct netd *netd);
void way_out_tick(struct netd *netd);
bool way_out_is_needed(const struct wish *wish);

/* netd_ports.c: NULL, or what is in the way of the ports; then nothing has changed. */
const char *ports_change(struct netd *netd, struct member *member, const struct wish *wish);
void ports_close(struct netd *netd, struct member *member);

/* netd_port_holder.c: who holds a port of the host, ` by container "NAME"`, and a hint. */
void port_holder(const struct netd *netd, int protocol, uint16_t number, char *text, size_t size);

/* netd_target.c: a socket from a client to a container's port, with the client's address. -1 with errno. */
int target_connect(struct netd *netd, const struct member *member, const struct sockaddr_storage *client,
                   uint16_t port, int type);

/* netd_flow.c: two TCP connections become one. The first one is connected, the second one may be on its way.
 */
void flow_begin(struct netd *netd, int first, int second);
void flow_tick(struct netd *netd);

/* netd_udp.c */
struct port;
void udp_receive(struct netd *netd, struct watch *watch, uint32_t events);
void udp_tick(struct netd *netd);
void udp_forget(struct netd *netd, const struct port *port);

struct port {
    struct port *next;
    struct watch watch;
    struct member *member;
    struct address at; /* family 0: all addresses */
    uint16_t host, container;
    uint8_t protocol;
    bool keep;
};

/* netd_resolver.c: answers at the gateways of a network. */
const char *resolver_begin(struct netd *netd, struct network *network);
void resolver_end(struct netd *netd, struct network *network);
/* netd_question.c */
void questions_tick(struct netd *netd);

#endif
