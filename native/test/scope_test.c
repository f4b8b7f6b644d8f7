/* scope_start and helper_scope_enter against a bus that is played here, over the real socket. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup_keeper.h"
#include "check.h"
#include "dbus.h"
#include "helper_scope.h"
#include "io.h"
#include "scope.h"
#include "userns.h"

static const char *path;

/* What the bus says in the end: a message of `type` whose body begins after the header. */
static void answer(int fd, uint8_t type, const char *signature, const struct dbus_bytes *body) {
    struct dbus_bytes message = {0};
    struct dbus_call call = {"org.example", "/", "org.example", "JobRemoved", signature, 1};
    dbus_put_call(&message, &call, body);
    message.data[1] = (char)type;
    CHECK(write_full(fd, message.data, message.size) == 0, "the bus answers");
    free(message.data);
}

static void say_removed(int fd, const char *unit, const char *result) {
    struct dbus_bytes body = {0};
    dbus_put_u32(&body, 1);
    dbus_put_string(&body, "/org/freedesktop/systemd1/job/1");
    dbus_put_string(&body, unit);
    dbus_put_string(&body, result);
    answer(fd, DBUS_SIGNAL, "uoss", &body);
    free(body.data);
}

static void say_error(int fd, const char *text) {
    struct dbus_bytes body = {0};
    dbus_put_string(&body, text);
    answer(fd, DBUS_ERROR, "s", &body);
    free(body.data);
}

/* Authenticates the client and waits for the call that matters. */
static int meet(int listener, const char *awaited) {
    char text[4096];
    struct pollfd ready = {.fd = listener, .events = POLLIN}; /* the listener does not block */
    CHECK(poll(&ready, 1, 10000) == 1, "a client comes");
    int fd = accept(listener, NULL, NULL);
    CHECK(fd >= 0 && read_full(fd, text, 1 + 14 + 8 + 2) == 25, "the client greets");
    CHECK(memcmp(text, "\0AUTH EXTERNAL 31303030\r\n", 25) == 0, "as user 1000");
    CHECK(write_full(fd, "OK 1234\r\n", 9) == 0 && read_full(fd, text, 7) == 7, "and begins");
    for (const char *member = ""; strcmp(member, awaited) != 0;) {
        static struct dbus_message message;
        const char *wrong = NULL;
        CHECK(dbus_receive(fd, &message, dbus_now() + 5000, &wrong) == 0, "well-formed calls come");
        member = strcpy(text, message.member);
        free(message.data);
    }
    return fd;
}

static void play(int listener, const char *unit, const char *result, const char *error) {
    int fd = meet(listener, "StartTransientUnit");
    say_removed(fd, "other.scope", "failed");
    if (error)
        say_error(fd, error);
    else
        say_removed(fd, unit, result);
    close(fd);
    _exit(0);
}

/* What scope_start returns, and says, to an answer. */
static int try(const char *unit, const char *result, const char *error, char **text) {
    char autofree *address = NULL;
    CHECK(asprintf(&address, "unix:path=%s,guid=12", path) > 0, "memory");
    struct plan_arg args[] = {{.data = address}, {.data = "tspod-1.scope"}, {.data = "user.slice"},
                              {.data = "_uid"},  {.data = "1000"},          {.data = "TasksMax"},
                              {.data = "12"}};
    struct plan_op op = {PLAN_CGROUP_SCOPE, 7, args};
    unlink(path);
    int listener = unix_listen(path);
    CHECK(listener >= 0, "a socket");
    pid_t bus = fork();
    if (bus == 0)
        play(listener, unit, result, error);
    close(listener);
    *text = NULL;
    int status, started = scope_start(&op, getpid(), text);
    CHECK(waitpid(bus, &status, 0) == bus && status == 0, "the bus was content");
    return started;
}

static void check_case(const char *unit, const char *result, const char *error, int expected,
                       const char *says) {
    char autofree *text = NULL;
    CHECK(try(unit, result, error, &text) == expected, says);
    CHECK(expected == 0 ? !text : text && strstr(text, says), says);
}

/* Serves one client that moves a process: content, or with the error. */
static void play_attach(int listener, const char *error) {
    int fd = meet(listener, "AttachProcessesToUnit");
    if (error)
        say_error(fd, error);
    else {
        char text[] = "l\2\1\1\0\0\0\0\1\0\0\0\10\0\0\0\5\1u\0\5\0\0";
        CHECK(write_full(fd, text, sizeof text) == 0, "the bus answers");
    }
    close(fd);
    _exit(0);
}

static void check_attach(const char *error) {
    char autofree *address = NULL, *text = NULL;
    CHECK(asprintf(&address, "unix:path=%s", path) > 0, "memory");
    unlink(path);
    int listener = unix_listen(path), status;
    pid_t bus = fork();
    if (bus == 0)
        play_attach(listener, error);
    close(listener);
    int fd = scope_connect(address, "1000", &text);
    CHECK(fd >= 0, "a connection");
    struct scope_place place = {"tspod-1.scope", "/container"};
    CHECK(scope_attach(fd, &place, getpid(), &text) == (error ? -1 : 0), "an answer is understood");
    CHECK(error ? text && strstr(text, error) : !text, "and what is wrong told");
    close(fd);
    CHECK(waitpid(bus, &status, 0) == bus && status == 0, "the bus was content");
}

static const struct plan_arg *helper_args(const char *address) {
    static struct plan_arg args[5];
    const char *texts[] = {address, "tspod", "user.slice", "_uid", "1000"};
    for (size_t i = 0; i < 5; i++)
        args[i] = (struct plan_arg){.length = (uint32_t)strlen(texts[i]), .data = texts[i]};
    return args;
}

