#include "health.h"

#include <stdint.h>

static const struct plan_op *startup_of(const struct health *health, const struct plan *plan) {
    return health->started ? NULL : plan_find(plan, PLAN_HEALTH_STARTUP);
}

bool health_has(const struct plan *plan) {
    const struct plan_op *test = plan_find(plan, PLAN_HEALTH_TEST);
    return plan_find(plan, PLAN_HEALTH) && test && test->count > 3;
}

void health_reset(struct health *health, const struct plan *plan) {
    *health = (struct health){.state = health_has(plan) ? HEALTH_IS_STARTING : HEALTH_IS_UNKNOWN,
                              .started = !plan_find(plan, PLAN_HEALTH_STARTUP)};
}

const struct plan_op *health_test(const struct health *health, const struct plan *plan, size_t *argv_at,
                                  long long *timeout) {
    const struct plan_op *startup = startup_of(health, plan);
    const struct plan_op *test = startup ? startup : plan_find(plan, PLAN_HEALTH_TEST);
    *argv_at = startup ? 4 : 3;
    *timeout = (long long)test->args[startup ? 1 : 2].number;
    return test;
}

long long health_interval(const struct health *health, const struct plan *plan, long long age) {
    const struct plan_op *startup = startup_of(health, plan);
    if (startup)
        return (long long)startup->args[0].number;
    long long usual = (long long)plan_number(plan, PLAN_HEALTH_TEST, 0, 0);
    long long early = (long long)plan_number(plan, PLAN_HEALTH_TEST, 1, 0);
    bool is_early =
        health->state == HEALTH_IS_STARTING && age < (long long)plan_number(plan, PLAN_HEALTH, 5, 0);
    return is_early && early ? early : usual;
}

static unsigned judge_startup(struct health *health, const struct plan_op *startup, bool passed) {
    uint64_t most = startup->args[2].number, needed = startup->args[3].number;
    health->successes = passed ? health->successes + 1 : 0;
    health->failures = passed ? 0 : health->failures + 1;
    if (passed && health->successes >= needed)
        health->started = true;
    return most && health->failures >= most ? PLAN_HEALTH_RESTART : PLAN_HEALTH_NONE;
}

unsigned health_judge(struct health *health, const struct plan *plan, enum health_outcome outcome) {
    const struct plan_op *startup = startup_of(health, plan);
    bool passed = outcome == HEALTH_PASSED;
    if (outcome == HEALTH_STOPPED)
        return PLAN_HEALTH_NONE;
    if (startup)
        return judge_startup(health, startup, passed);
    if (passed) {
        health->state = HEALTH_IS_HEALTHY;
        health->streak = 0;
    } else if (!health->in_start_period && ++health->streak >= plan_number(plan, PLAN_HEALTH, 4, 1)) {
        health->state = HEALTH_IS_UNHEALTHY;
        return (unsigned)plan_number(plan, PLAN_HEALTH, 1, PLAN_HEALTH_NONE);
    }
    return PLAN_HEALTH_NONE;
}

const char *health_word(enum health_state state) {
    static const char *const words[] = {"", "starting", "healthy", "unhealthy"};
    return words[state];
}
