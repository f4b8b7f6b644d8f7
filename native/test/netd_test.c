/* What containers and monitors can say to netd: queries and wishes, right, malformed and by chance. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "netd.h"
#include "netd_dns.h"
#include "plan_bytes.h"

#define ROUNDS 20000

static const struct {
    const char *text;
    bool parsed;
    sa_family_t family;
    uint8_t prefix;
} addresses[] = {
    {"10.89.0.1/24", true, AF_INET, 24},
    {"10.89.0.1", true, AF_INET, 32},
    {"fd00::1/64", true, AF_INET6, 64},
    {"::/0", true, AF_INET6, 0},
    {"10.89.0.1/33", false, 0, 0},
    {"10.89.0/24", false, 0, 0},
    {"10.89.0.1/", true, AF_INET, 0},
    {"10.89.0.1/2x", false, 0, 0},
    {"fd00::1/129", false, 0, 0},
    {"", false, 0, 0},
    {"/24", false, 0, 0},
    {"a.b.c.d", false, 0, 0},
};

static void test_addresses(void) {
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct address address;
        bool parsed = address_parse(addresses[i].text, &address);
        CHECK(parsed == addresses[i].parsed, addresses[i].text);
        CHECK(!parsed || address.family == addresses[i].family, addresses[i].text);
        CHECK(!parsed || address.prefix == addresses[i].prefix, addresses[i].text);
    }
}

static const struct {
    const char *address, *subnet;
    bool within;
} subnets[] = {
    {"10.89.0.7", "10.89.0.0/24", true},   {"10.89.1.7", "10.89.0.0/24", false},
    {"10.89.1.7", "10.89.0.0/23", true},   {"10.89.2.7", "10.89.0.0/23", false},
    {"1.2.3.4", "0.0.0.0/0", true},        {"fd00::1", "fd00::/64", true},
    {"fd00:0:0:1::1", "fd00::/64", false}, {"fd00::1", "10.0.0.0/8", false},
};

static void test_subnets(void) {
    for (size_t i = 0; i < sizeof subnets / sizeof *subnets; i++) {
        struct address address, subnet;
        CHECK(address_parse(subnets[i].address, &address) && address_parse(subnets[i].subnet, &subnet),
              "parsed");
        CHECK(address_within(&address, &subnet) == subnets[i].within, subnets[i].address);
    }
}

static size_t make_query(uint8_t *query, const char *name, uint16_t type) {
    static const uint8_t header[12] = {0x12, 0x34, 1, 0, 0, 1};
    size_t at = sizeof header;
    memcpy(query, header, at);
    while (*name) {
        size_t length = strcspn(name, ".");
        query[at++] = (uint8_t)length;
        memcpy(query + at, name, length);
        at += length;
        name += length + (name[length] == '.');
    }
    memcpy(query + at, (uint8_t[]){0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1}, 5);
    return at + 5;
}

static void test_queries(void) {
    uint8_t query[512], answer[DNS_DATAGRAM];
    struct dns_question question;
    struct address found[64];
    size_t size = make_query(query, "Web.DNS.podman", DNS_A);
    CHECK(dns_parse(query, size, &question), "a query is parsed");
    CHECK(strcmp(question.name, "web.dns.podman") == 0 && question.type == DNS_A, "its name and type");
    for (size_t i = 0; i < size; i++)
        CHECK(!dns_parse(query, i, &question), "a query that is cut off is none");
    CHECK(dns_parse(query, size, &question), "the whole one again");
    for (size_t i = 0; i < 64; i++)
        address_parse(i % 2 ? "fd00::9" : "10.1.2.3", &found[i]);
    size = dns_answer(query, &question, DNS_FINE, found, 64, answer);
    CHECK(size <= DNS_DATAGRAM && answer[7] > 0 && answer[7] <= 32,
          "what fits, of the family that was asked for");
    size = dns_answer_name(query, &question, "web.example", answer);
    CHECK(answer[7] == 1 && memcmp(answer + size - 13, "\3web\7example", 13) == 0, "a name");
    query[2] |= 0x80;
    CHECK(!dns_parse(query, size, &question), "an answer is no query");
    size = make_query(query, "a b", DNS_A);
    CHECK(dns_parse(query, size, &question) && !question.name[0], "what cannot be a name of ours");
}

static void test_reverse(void) {
    struct address address, expected;
    address_parse("10.89.0.2", &expected);
    CHECK(dns_reverse("2.0.89.10.in-addr.arpa", &address) && address_same(&address, &expected), "IPv4");
    CHECK(!dns_reverse("2.0.89.10.in-addr.arpa.x", &address), "something behind it");
    CHECK(!dns_reverse("10.in-addr.arpa", &address), "a part of an address");
    address_parse("fd00::12", &expected);
    CHECK(dns_reverse("2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", &address) &&
              address_same(&address, &expected),
          "IPv6");
}

static void look(const uint8_t *query, size_t size) {
    uint8_t answer[DNS_DATAGRAM], *copy = malloc(size + 1);
    struct dns_question question;
    struct address address;
    if (!copy)
        return;
    memcpy(copy, query, size); /* exactly so long: what reaches beyond it is seen */
    uint8_t *exact = realloc(copy, size ? size : 1);
    if (exact && dns_parse(exact, size, &question) && question.end <= DNS_DATAGRAM) {
        CHECK(question.end <= size, "the question lies in the message");
        dns_answer(exact, &question, DNS_UNKNOWN, NULL, 0, answer);
        dns_answer_name(exact, &question, "a.name", answer);
        dns_reverse(question.name, &address);
    }
    free(exact ? exact : copy);
}