/* Whatever becomes of it: content, an error, a bus that hangs up, or none at all. */
static void check_helper_scope(const char *result, const char *error, bool listens) {
    char autofree *address = NULL, *unit = NULL;
    CHECK(asprintf(&address, "unix:path=%s", path) > 0, "memory");
    CHECK(asprintf(&unit, "tspod-netd-%d.scope", (int)getpid()) > 0, "memory");
    struct plan_op op = {PLAN_HELPER_SCOPE, 5, helper_args(address)};
    struct plan plan = {.ops = &op, .count = 1}, empty = {0};
    unlink(path);
    int listener = unix_listen(path), status = 0;
    pid_t bus = listens ? fork() : 0;
    if (listens && bus == 0)
        play(listener, unit, result, error);
    close(listener);
    helper_scope_enter(&plan, "netd");
    helper_scope_enter(&empty, "netd");
    CHECK(!listens || (waitpid(bus, &status, 0) == bus && status == 0), "the bus was content");
}

/* Somebody listens, and never says a word. */
static void gives_up_on_a_silent_bus(void) {
    char autofree *address = NULL, *text = NULL;
    CHECK(asprintf(&address, "unix:path=%s", path) > 0, "memory");
    struct plan_arg args[] = {{.data = address}, {.data = "tspod-1.scope"}, {.data = "user.slice"},
                              {.data = "_uid"},  {.data = "1000"},          {.data = "_optional"},
                              {.data = "1"}};
    struct plan_op op = {PLAN_HELPER_SCOPE, 7, args};
    unlink(path);
    int listener = unix_listen(path);
    long long start = dbus_now();
    CHECK(scope_start(&op, getpid(), &text) == -1 && strstr(text, "does not answer"), "it is given up");
    CHECK(dbus_now() - start < 4500, "sooner where it is not needed");
    close(listener);
}

static void refuses_broken_messages(void) {
    struct dbus_bytes bytes = {0}, body = {0};
    struct dbus_call call = {"a.b", "/", "a.b", "Member", "s", 1};
    dbus_put_string(&body, "text");
    dbus_put_call(&bytes, &call, &body);
    for (size_t size = 0; size <= bytes.size; size++) {
        char *part = malloc(size + 1);
        struct dbus_message message = {.data = memcpy(part, bytes.data, size), .size = size};
        CHECK((dbus_parse(&message) == NULL) == (size == bytes.size), "a message that is cut off is refused");
        free(part);
    }
    for (size_t at = 0; at < bytes.size * 255; at++) {
        char *changed = memcpy(malloc(bytes.size), bytes.data, bytes.size);
        changed[at / 255] = (char)(changed[at / 255] + 1 + (int)(at % 255));
        struct dbus_message message = {.data = changed, .size = bytes.size};
        size_t position = 0;
        if (!dbus_parse(&message))
            dbus_take_string(&message, &position);
        free(changed);
    }
    free(bytes.data);
    free(body.data);
}

static int count_open(pid_t pid) {
    char directory[32];
    int count = 0;
    snprintf(directory, sizeof directory, "/proc/%d/fd", (int)pid);
    DIR *stream = opendir(directory);
    CHECK(stream, "the keeper is there");
    for (struct dirent *entry; (entry = readdir(stream));)
        count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

static void keeper_holds_nothing(void) {
    sigset_t all;
    int status;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL); /* as the monitor */
    pid_t pid = keeper_start();
    for (int i = 0; i < 1000 && count_open(pid) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    CHECK(count_open(pid) == 0, "the keeper has nothing open");
    CHECK(kill(pid, SIGTERM) == 0 && waitpid(pid, &status, 0) == pid, "it is a child");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "that systemd can end");
}

static void keeper_ends_with_the_monitor(void) {
    int ends[2];
    pid_t keeper;
    CHECK(pipe(ends) == 0, "a pipe");
    pid_t monitor = fork();
    if (monitor == 0) {
        keeper = keeper_start();
        _exit(write_full(ends[1], &keeper, sizeof keeper) < 0);
    }
    CHECK(read_full(ends[0], &keeper, sizeof keeper) == sizeof keeper && waitpid(monitor, NULL, 0) == monitor,
          "the monitor ends");
    for (int i = 0; i < 1000 && process_start_time(keeper); i++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    CHECK(!process_start_time(keeper), "and so does the keeper");
}

int main(void) {
    char directory[] = "/tmp/tspod-scope-XXXXXX", socket_path[64];
    CHECK(mkdtemp(directory), "a temporary directory");
    snprintf(socket_path, sizeof socket_path, "%s/bus", directory);
    path = socket_path;
    check_case("tspod-1.scope", "done", NULL, 0, "a job that is done is a success");
    check_case("tspod-1.scope", "timeout", NULL, -1, "timeout");
    check_case("tspod-1.scope", NULL, "no such slice", -1, "no such slice");
    check_case("unknown.scope", "done", NULL, -1, "closed the connection");
    check_attach(NULL);
    check_attach("not yours");
    check_helper_scope("done", NULL, true);
    check_helper_scope(NULL, "the unit exists", true);
    check_helper_scope(NULL, NULL, false);
    gives_up_on_a_silent_bus();
    refuses_broken_messages();
    keeper_holds_nothing();
    keeper_ends_with_the_monitor();
    unlink(path);
    CHECK(rmdir(directory) == 0, "nothing is left");
    return 0;
}
