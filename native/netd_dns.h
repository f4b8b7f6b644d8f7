/* DNS messages (RFC 1035): one question, and answers to it. */
#ifndef TSPOD_NETD_DNS_H
#define TSPOD_NETD_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netd_link.h"

#define DNS_PORT 53
#define DNS_NAME_GREATEST 256
#define DNS_DATAGRAM 512 /* bytes of an answer over UDP, at most */

enum dns_type { DNS_A = 1, DNS_PTR = 12, DNS_AAAA = 28, DNS_ANY = 255 };
enum dns_code { DNS_FINE = 0, DNS_MALFORMED = 1, DNS_FAILED = 2, DNS_UNKNOWN = 3 };

struct dns_question {
    uint16_t id, type;
    size_t end; /* bytes of the header and the question */
    /* In lower case, without the dot at its end; empty for what cannot be a name of ours. */
    char name[DNS_NAME_GREATEST];
};

/* netd_dns_question.c: false for what is no query with one question. */
bool dns_parse(const uint8_t *data, size_t size, struct dns_question *question);
/* The address that a name below in-addr.arpa or ip6.arpa stands for. */
bool dns_reverse(const char *name, struct address *address);

/*
 * netd_dns_answer.c: writes the answer to that question, and returns its size. Addresses of another family
 * than was asked for are left out, as are those that do not fit.
 */
size_t dns_answer(const uint8_t *query, const struct dns_question *question, enum dns_code code,
                  const struct address *addresses, size_t count, uint8_t *answer);
/* The name that an address belongs to. */
size_t dns_answer_name(const uint8_t *query, const struct dns_question *question, const char *name,
                       uint8_t *answer);

#endif
