#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "netd_dns.h"

#define HEADER 12
#define LABEL_GREATEST 63

static uint16_t number_at(const uint8_t *data) {
    return (uint16_t)(data[0] << 8 | data[1]);
}

/* One label behind the others. False when the name is too long, or none that we could have. */
static bool add_label(char *name, size_t *length, const uint8_t *label, size_t size) {
    if (*length + size + 2 > DNS_NAME_GREATEST)
        return false;
    if (*length)
        name[(*length)++] = '.';
    for (size_t i = 0; i < size; i++) {
        if (!isgraph(label[i]) || label[i] == '.')
            return false;
        name[(*length)++] = (char)tolower(label[i]);
    }
    name[*length] = '\0';
    return true;
}

bool dns_parse(const uint8_t *data, size_t size, struct dns_question *question) {
    size_t at = HEADER, length = 0;
    bool ours = true;
    question->name[0] = '\0';
    /* a query, of the standard kind, with one question */
    if (size < HEADER || data[2] & 0xf8 || number_at(data + 4) != 1)
        return false;
    question->id = number_at(data);
    while (at < size && data[at] != 0) {
        size_t label = data[at];
        if (label > LABEL_GREATEST || at + 1 + label >= size || at - HEADER + label > DNS_NAME_GREATEST)
            return false;
        ours = ours && add_label(question->name, &length, data + at + 1, label);
        at += 1 + label;
    }
    if (at + 5 > size)
        return false;
    question->type = number_at(data + at + 1);
    question->end = at + 5;
    if (!ours)
        question->name[0] = '\0';
    return true;
}

static bool reverse_four(const char *name, struct address *address) {
    unsigned bytes[4];
    int end = -1;
    int count =
        sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arpa%n", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &end);
    if (count != 4 || end != (int)strlen(name))
        return false;
    *address = (struct address){.family = AF_INET, .prefix = 32};
    for (int i = 0; i < 4; i++)
        address->bytes[i] = (uint8_t)bytes[3 - i];
    return true;
}

static int digit(char letter) {
    return isdigit((unsigned char)letter)   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                                            : -1;
}

bool dns_reverse(const char *name, struct address *address) {
    if (strlen(name) != 64 + strlen("ip6.arpa") || strcmp(name + 64, "ip6.arpa") != 0)
        return reverse_four(name, address);
    *address = (struct address){.family = AF_INET6, .prefix = 128};
    for (int i = 0; i < 32; i++) {
        int value = digit(name[2 * i]);
        if (value < 0 || name[2 * i + 1] != '.')
            return false;
        address->bytes[15 - i / 2] |= (uint8_t)(i % 2 ? value << 4 : value);
    }
    return true;
}
