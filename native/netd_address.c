#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netd_link.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool address_parse(const char *text, struct address *address) {
    char host[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "/");
    *address = (struct address){0};
    if (length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    sa_family_t family = strchr(host, ':') ? AF_INET6 : AF_INET;
    unsigned long greatest = family == AF_INET ? 32 : 128, prefix = greatest;
    char *end = "";
    if (text[length])
        prefix = strtoul(text + length + 1, &end, 10);
    if (*end || prefix > greatest || inet_pton(family, host, address->bytes) != 1)
        return false;
    address->family = family;
    address->prefix = (uint8_t)prefix;
    return true;
}

size_t address_size(const struct address *address) {
    return address->family == AF_INET ? 4 : 16;
}

bool address_same(const struct address *one, const struct address *other) {
    return one->family == other->family && memcmp(one->bytes, other->bytes, address_size(one)) == 0;
}

bool address_within(const struct address *address, const struct address *subnet) {
    size_t whole = subnet->prefix / 8;
    unsigned rest = subnet->prefix % 8;
    if (address->family != subnet->family || memcmp(address->bytes, subnet->bytes, whole) != 0)
        return false;
    return !rest || (address->bytes[whole] ^ subnet->bytes[whole]) >> (8 - rest) == 0;
}

const char *address_text(const struct address *address, char *text, size_t size) {
    return inet_ntop(address->family, address->bytes, text, (socklen_t)size);
}

socklen_t address_to_socket(const struct address *address, uint16_t port, struct sockaddr_storage *to) {
    memset(to, 0, sizeof *to);
    if (address->family == AF_INET) {
        struct sockaddr_in *four = (struct sockaddr_in *)to;
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        four->sin_addr = address->four;
        return sizeof *four;
    }
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    six->sin6_addr = address->six;
    return sizeof *six;
}

uint16_t address_from_socket(const struct sockaddr_storage *from, struct address *address) {
    *address = (struct address){.family = AF_INET, .prefix = 32};
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)from;
        address->four = four->sin_addr;
        return ntohs(four->sin_port);
    }
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
    if (memcmp(&six->sin6_addr, mapped, sizeof mapped) == 0) {
        memcpy(address->bytes, six->sin6_addr.s6_addr + 12, 4);
    } else {
        address->family = AF_INET6;
        address->prefix = 128;
        address->six = six->sin6_addr;
    }
    return ntohs(six->sin6_port);
}
