/* What results of health checks come to, and how they are kept. */
#include "health.h"

#include "check.h"
#include "plan_bytes.h"

struct rules {
    uint64_t action, entries, retries, start_period;
    uint64_t startup_retries, startup_successes;
    int startup;
};

static struct plan make(struct rules rules) {
    struct plan_bytes bytes = bytes_begin();
    struct plan plan;
    size_t op = bytes_op(&bytes, PLAN_HEALTH, 7);
    bytes_argument(&bytes, "/log", 4);
    bytes_integer(&bytes, rules.action);
    bytes_integer(&bytes, rules.entries);
    bytes_integer(&bytes, 500);
    bytes_integer(&bytes, rules.retries);
    bytes_integer(&bytes, rules.start_period);
    bytes_integer(&bytes, 0);
    bytes_end(&bytes, op);
    op = bytes_op(&bytes, PLAN_HEALTH_TEST, 4);
    bytes_integer(&bytes, 30000);
    bytes_integer(&bytes, 5000);
    bytes_integer(&bytes, 1000);
    bytes_argument(&bytes, "true", 4);
    bytes_end(&bytes, op);
    if (rules.startup) {
        op = bytes_op(&bytes, PLAN_HEALTH_STARTUP, 5);
        bytes_integer(&bytes, 700);
        bytes_integer(&bytes, 800);
        bytes_integer(&bytes, rules.startup_retries);
        bytes_integer(&bytes, rules.startup_successes);
        bytes_argument(&bytes, "ready", 5);
        bytes_end(&bytes, op);
    }
    CHECK(!plan_parse(&plan, bytes_copy(&bytes), bytes.size), "the rules are a plan");
    return plan;
}

static void is_unhealthy_after_so_many_failures_in_a_row(void) {
    struct plan plan = make((struct rules){.action = PLAN_HEALTH_STOP, .retries = 2});
    struct health health;
    health_reset(&health, &plan);
    CHECK(health_has(&plan) && health.state == HEALTH_IS_STARTING && health.started, "it begins as starting");
    CHECK(health_judge(&health, &plan, HEALTH_FAILED) == PLAN_HEALTH_NONE, "one failure does nothing");
    CHECK(health.state == HEALTH_IS_STARTING && health.streak == 1, "but is counted");
    health_judge(&health, &plan, HEALTH_PASSED);
    CHECK(health.state == HEALTH_IS_HEALTHY && health.streak == 0, "a success ends the row");
    health_judge(&health, &plan, HEALTH_TIMED_OUT);
    CHECK(health.state == HEALTH_IS_HEALTHY, "it stays healthy until there are enough");
    health_judge(&health, &plan, HEALTH_STOPPED);
    CHECK(health.streak == 1, "a probe that ended with the container does not count");
    CHECK(health_judge(&health, &plan, HEALTH_ERROR) == PLAN_HEALTH_STOP, "then something is done");
    CHECK(health.state == HEALTH_IS_UNHEALTHY && health.streak == 2, "and it is unhealthy");
    health_judge(&health, &plan, HEALTH_PASSED);
    CHECK(health.state == HEALTH_IS_HEALTHY, "it may recover");
    plan_free(&plan);
}

static void forgives_failures_in_the_start_period(void) {
    struct plan plan = make((struct rules){.retries = 1, .start_period = 10000});
    struct health health;
    health_reset(&health, &plan);
    health.in_start_period = true;
    health_judge(&health, &plan, HEALTH_FAILED);
    CHECK(health.state == HEALTH_IS_STARTING && health.streak == 0, "a failure in the start period is none");
    CHECK(health_interval(&health, &plan, 9999) == 5000, "in it the probes come faster");
    CHECK(health_interval(&health, &plan, 10000) == 30000, "after it as usual");
    health_judge(&health, &plan, HEALTH_PASSED);
    CHECK(health_interval(&health, &plan, 0) == 30000, "and once it is healthy too");
    plan_free(&plan);
}

