#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "monitor.h"

#define READY_DEADLINE_MS 30000
#define READY_STEP_MS 50
#define REASON_LINES 3

struct place {
    const char *name;
    char value[1024];
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

static _Noreturn void run_helper(const char *directory, char **arguments, int errors, const int *inherited) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (int i = 0; i < 2; i++)
        fcntl(inherited[i], F_SETFD, 0);
    dup2(errors, 2);
    if (chdir(directory) < 0) {
        dprintf(2, "%s: %s\n", directory, strerror(errno));
        _exit(127);
    }
    execvp(arguments[0], arguments);
    dprintf(2, "%s%s%s%s\n", strerror(errno), errno == ENOENT ? ": sudo apt install " : "",
            errno != ENOENT                 ? ""
            : strstr(arguments[0], "pasta") ? "passt"
                                            : "slirp4netns",
            "");
    _exit(127);
}

/* Helpers give up the capability to look into /proc/PID/fd: they find the namespace as a file, and write to a
 * FIFO. */
static void make_files(struct monitor *monitor, struct net_start *start, char *netns, char *ready,
                       size_t size) {
    const char *directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, "");
    char source[64];
    snprintf(netns, size, "%s/netns", directory);
    snprintf(ready, size, "%s/ready", directory);
    snprintf(source, sizeof source, "/proc/self/fd/%d", monitor->container.netns);
    autoclose int file = open(netns, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0 || mount(source, netns, NULL, MS_BIND, NULL) < 0)
        die_errno(125, "binding the network namespace on %s", netns);
    if (mkfifo(ready, 0600) < 0 && errno != EEXIST)
        die_errno(125, "making %s", ready);
    start->ready = open(ready, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (start->ready < 0)
        die_errno(125, "opening %s", ready);
}

static char **expand_all(const struct monitor *monitor, const struct net_start *start,
                         const struct plan_op *op, int ending) {
    struct place places[] = {{.name = "{netns}"}, {.name = "{ready_path}"}, {.name = "{api}"},
                             {.name = "{pid}"},   {.name = "{ready}"},      {.name = "{exit}"}};
    size_t size = sizeof places[0].value;
    const char *directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, "");
    snprintf(places[0].value, size, "%s/netns", directory);
    snprintf(places[1].value, size, "%s/ready", directory);
    snprintf(places[2].value, size, "api.sock"); /* sun_path is short: the helper starts in RUN_DIR */
    snprintf(places[3].value, size, "%d", (int)monitor->container.pid);
    snprintf(places[4].value, size, "%d", start->ready);
    snprintf(places[5].value, size, "%d", ending);
    char **arguments = plan_strings(op, 1);
    for (char **argument = arguments; *argument; argument++)
        *argument = expand(*argument, places, sizeof places / sizeof *places);
    return arguments;
}

void net_start(struct monitor *monitor, struct net_start *start) {
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_HELPER);
    char netns[1024], ready[1024];
    int ending[2];
    *start = (struct net_start){-1, -1};
    if (!op || op->count < 2 || monitor->net_exit >= 0)
        return;
    if (pipe2(ending, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    start->errors = memfd_create("errors", MFD_CLOEXEC);
    make_files(monitor, start, netns, ready, sizeof netns);
    char **arguments = expand_all(monitor, start, op, ending[0]);
    monitor->net_pid = fork();
    if (monitor->net_pid < 0)
        die_errno(125, "starting %s", arguments[0]);
    if (monitor->net_pid == 0)
        run_helper(plan_string(monitor->plan, PLAN_RUN_DIR, 0, "/"), arguments, start->errors,
                   (int[]){start->ready, ending[0]});
    for (char **argument = arguments; *argument; argument++)
        free(*argument);
    free(arguments);
    close(ending[0]);
    monitor->net_exit = ending[1];
}

/* A bad argument makes helpers print their whole usage, and pasta complains of a missing syslog. */
static bool is_noise(const char *line) {
    return !*line || strncmp(line, "Failed to send ", 15) == 0;
}

/* The first lines that say what is wrong, in one line. */
static void read_reason(int errors, char *reason, size_t size) {
    char text[4096] = "", *rest = text;
    ssize_t length = pread(errors, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    *reason = '\0';
    for (int kept = 0; rest && kept < REASON_LINES;) {
        const char *line = strsep(&rest, "\n");
        if (strncasecmp(line, "usage:", 6) == 0)
            return;
        if (is_noise(line))
            continue;
        size_t used = strlen(reason);
        snprintf(reason + used, size - used, "%s%s", kept++ ? "; " : ": ", line);
    }
}

static _Noreturn void fail(const struct monitor *monitor, int errors, const char *what) {
    char reason[1024];
    read_reason(errors, reason, sizeof reason);
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_HELPER);
    die(125, "setting up the network: %s %s%s", op->args[1].data, what, reason);
}

static void wait_ready(struct monitor *monitor, const struct net_start *start) {
    for (int waited = 0;; waited += READY_STEP_MS) {
        struct pollfd poll_fd = {.fd = start->ready, .events = POLLIN};
        if (poll(&poll_fd, 1, READY_STEP_MS) > 0)
            return;
        if (waitpid(monitor->net_pid, NULL, WNOHANG) == monitor->net_pid) {
            monitor->net_pid = 0;
            fail(monitor, start->errors, "failed");
        }
        if (waited > READY_DEADLINE_MS)
            fail(monitor, start->errors, "is not ready");
    }
}

static void request(const struct monitor *monitor, const struct plan_op *op) {
    char path[256], answer[4096];
    snprintf(path, sizeof path, "%s/api.sock", plan_string(monitor->plan, PLAN_RUN_DIR, 0, ""));
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
    if (flags & PLAN_NET_READY_FD)
        wait_ready(monitor, start);
    close(start->ready);
    close(start->errors);
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(monitor->plan, PLAN_NET_REQUEST, &position));)
        request(monitor, op);
}

void net_stop(struct monitor *monitor) {
    const char *directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, "");
    autofree char *netns = NULL;
    if (monitor->net_exit < 0)
        return;
    close_fd(&monitor->net_exit);
    monitor->net_exit = -1;
    uint64_t flags = plan_number(monitor->plan, PLAN_NET_HELPER, 0, 0);
    if (monitor->net_pid > 0) {
        kill(monitor->net_pid, SIGKILL);
        while (waitpid(monitor->net_pid, NULL, flags & PLAN_NET_PORTS ? 0 : WNOHANG) < 0 && errno == EINTR)
            continue;
    }
    monitor->net_pid = 0;
    if (asprintf(&netns, "%s/netns", directory) > 0)
        umount2(netns, MNT_DETACH);
}
