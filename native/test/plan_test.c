/* The plan reader takes whole plans, and says what is wrong with others. */
#include <stdbool.h>

#include "check.h"
#include "plan_bytes.h"

static const char *parse(const struct plan_bytes *bytes) {
    struct plan plan;
    const char *wrong = plan_parse(&plan, bytes_copy(bytes), bytes->size);
    plan_free(&plan);
    return wrong ? wrong : "";
}

static struct plan_bytes example(void) {
    struct plan_bytes bytes = bytes_begin();
    size_t op = bytes_op(&bytes, PLAN_CONTAINER, 2);
    bytes_argument(&bytes, "0123", 4);
    bytes_argument(&bytes, "web", 3);
    bytes_end(&bytes, op);
    op = bytes_op(&bytes, PLAN_USER, 2);
    bytes_integer(&bytes, 1000);
    bytes_integer(&bytes, UINT64_MAX);
    bytes_end(&bytes, op);
    op = bytes_op(&bytes, PLAN_ARGV, 3);
    bytes_argument(&bytes, "sh", 2);
    bytes_argument(&bytes, "-c", 2);
    bytes_argument(&bytes, "", 0);
    bytes_end(&bytes, op);
    return bytes;
}

static void reads_what_was_written(void) {
    struct plan_bytes bytes = example();
    struct plan plan;
    CHECK(!plan_parse(&plan, bytes_copy(&bytes), bytes.size), "a good plan is read");
    CHECK(plan.count == 3, "it has three ops");
    CHECK(strcmp(plan_string(&plan, PLAN_CONTAINER, 1, ""), "web") == 0, "strings are there");
    CHECK(plan_number(&plan, PLAN_USER, 0, 0) == 1000, "integers are there");
    CHECK(plan_number(&plan, PLAN_USER, 1, 0) == UINT64_MAX, "the greatest integer is there");
    CHECK(plan_number(&plan, PLAN_UMASK, 0, 18) == 18, "a missing op has the default");
    char **strings = plan_strings(plan_find(&plan, PLAN_ARGV), 1);
    CHECK(strcmp(strings[0], "-c") == 0 && strcmp(strings[1], "") == 0 && !strings[2], "lists end with NULL");
    free(strings);
    plan_free(&plan);
}

static void takes_an_update(void) {
    struct plan_bytes bytes = example(), changes = bytes_begin();
    struct plan plan, update;
    for (int i = 0; i < 2; i++) {
        size_t op = bytes_op(&changes, PLAN_CGROUP_SET, 3);
        bytes_argument(&changes, i ? "pids.max" : "memory.max", i ? 8 : 10);
        bytes_argument(&changes, "5", 1);
        bytes_argument(&changes, "", 0);
        bytes_end(&changes, op);
    }
    size_t op = bytes_op(&changes, PLAN_USER, 2);
    bytes_integer(&changes, 7);
    bytes_integer(&changes, 8);
    bytes_end(&changes, op);
    CHECK(!plan_parse(&plan, bytes_copy(&bytes), bytes.size), "a good plan is read");
    CHECK(!plan_parse(&update, bytes_copy(&changes), changes.size), "so is a good update");
    CHECK(plan_update(&plan, &update), "the update is taken");
    CHECK(plan.count == 5, "ops of the same code are replaced, others stay, new ones are added");
    CHECK(plan_number(&plan, PLAN_USER, 0, 0) == 7, "what was replaced is not found any more");
    CHECK(strcmp(plan_string(&plan, PLAN_CONTAINER, 1, ""), "web") == 0, "what was not named is as before");
    size_t position = 0;
    plan_next(&plan, PLAN_CGROUP_SET, &position);
    const struct plan_op *second = plan_next(&plan, PLAN_CGROUP_SET, &position);
    CHECK(second && strcmp(second->args[0].data, "pids.max") == 0, "their order stays");
    plan_free(&plan);
    plan_free(&update);
}

static void refuses_every_beginning_of_a_plan(void) {
    struct plan_bytes whole = example();
    size_t ends[] = {8, 8 + 8 + 9 + 8, 8 + 8 + 9 + 8 + 8 + 26};
    for (size_t size = 0; size < whole.size; size++) {
        struct plan_bytes part = whole;
        part.size = size;
        bool is_whole = size == ends[0] || size == ends[1] || size == ends[2];
        CHECK((*parse(&part) == '\0') == is_whole, "a plan that is cut off inside a record is refused");
    }
}

static void refuses_what_does_not_fit_the_signature(void) {
    struct plan_bytes bytes = bytes_begin();
    bytes_end(&bytes, bytes_op(&bytes, 9999, 0));
    CHECK(strcmp(parse(&bytes), "unknown operation") == 0, "unknown operation");
    bytes = bytes_begin();
    bytes_end(&bytes, bytes_op(&bytes, PLAN_PID_FILE, 0));
    CHECK(strcmp(parse(&bytes), "too few arguments") == 0, "too few arguments");
    bytes = bytes_begin();
    size_t op = bytes_op(&bytes, PLAN_PID_FILE, 1);
    bytes_argument(&bytes, "a\0b", 3);
    bytes_end(&bytes, op);
    CHECK(strcmp(parse(&bytes), "string with a NUL byte") == 0, "string with a NUL byte");
    bytes = bytes_begin();
    op = bytes_op(&bytes, PLAN_UMASK, 1);
    bytes_argument(&bytes, "1234", 4);
    bytes_end(&bytes, op);
    CHECK(strcmp(parse(&bytes), "integer of a wrong size") == 0, "integer of a wrong size");
    bytes = bytes_begin();
    bytes_end(&bytes, bytes_op(&bytes, PLAN_ENV, 65535));
    CHECK(*parse(&bytes) != '\0', "a lying count");
}

int main(void) {
    reads_what_was_written();
    takes_an_update();
    refuses_every_beginning_of_a_plan();
    refuses_what_does_not_fit_the_signature();
    return 0;
}
