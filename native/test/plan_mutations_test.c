/* The plan reader against many thousand damaged plans, always the same ones; "make fuzz" looks for others. */
#include <stdint.h>
#include <stdio.h>

#include "check.h"
#include "fuzz_plan.c"
#include "plan_bytes.h"

#define ROUNDS 60000

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64: below `limit`. */
static size_t chance(size_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % limit);
}

/* One of each kind of argument, and an op that may stand there several times. */
static struct plan_bytes whole_plan(void) {
    struct plan_bytes bytes = bytes_begin();
    size_t begin = bytes_op(&bytes, PLAN_CONTAINER, 2);
    bytes_argument(&bytes, "id", 2);
    bytes_argument(&bytes, "name", 4);
    bytes_end(&bytes, begin);
    begin = bytes_op(&bytes, PLAN_STOP, 2);
    bytes_integer(&bytes, 15);
    bytes_integer(&bytes, 10000);
    bytes_end(&bytes, begin);
    for (int i = 0; i < 3; i++) {
        begin = bytes_op(&bytes, PLAN_SYNC, 1);
        bytes_argument(&bytes, "/a/path", 7);
        bytes_end(&bytes, begin);
    }
    return bytes;
}

static const unsigned char telling[] = {0, 1, 2, 4, 8, 0x7f, 0x80, 0xfe, 0xff};

/* Other bytes, numbers at their ends, pieces that are missing or come twice. */
static void damage(struct plan_bytes *bytes) {
    size_t at = chance(bytes->size), length = chance(bytes->size - at) + 1;
    switch (chance(5)) {
    case 0:
        bytes->data[at] = (char)chance(256);
        return;
    case 1:
        bytes->data[at] = (char)telling[chance(sizeof telling)];
        return;
    case 2:
        bytes->size = at + 1;
        return;
    case 3:
        if (bytes->size + length <= sizeof bytes->data)
            bytes_put(bytes, bytes->data + at, length);
        return;
    default:
        memset(bytes->data + at, 0xff, length < 4 ? length : 4);
    }
}

int main(void) {
    struct plan_bytes whole = whole_plan();
    struct plan plan;
    CHECK(!plan_parse(&plan, bytes_copy(&whole), whole.size), "the plan to be damaged is read");
    CHECK(plan.count == 5, "all of its ops");
    plan_free(&plan);
    for (int round = 0; round < ROUNDS; round++) {
        struct plan_bytes bytes = whole;
        for (size_t times = chance(4) + 1; times > 0; times--)
            damage(&bytes);
        LLVMFuzzerTestOneInput((const unsigned char *)bytes.data, bytes.size);
    }
    return 0;
}
