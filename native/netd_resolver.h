/* The resolver at one gateway of a network, and the questions that it has passed on. */
#ifndef TSPOD_NETD_RESOLVER_H
#define TSPOD_NETD_RESOLVER_H

#include "netd.h"
#include "netd_dns.h"

#define SERVERS_GREATEST 4
#define QUERY_GREATEST 2048

struct resolver {
    struct resolver *next;
    struct network *network;
    struct watch datagrams, streams;
};

/* Who is asked next, outside; copied, for who asks may go away meanwhile. */
struct servers {
    struct address addresses[SERVERS_GREATEST];
    size_t count;
};

/*
 * netd_reply.c: what is answered here. The size of the answer (DNS_DATAGRAM at most); 0: the servers are to
 * be asked.
 */
size_t reply_make(struct netd *netd, const struct network *network, const struct sockaddr_storage *client,
                  const uint8_t *query, size_t size, uint8_t *answer, struct servers *servers);

/* netd_question.c: asks the servers one after the other, and sends the answer to the client. */
void question_pass_on(struct netd *netd, struct resolver *resolver, const struct sockaddr_storage *client,
                      const uint8_t *query, size_t size, const struct servers *servers);
void questions_forget(struct netd *netd, const struct resolver *resolver);

/* netd_stream.c: queries over TCP. */
void stream_accept(struct netd *netd, struct watch *watch, uint32_t events);

#endif
