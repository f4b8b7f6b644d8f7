#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netd_resolver.h"

#define QUESTIONS_GREATEST 512
#define PATIENCE_MS 1500 /* for one server */
#define TRIES 2          /* of each server */
#define FAILURE 0x0f

struct question {
    struct question *next;
    struct watch watch; /* to the server; a new socket each time, so that its port is hard to guess */
    struct resolver *resolver;
    struct sockaddr_storage client;
    struct servers servers;
    size_t tried, size;
    long long until;
    uint8_t query[];
};

static void forget(struct netd *netd, struct question *question) {
    struct question **at = &netd->questions;
    while (*at != question)
        at = &(*at)->next;
    *at = question->next;
    watch_close(&question->watch);
    free_later(netd, question);
}

static void answer(struct netd *netd, struct question *question, const uint8_t *data, size_t size) {
    socklen_t length =
        question->client.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    sendto(question->resolver->datagrams.fd, data, size, 0, (struct sockaddr *)&question->client, length);
    forget(netd, question);
}

static void give_up(struct netd *netd, struct question *question) {
    struct dns_question parsed;
    uint8_t data[DNS_DATAGRAM];
    if (!dns_parse(question->query, question->size, &parsed))
        return forget(netd, question);
    answer(netd, question, data, dns_answer(question->query, &parsed, DNS_FAILED, NULL, 0, data));
}

static void ask_next(struct netd *netd, struct question *question);

static void hear(struct netd *netd, struct watch *watch, uint32_t events) {
    static uint8_t data[65536];
    struct question *question = (struct question *)((char *)watch - offsetof(struct question, watch));
    ssize_t got = recv(watch->fd, data, sizeof data, 0);
    (void)events;
    if (got < 0 && errno != EAGAIN)
        return ask_next(netd, question); /* nobody listens there */
    if (got < 12 || memcmp(data, question->query, 2) != 0)
        return;
    unsigned code = data[3] & FAILURE;
    bool is_last = question->tried >= question->servers.count;
    if ((code == DNS_FAILED || code == 5) && !is_last)
        return ask_next(netd, question);
    answer(netd, question, data, (size_t)got);
}

static bool ask(struct netd *netd, struct question *question, const struct address *server) {
    struct sockaddr_storage address;
    socklen_t size = address_to_socket(server, DNS_PORT, &address);
    question->watch = (struct watch){.fd = outside_socket(netd, server->family, SOCK_DGRAM), .ready = hear};
    int fd = question->watch.fd;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, size) < 0 ||
        send(fd, question->query, question->size, MSG_NOSIGNAL) < 0)
        return false;
    watch_add(netd, &question->watch, EPOLLIN);
    question->until = netd_now() + PATIENCE_MS;
    return true;
}

static void ask_next(struct netd *netd, struct question *question) {
    bool asked = false;
    while (!asked && question->tried < question->servers.count * TRIES) {
        watch_close(&question->watch);
        asked =
            ask(netd, question, &question->servers.addresses[question->tried++ % question->servers.count]);
    }
    if (!asked)
        give_up(netd, question);
}

void question_pass_on(struct netd *netd, struct resolver *resolver, const struct sockaddr_storage *client,
                      const uint8_t *query, size_t size, const struct servers *servers) {
    size_t count = 0;
    for (const struct question *at = netd->questions; at; at = at->next)
        count++;
    struct question *question = count < QUESTIONS_GREATEST ? malloc(sizeof *question + size) : NULL;
    if (!question)
        return; /* who asks asks again */
    *question = (struct question){.next = netd->questions,
                                  .watch.fd = -1,
                                  .resolver = resolver,
                                  .client = *client,
                                  .servers = *servers,
                                  .size = size};
    memcpy(question->query, query, size);
    netd->questions = question;
    ask_next(netd, question);
}

void questions_forget(struct netd *netd, const struct resolver *resolver) {
    for (struct question *at = netd->questions, *next; at; at = next) {
        next = at->next;
        if (at->resolver == resolver)
            forget(netd, at);
    }
}

void questions_tick(struct netd *netd) {
    long long now = netd->questions ? netd_now() : 0;
    for (struct question *at = netd->questions, *next; at; at = next) {
        next = at->next;
        if (now > at->until)
            ask_next(netd, at);
    }
}
