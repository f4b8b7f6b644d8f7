#include <string.h>

#include "netd_dns.h"

#define ANSWER_FIXED 12 /* a record without its data */

static void put(uint8_t *to, uint16_t number) {
    to[0] = (uint8_t)(number >> 8);
    to[1] = (uint8_t)number;
}

/* The header and the question; nobody keeps what we say, for containers come and go. */
static size_t begin(const uint8_t *query, const struct dns_question *question, enum dns_code code,
                    uint8_t *answer) {
    memcpy(answer, query, question->end);
    answer[2] =
        (uint8_t)(0x84 | (query[2] & 1)); /* an answer, authoritative; recursion as it was asked for */
    answer[3] = (uint8_t)(0x80 | code);
    memset(answer + 6, 0, 6);
    return question->end;
}

static void begin_record(uint8_t *at, uint16_t type, size_t size) {
    memset(at, 0, ANSWER_FIXED);
    put(at, 0xc00c); /* the name of the question */
    put(at + 2, type);
    put(at + 4, 1);
    put(at + 10, (uint16_t)size);
}

static bool fits(uint16_t type, const struct address *address) {
    return type == DNS_ANY || type == (address->family == AF_INET ? DNS_A : DNS_AAAA);
}

size_t dns_answer(const uint8_t *query, const struct dns_question *question, enum dns_code code,
                  const struct address *addresses, size_t count, uint8_t *answer) {
    size_t size = begin(query, question, code, answer);
    uint16_t records = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = address_size(&addresses[i]);
        if (!fits(question->type, &addresses[i]) || size + ANSWER_FIXED + length > DNS_DATAGRAM)
            continue;
        begin_record(answer + size, addresses[i].family == AF_INET ? DNS_A : DNS_AAAA, length);
        memcpy(answer + size + ANSWER_FIXED, addresses[i].bytes, length);
        size += ANSWER_FIXED + length;
        records++;
    }
    put(answer + 6, records);
    return size;
}

size_t dns_answer_name(const uint8_t *query, const struct dns_question *question, const char *name,
                       uint8_t *answer) {
    size_t size = begin(query, question, DNS_FINE, answer), start = size + ANSWER_FIXED, at = start;
    if (at + strlen(name) + 2 > DNS_DATAGRAM)
        return size;
    while (*name) {
        size_t length = strcspn(name, ".");
        length = length > 63 ? 63 : length;
        answer[at++] = (uint8_t)length;
        memcpy(answer + at, name, length);
        at += length;
        name += length;
        name += *name == '.';
    }
    answer[at++] = 0;
    begin_record(answer + size, DNS_PTR, at - start);
    put(answer + 6, 1);
    return at;
}
