/*
 * Three processes while a check runs: this one, outside, keeps the time and the output. Its child joins the
 * container, and forks one that is in the pid namespace: what the check leaves behind there when its time is
 * over becomes a child of that one, and is waited for.
 */
#include "health_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "events.h"
#include "health_child.h"
#include "io.h"
#include "userns.h"

#define OUTPUT_GREATEST (16u << 20) /* kept of one check, whatever the plan says */
#define LATE_MS 2000                /* what was killed has so long to be gone */

struct probe {
    const struct plan *plan;
    struct health *health;
    struct health_child child;
    long long timeout; /* ms */
    long long start;   /* ns since 1970 */
    int freezer;       /* cgroup.freeze, or -1 */
    int control, output;
    char *text;
    size_t length, room, most;
};

static struct probe self;

static long long now(clockid_t clock, long long unit) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * (1000000000LL / unit) + time.tv_nsec / unit;
}

static char *read_log(const char *path) {
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    char *text = size < 0 || lseek(fd, 0, SEEK_SET) < 0 ? NULL : calloc((size_t)size + 1, 1);
    if (text && read_full(fd, text, (size_t)size) < 0)
        text[0] = '\0';
    return text;
}

/* Where it cannot be written, the state is still right. */
static void write_log(const struct health_entry *entry) {
    const char *path = plan_string(self.plan, PLAN_HEALTH, 0, NULL);
    autofree char *old = path ? read_log(path) : NULL;
    autofree char *log = path ? health_log(self.health, self.plan, old, entry) : NULL;
    if (log && replace_file(path, log, false) < 0)
        return;
}

static void tell(const struct health_entry *entry) {
    autofree char *log = plan_number(self.plan, PLAN_HEALTH, 6, 0) ? health_entry_text(entry) : NULL;
    events_note(self.plan, (struct event){.status = "health_status",
                                          .health = health_word(self.health->state),
                                          .streak = self.health->streak,
                                          .log = log});
    events_write(self.plan);
}

static _Noreturn void finish(enum health_outcome outcome) {
    health_judge(self.health, self.plan, outcome);
    if (outcome != HEALTH_STOPPED) {
        int code = outcome == HEALTH_PASSED ? 0 : outcome == HEALTH_TIMED_OUT ? -1 : 1;
        struct health_entry entry = {self.start, now(CLOCK_REALTIME, 1), code, self.text ? self.text : "",
                                     self.length};
        write_log(&entry);
        tell(&entry);
    }
    _exit((int)outcome);
}

static void keep(const char *data, size_t length) {
    if (self.length + length > self.most)
        length = self.most - self.length;
    if (self.length + length > self.room) {
        size_t room = 2 * (self.length + length);
        char *more = realloc(self.text, room);
        if (!more)
            return;
        self.text = more;
        self.room = room;
    }
    if (length > 0)
        memcpy(self.text + self.length, data, length);
    self.length += length;
}

static void report(int status, const char *text) {
    (void)status;
    keep(text, strlen(text));
    finish(HEALTH_ERROR);
}

/* False at the end, or when there is nothing for now. */
static bool take_output(void) {
    char data[8192];
    ssize_t got = read(self.output, data, sizeof data);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got <= 0) {
        close(self.output);
        self.output = -1;
        return false;
    }
    keep(data, (size_t)got);
    return true;
}

/* The control group's files have to be opened by name: all that the monitor has open is closed. */
static void let_go(const struct container *container) {
    char link[64], directory[4096], path[4200];
    snprintf(link, sizeof link, "/proc/self/fd/%d", container->cgroup);
    ssize_t length = container->cgroup < 0 ? -1 : readlink(link, directory, sizeof directory - 1);
    syscall(SYS_close_range, 3, ~0u, 0);
    self.child.cgroup = self.freezer = -1;
    if (length <= 0)
        return;
    directory[length] = '\0';
    snprintf(path, sizeof path, "%s/cgroup.procs", directory);
    self.child.cgroup = open(path, O_WRONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "%s/cgroup.freeze", directory);
    self.freezer = open(path, O_RDONLY | O_CLOEXEC);
}

