/* The plan reader against any bytes (libFuzzer): what it accepts can be looked at without reaching beyond it.
 */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Keeps the compiler from leaving the looking out. */
static volatile size_t looked_at;

static size_t look(const struct plan_op *op) {
    size_t sum = 0;
    for (size_t i = 0; i < op->count; i++)
        for (size_t at = 0; at <= op->args[i].length; at++)
            sum += (unsigned char)op->args[i].data[at];
    return sum;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    struct plan plan;
    char *bytes = malloc(size + 1);
    if (!bytes)
        return 0;
    memcpy(bytes, data, size);
    if (!plan_parse(&plan, bytes, size))
        for (size_t i = 0; i < plan.count; i++)
            looked_at += look(&plan.ops[i]);
    plan_free(&plan);
    return 0;
}
