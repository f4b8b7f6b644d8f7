#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "monitor.h"

#define READY_DEADLINE_MS 30000
#define READY_STEP_MS 50

struct place {
    const char *name;
    char value[256];
};

/* One argument with every {name} replaced; allocated. */
static char *expand(const char *text, const struct place *places, size_t count) {
    char *whole = strdup(text);
    for (size_t i = 0; whole && i < count; i++) {
        char *at, *next = NULL;
        while ((at = strstr(whole, places[i].name))) {
            const char *rest = at + strlen(places[i].name);
            if (asprintf(&next, "%.*s%s%s", (int)(at - whole), whole, places[i].value, rest) < 0)
                die(125, "out of memory");
            free(whole);
            whole = next;
        }
    }
    if (!whole)
        die(125, "out of memory");
    return whole;
}

static _Noreturn void run_helper(char **arguments, int errors, const int *inherited) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (int i = 0; i < 2; i++)
        fcntl(inherited[i], F_SETFD, 0);
    dup2(errors, 2);
    execvp(arguments[0], arguments);
    dprintf(2, "%s%s%s%s\n", strerror(errno), errno == ENOENT ? ": sudo apt install " : "",
            errno != ENOENT ? "" : strstr(arguments[0], "pasta") ? "passt" : "slirp4netns", "");
    _exit(127);
}

static void api_path(const struct monitor *monitor, char *path, size_t size) {
    snprintf(path, size, "%s/api.sock", plan_string(monitor->plan, PLAN_RUN_DIR, 0, ""));
}

void net_start(struct monitor *monitor, struct net_start *start) {
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_HELPER);
    int ready[2], ending[2];
    *start = (struct net_start){-1, -1};
    if (!op || monitor->net_exit >= 0)
        return;
    if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(ending, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    start->errors = memfd_create("errors", MFD_CLOEXEC);
    struct place places[] = {{"{netns}", ""}, {"{pid}", ""}, {"{ready}", ""}, {"{exit}", ""}, {"{api}", ""}, {"{ready_path}", ""}};
    size_t count = sizeof places / sizeof *places;
    snprintf(places[0].value, sizeof places[0].value, "/proc/%d/fd/%d", (int)getpid(), monitor->container.netns);
    snprintf(places[1].value, sizeof places[1].value, "%d", (int)monitor->container.pid);
    snprintf(places[2].value, sizeof places[2].value, "%d", ready[1]);
    snprintf(places[3].value, sizeof places[3].value, "%d", ending[0]);
    api_path(monitor, places[4].value, sizeof places[4].value);
    snprintf(places[5].value, sizeof places[5].value, "/proc/%d/fd/%d", (int)getpid(), ready[1]);
    char **arguments = plan_strings(op, 1);
    for (char **argument = arguments; *argument; argument++)
        *argument = expand(*argument, places, count);
    monitor->net_pid = fork();
    if (monitor->net_pid < 0)
        die_errno(125, "starting %s", arguments[0]);
    if (monitor->net_pid == 0)
        run_helper(arguments, start->errors, (int[]){ready[1], ending[0]});
    for (char **argument = arguments; *argument; argument++)
        free(*argument);
    free(arguments);
    close(ending[0]);
    monitor->net_exit = ending[1];
    start->ready = ready[0];
    /* the write end stays open for {ready_path}; that the helper ended is seen by waiting for it */
    fcntl(ready[0], F_SETFL, O_NONBLOCK);
    monitor->net_ready = ready[1];
}

static _Noreturn void fail(const struct monitor *monitor, int errors, const char *what) {
    char text[1024] = "";
    ssize_t length = pread(errors, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    for (size_t end = strlen(text); end > 0 && text[end - 1] == '\n';)
        text[--end] = '\0';
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_HELPER);
    die(125, "setting up the network: %s %s%s%s", op->args[1].data, what, text[0] ? ": " : "", text);
}

static void wait_ready(struct monitor *monitor, const struct net_start *start, bool by_exit) {
    for (int waited = 0;; waited += READY_STEP_MS) {
        struct pollfd poll_fd = {.fd = start->ready, .events = POLLIN};
        int status;
        if (!by_exit && poll(&poll_fd, 1, READY_STEP_MS) > 0)
            return;
        if (waitpid(monitor->net_pid, &status, by_exit ? 0 : WNOHANG) == monitor->net_pid) {
            monitor->net_pid = 0;
            if (by_exit && status == 0)
                return;
            fail(monitor, start->errors, "failed");
        }
        if (waited > READY_DEADLINE_MS)
            fail(monitor, start->errors, "is not ready");
    }
}

static void request(const struct monitor *monitor, const struct plan_op *op) {
    char path[256], answer[4096];
    api_path(monitor, path, sizeof path);
    autoclose int fd = unix_connect(path);
    if (fd < 0 || write_full(fd, op->args[0].data, op->args[0].length) < 0 || shutdown(fd, SHUT_WR) < 0)
        die_errno(125, "%s: asking the network helper", op->args[1].data);
    ssize_t length = read_full(fd, answer, sizeof answer - 1);
    if (length < 0)
        die_errno(125, "%s: reading the network helper's answer", op->args[1].data);
    answer[length] = '\0';
    if (strstr(answer, "\"error\""))
        die(125, "%s: %s", op->args[1].data, answer);
}

void net_wait(struct monitor *monitor, struct net_start *start) {
    if (start->ready < 0)
        return;
    uint64_t flags = plan_number(monitor->plan, PLAN_NET_HELPER, 0, 0);
    if (flags & (PLAN_NET_READY_FD | PLAN_NET_READY_EXIT))
        wait_ready(monitor, start, flags & PLAN_NET_READY_EXIT);
    close(start->ready);
    close(start->errors);
    close(monitor->net_ready);
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(monitor->plan, PLAN_NET_REQUEST, &position));)
        request(monitor, op);
}
