/* Events of a plan, in a file that is rotated, torn, or held open. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "events.h"
#include "io.h"
#include "plan_bytes.h"

static char file[256], old[300];

static struct plan make_plan(uint64_t limit) {
    static const char template[] = "{\3\"Status\":\"\1\",\4\"Time\":\"\2\"}\n";
    static struct plan plan;
    struct plan_bytes bytes = bytes_begin();
    size_t begin = bytes_op(&bytes, PLAN_EVENTS, 5);
    bytes_integer(&bytes, PLAN_EVENTS_FILE);
    bytes_argument(&bytes, file, strlen(file));
    bytes_integer(&bytes, limit);
    bytes_argument(&bytes, template, strlen(template));
    bytes_argument(&bytes, "{\"earlier\":1}\n", 14);
    bytes_end(&bytes, begin);
    begin = bytes_op(&bytes, PLAN_EVENT_VOLUME, 1);
    bytes_argument(&bytes, "volume \1 \2\n", 11);
    bytes_end(&bytes, begin);
    CHECK(plan_parse(&plan, bytes_copy(&bytes), bytes.size) == NULL, "the plan is read");
    return plan;
}

static const char *content(const char *path) {
    static char text[4096];
    text[0] = '\0';
    read_file(path, text, sizeof text);
    return text;
}

static bool has(const char *path, const char *part) {
    return strstr(content(path), part) != NULL;
}

static void test_batch(const struct plan *plan) {
    int code = 3;
    events_note_earlier(plan);
    events_note(plan, (struct event){.status = "died", .code = &code});
    CHECK(access(file, F_OK) < 0, "nothing is written before the end of the batch");
    events_write(plan);
    CHECK(has(file, "{\"earlier\":1}\n{\"ContainerExitCode\":3,\"Status\":\"died\",\"Time\":\"2"),
          "earlier events stand first, and the exit status is in the line");
    events_note_earlier(plan);
    events_note(plan, (struct event){.status = "health_status",
                                     .health = "healthy",
                                     .streak = 2,
                                     .log = "{\"Output\":\"\\n\"}"});
    events_note_volumes(plan);
    events_write(plan);
    CHECK(has(file, "\"health_status\":\"healthy\",\"health_log\":\"{\\\"Output\\\":\\\"\\\\n\\\"}\","
                    "\"health_failing_streak\":2,\"Time\"") &&
              has(file, "volume remove 2"),
          "health and volumes");
    CHECK(strstr(strstr(content(file), "earlier") + 1, "earlier") == NULL, "earlier events come once");
}

static void test_torn(const struct plan *plan) {
    autoclose int fd = open(file, O_WRONLY | O_APPEND);
    CHECK(write_full(fd, "{\"torn", 6) == 0, "a line is cut off");
    events_note(plan, (struct event){.status = "start"});
    events_write(plan);
    CHECK(has(file, "{\"torn\n{\"Status\":\"start\""), "the next line is whole");
}

static void test_rotation(const struct plan *plan) {
    struct stat before, after;
    CHECK(stat(file, &before) == 0, "the file is there");
    events_note(plan, (struct event){.status = "cleanup"});
    events_write(plan);
    CHECK(stat(old, &after) == 0 && after.st_ino == before.st_ino, "the old file has another name");
    CHECK(has(file, "{\"Status\":\"cleanup\"") && !has(file, "torn"), "the new one begins with this event");
}

static void test_open(const struct plan *plan) {
    events_open(plan);
    CHECK(unlink(file) == 0, "out of sight");
    events_note(plan, (struct event){.status = "exec"});
    events_write(plan);
    CHECK(access(file, F_OK) < 0, "what is open is written to");
}

int main(void) {
    char folder[] = "/tmp/tspod-events-XXXXXX";
    CHECK(mkdtemp(folder) != NULL, "a folder");
    snprintf(file, sizeof file, "%s/events", folder);
    snprintf(old, sizeof old, "%s.1", file);
    struct plan plan = make_plan(0);
    test_batch(&plan);
    test_torn(&plan);
    plan_free(&plan);
    plan = make_plan(300);
    test_rotation(&plan);
    test_open(&plan);
    plan_free(&plan);
    unlink(old);
    rmdir(folder);
    return 0;
}
