/* Writing plans, for the tests of their reader. */
#ifndef TSPOD_TEST_PLAN_BYTES_H
#define TSPOD_TEST_PLAN_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

struct plan_bytes {
    char data[4096];
    size_t size;
};

static inline void bytes_put(struct plan_bytes *bytes, const void *data, size_t size) {
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static inline void bytes_number(struct plan_bytes *bytes, uint64_t number, size_t size) {
    for (size_t i = 0; i < size; i++)
        bytes->data[bytes->size++] = (char)(number >> (8 * i));
}

static inline void bytes_argument(struct plan_bytes *bytes, const void *data, size_t size) {
    bytes_number(bytes, size, 4);
    bytes_put(bytes, data, size);
    bytes_put(bytes, "", 1);
}

static inline void bytes_integer(struct plan_bytes *bytes, uint64_t number) {
    bytes_number(bytes, 8, 4);
    bytes_number(bytes, number, 8);
    bytes_put(bytes, "", 1);
}

static inline struct plan_bytes bytes_begin(void) {
    struct plan_bytes bytes = {.size = 0};
    bytes_put(&bytes, PLAN_MAGIC, sizeof PLAN_MAGIC - 1);
    return bytes;
}

/* Begins a record; the arguments follow, then bytes_end with what this returned. */
static inline size_t bytes_op(struct plan_bytes *bytes, uint16_t code, uint16_t count) {
    bytes_number(bytes, code, 2);
    bytes_number(bytes, count, 2);
    bytes_number(bytes, 0, 4);
    return bytes->size;
}

static inline void bytes_end(struct plan_bytes *bytes, size_t begin) {
    uint64_t length = bytes->size - begin;
    for (size_t i = 0; i < 4; i++)
        bytes->data[begin - 4 + i] = (char)(length >> (8 * i));
}

static inline char *bytes_copy(const struct plan_bytes *bytes) {
    char *copy = malloc(bytes->size + 1);
    return copy ? memcpy(copy, bytes->data, bytes->size) : NULL;
}

#endif