static void test_random_queries(void) {
    uint8_t query[600];
    for (int round = 0; round < ROUNDS; round++) {
        size_t size = make_query(query, "some.where.dns.podman", DNS_PTR);
        if (round % 2)
            size = (size_t)rand() % sizeof query;
        for (size_t i = round % 2 ? 12 : 0; i < size; i++)
            if (round % 2 || rand() % 16 == 0)
                query[i] = (uint8_t)rand();
        look(query, size);
    }
}

static void put_text(struct plan_bytes *bytes, const char *text) {
    bytes_argument(bytes, text, strlen(text));
}

static struct plan_bytes make_wish(const char *subnet, const char *gateway, const char *mac,
                                   const char *port) {
    struct plan_bytes bytes = bytes_begin();
    size_t at = bytes_op(&bytes, PLAN_CONTAINER, 2);
    put_text(&bytes, "0123456789abcdef");
    put_text(&bytes, "web");
    bytes_end(&bytes, at);
    at = bytes_op(&bytes, PLAN_NETD_NETWORK, 4);
    put_text(&bytes, "n1");
    put_text(&bytes, "tspod1");
    bytes_integer(&bytes, PLAN_NETWORK_DNS);
    bytes_integer(&bytes, 0);
    bytes_end(&bytes, at);
    at = bytes_op(&bytes, PLAN_NETD_SUBNET, 2);
    put_text(&bytes, subnet);
    put_text(&bytes, gateway);
    bytes_end(&bytes, at);
    at = bytes_op(&bytes, PLAN_NETD_FOOT, 3);
    put_text(&bytes, "eth0");
    put_text(&bytes, mac);
    put_text(&bytes, "alias");
    bytes_end(&bytes, at);
    at = bytes_op(&bytes, PLAN_NETD_ADDRESS, 1);
    put_text(&bytes, "10.89.0.2/24");
    bytes_end(&bytes, at);
    at = bytes_op(&bytes, PLAN_NETD_PORTS, 3);
    put_text(&bytes, port);
    bytes_integer(&bytes, IPPROTO_TCP);
    bytes_argument(&bytes, "\x90\x1f\x50\0\1\0", 6);
    bytes_end(&bytes, at);
    return bytes;
}

static const char *parse(struct plan_bytes *bytes, struct wish **wish) {
    *wish = calloc(1, sizeof **wish);
    return wish_parse(*wish, bytes_copy(bytes), bytes->size);
}

static const struct {
    const char *subnet, *gateway, *mac, *port;
    bool parsed;
} wishes[] = {
    {"10.89.0.0/24", "10.89.0.1", "02:00:00:00:00:01", "", true},
    {"10.89.0.0/24", "", "02:00:00:00:00:01", "127.0.0.1", true},
    {"10.89.0.0/24", "10.90.0.1", "02:00:00:00:00:01", "", false},
    {"10.89.0.0/44", "", "02:00:00:00:00:01", "", false},
    {"10.89.0.0/24", "", "02:00:00:00:00", "", false},
    {"10.89.0.0/24", "", "02:00:00:00:00:01:02", "", false},
    {"10.89.0.0/24", "", "02:00:00:00:00:01", "localhost", false},
};

static void test_wishes(void) {
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct wish *wish;
        struct plan_bytes bytes =
            make_wish(wishes[i].subnet, wishes[i].gateway, wishes[i].mac, wishes[i].port);
        const char *wrong = parse(&bytes, &wish);
        CHECK(!wrong == wishes[i].parsed, wishes[i].subnet);
        CHECK(wrong || (wish->foot_count == 1 && wish->feet[0].address_count == 1), "its parts");
        wish_free(wish);
    }
}

static void test_random_wishes(void) {
    for (int round = 0; round < ROUNDS; round++) {
        struct wish *wish;
        struct plan_bytes bytes = make_wish("10.89.0.0/24", "10.89.0.1", "02:00:00:00:00:01", "::1");
        for (int i = 0; i <= round % 4; i++)
            bytes.data[8 + (size_t)rand() % (bytes.size - 8)] = (char)rand();
        if (round % 3 == 0)
            bytes.size = 8 + (size_t)rand() % (bytes.size - 8);
        parse(&bytes, &wish);
        wish_free(wish);
    }
}

int main(void) {
    srand(1);
    test_addresses();
    test_subnets();
    test_queries();
    test_reverse();
    test_random_queries();
    test_wishes();
    test_random_wishes();
    return 0;
}