static void runs_the_startup_check_first(void) {
    struct plan plan =
        make((struct rules){.retries = 1, .startup = 1, .startup_retries = 2, .startup_successes = 2});
    struct health health;
    size_t at;
    long long timeout;
    health_reset(&health, &plan);
    const struct plan_op *test = health_test(&health, &plan, &at, &timeout);
    CHECK(strcmp(test->args[at].data, "ready") == 0 && timeout == 800, "the startup check comes first");
    CHECK(health_interval(&health, &plan, 0) == 700, "with its own interval");
    CHECK(health_judge(&health, &plan, HEALTH_FAILED) == PLAN_HEALTH_NONE, "it may fail");
    health_judge(&health, &plan, HEALTH_PASSED);
    CHECK(!health.started, "one success of two is not enough");
    CHECK(health_judge(&health, &plan, HEALTH_FAILED) == PLAN_HEALTH_NONE, "failures are those in a row");
    CHECK(health_judge(&health, &plan, HEALTH_FAILED) == PLAN_HEALTH_RESTART, "enough of them restart it");
    CHECK(health.state == HEALTH_IS_STARTING && health.streak == 0, "it was starting all the time");
    health_judge(&health, &plan, HEALTH_PASSED);
    health_judge(&health, &plan, HEALTH_PASSED);
    CHECK(health.started && health.state == HEALTH_IS_STARTING, "two successes begin the regular check");
    test = health_test(&health, &plan, &at, &timeout);
    CHECK(strcmp(test->args[at].data, "true") == 0 && timeout == 1000, "which is next");
    plan_free(&plan);
}

static char *add(const struct plan *plan, char *old, const char *output, size_t length) {
    struct health health = {.state = HEALTH_IS_HEALTHY, .streak = 3};
    struct health_entry entry = {1500000000LL, 2000000001LL, -1, output, length};
    char *text = health_log(&health, plan, old, &entry);
    CHECK(text, "there is memory");
    free(old);
    return text;
}

static void keeps_the_last_entries(void) {
    struct plan plan = make((struct rules){.entries = 2, .retries = 1});
    char *log = add(&plan, add(&plan, add(&plan, NULL, "one", 3), "two", 3), "three", 5);
    CHECK(strcmp(log, "{\"Status\":\"healthy\",\"FailingStreak\":3,\"Log\":[\n"
                      "{\"Start\":\"1970-01-01T00:00:01.5Z\",\"End\":\"1970-01-01T00:00:02.000000001Z\","
                      "\"ExitCode\":-1,"
                      "\"Output\":\"two\"},\n"
                      "{\"Start\":\"1970-01-01T00:00:01.5Z\",\"End\":\"1970-01-01T00:00:02.000000001Z\","
                      "\"ExitCode\":-1,"
                      "\"Output\":\"three\"}\n]}\n") == 0,
          "two entries are left, and the whole is JSON");
    free(log);
    plan_free(&plan);
}

static void keeps_all_entries_without_a_limit(void) {
    struct plan plan = make((struct rules){.entries = 0, .retries = 1});
    char *log = NULL;
    size_t count = 0;
    for (int i = 0; i < 20; i++)
        log = add(&plan, log, "{\"Start\":\n", 10);
    for (char *at = log; (at = strstr(at, "\n{\"Start\"")); at++)
        count++;
    CHECK(count == 20, "none is lost, whatever the output looks like");
    free(log);
    plan_free(&plan);
}

static void writes_any_output_as_json(void) {
    static const struct {
        const char *output, *json;
    } cases[] = {
        {"a\"b\\c\n\t\x01\x7f", "\"a\\\"b\\\\c\\n\\u0009\\u0001\\u007f\""},
        {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\""},
        {"\xff|\xc3", "\"\\ufffd|\\ufffd\""},
        {"\xe0\x80\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
        {"", "\"\""},
    };
    struct plan plan = make((struct rules){.entries = 1, .retries = 1});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].output);
        char *exact = malloc(length + 1); /* so that reading too far is noticed */
        CHECK(exact, "there is memory");
        memcpy(exact, cases[i].output, length + 1);
        char *log = add(&plan, NULL, exact, length);
        char *json = strstr(log, "\"Output\":");
        CHECK(json && strncmp(json + 9, cases[i].json, strlen(cases[i].json)) == 0 &&
                  json[9 + strlen(cases[i].json)] == '}',
              cases[i].json);
        free(log);
        free(exact);
    }
    plan_free(&plan);
}

int main(void) {
    setenv("TZ", "UTC", 1);
    is_unhealthy_after_so_many_failures_in_a_row();
    forgives_failures_in_the_start_period();
    runs_the_startup_check_first();
    keeps_the_last_entries();
    keeps_all_entries_without_a_limit();
    writes_any_output_as_json();
    return 0;
}