static bool is_frozen(void) {
    char digit = '0';
    return self.freezer >= 0 && pread(self.freezer, &digit, 1, 0) == 1 && digit == '1';
}

static pid_t start_child(void) {
    int control[2], output[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0 || pipe2(output, O_CLOEXEC) < 0 ||
        fcntl(output[0], F_SETFL, O_NONBLOCK) < 0)
        die_errno(125, "making a pipe to the health check");
    self.control = control[0];
    self.output = output[0];
    self.child.control = control[1];
    self.child.output = output[1];
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "forking");
    if (pid == 0) {
        close(control[0]);
        close(output[0]);
        health_child(&self.child);
    }
    close(control[1]);
    close(output[1]);
    return pid;
}

/* What the child says of the end of the check: X and its exit status, E and why it did not run. */
static enum health_outcome take_verdict(void) {
    char text[2200];
    ssize_t got;
    do /* an order that came too late is told as an error first */
        got = recv(self.control, text, sizeof text - 1, 0);
    while (got < 0 && (errno == EINTR || errno == ECONNRESET));
    if (got <= 0)
        return HEALTH_STOPPED;
    text[got] = '\0';
    if (text[0] == 'X')
        return atoi(text + 1) == 0 ? HEALTH_PASSED : HEALTH_FAILED;
    const char *reason = strchr(text, ' ');
    keep(reason ? reason + 1 : text, strlen(reason ? reason + 1 : text));
    return atoi(text + 1) == 125 ? HEALTH_ERROR : HEALTH_FAILED;
}

/* Once the time is over the child is told; when it does not answer it is killed, and what it made with it. */
static bool is_over(pid_t child, long long *deadline, bool *told) {
    if (now(CLOCK_MONOTONIC, 1000000) < *deadline)
        return false;
    if (!*told && is_frozen()) {
        *deadline = now(CLOCK_MONOTONIC, 1000000) + self.timeout;
        return false;
    }
    if (*told) {
        kill(child, SIGKILL);
        return true;
    }
    *told = true;
    *deadline = now(CLOCK_MONOTONIC, 1000000) + LATE_MS;
    return send(self.control, "k", 1, MSG_NOSIGNAL) < 0;
}

static enum health_outcome follow(pid_t child) {
    long long deadline = now(CLOCK_MONOTONIC, 1000000) + self.timeout;
    bool told = false;
    while (!is_over(child, &deadline, &told)) {
        struct pollfd fds[2] = {{.fd = self.control, .events = POLLIN},
                                {.fd = self.output, .events = POLLIN}};
        long long left = deadline - now(CLOCK_MONOTONIC, 1000000);
        poll(fds, 2, left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left);
        if (fds[1].revents)
            take_output();
        if (!fds[0].revents)
            continue;
        enum health_outcome outcome = take_verdict();
        return told && outcome != HEALTH_STOPPED ? HEALTH_TIMED_OUT : outcome;
    }
    return HEALTH_TIMED_OUT;
}

_Noreturn void health_probe(const struct plan *plan, const struct container *container,
                            const struct health *health) {
    static struct health copy;
    size_t argv_at;
    copy = *health;
    self = (struct probe){.plan = plan, .health = &copy, .start = now(CLOCK_REALTIME, 1), .output = -1};
    die_report_to(report);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        die_errno(125, "setting the parent-death signal");
    uint64_t most = plan_number(plan, PLAN_HEALTH, 3, 0);
    self.most = most && most < OUTPUT_GREATEST ? (size_t)most : OUTPUT_GREATEST;
    const struct plan_op *test = health_test(health, plan, &argv_at, &self.timeout);
    let_go(container);
    self.child.pid = container->pid;
    self.child.start_time = process_start_time(container->pid);
    self.child.plan = health_child_plan(plan, test, argv_at);
    pid_t child = start_child();
    enum health_outcome outcome = follow(child);
    while (self.output >= 0 && take_output())
        continue;
    finish(outcome);
}
