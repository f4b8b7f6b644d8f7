/* Reading a plan (protocol.h): checked as a whole, then only looked at. */
#ifndef TSPOD_PLAN_H
#define TSPOD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

enum plan_code {
#define OP(name, code, signature) PLAN_##name = code,
    PLAN_OPS(OP)
#undef OP
};

struct plan_arg {
    uint32_t length;  /* of data, without the closing NUL */
    const char *data; /* for s, b, L */
    uint64_t number;  /* for u, U */
};

struct plan_op {
    uint16_t code;
    uint16_t count;
    const struct plan_arg *args;
};

struct plan {
    char *bytes;
    size_t size;
    struct plan_op *ops;
    size_t count;
    struct plan_arg *args;
};

/* Reads all of fd, and checks every record against its signature. Dies with status 125 on any error. */
void plan_read(struct plan *plan, int fd);

/* The same for bytes in memory, which the plan then owns. Returns NULL, or what is wrong with them. */
const char *plan_parse(struct plan *plan, char *bytes, size_t size);

void plan_free(struct plan *plan);

/*
 * plan_update.c: the ops of `update` stand in the place of those with the same codes; false when there is no
 * memory. What it is made of is not copied, and what it replaces is not freed: somebody may still look at it.
 */
bool plan_update(struct plan *plan, const struct plan *update);

/* The first op with this code, or NULL. */
const struct plan_op *plan_find(const struct plan *plan, enum plan_code code);

/* The next op with this code after *position, which starts at 0 and moves on; NULL at the end. */
const struct plan_op *plan_next(const struct plan *plan, enum plan_code code, size_t *position);

/* Argument `index` of the first op with this code, or the default. */
const char *plan_string(const struct plan *plan, enum plan_code code, size_t index, const char *otherwise);
uint64_t plan_number(const struct plan *plan, enum plan_code code, size_t index, uint64_t otherwise);

/* The strings of an op from argument `from` on as a NULL-ended array, which the caller frees (only the
 * array). */
char **plan_strings(const struct plan_op *op, size_t from);

#endif
