/* --runtime crun, runc: the same container made by an OCI runtime; the monitor adopts its process. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "die.h"
#include "io.h"
#include "monitor.h"
#include "preserve.h"

#define ARGUMENTS_GREATEST 64

struct call {
    char *arguments[ARGUMENTS_GREATEST];
    size_t count;
    const struct plan *passing; /* the caller's descriptors that it gets, or NULL */
};

static void add(struct call *call, const char *argument) {
    if (call->count + 1 == ARGUMENTS_GREATEST)
        die(125, "too many arguments for the OCI runtime");
    call->arguments[call->count++] = (char *)argument;
    call->arguments[call->count] = NULL;
}

/* BINARY --root ROOT [global arguments] VERB */
static struct call begin(const struct plan_op *op, const char *verb) {
    struct call call = {.count = 0};
    add(&call, op->args[0].data);
    add(&call, "--root");
    add(&call, op->args[1].data);
    for (size_t i = 3; i < op->count; i++)
        add(&call, op->args[i].data);
    add(&call, verb);
    return call;
}

static _Noreturn void run(struct call *call, const int *streams) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int fd = 0; fd <= 2; fd++)
        if (streams[fd] >= 0)
            dup2(streams[fd], fd);
    if (call->passing)
        preserve_pass(call->passing);
    execvp(call->arguments[0], call->arguments);
    dprintf(2, "%s: %s\n", call->arguments[0], strerror(errno));
    _exit(127);
}

/* The text at the end of a descriptor that can be read without waiting. */
static void read_error(int fd, char *text, size_t size) {
    ssize_t length = lseek(fd, 0, SEEK_SET) < 0 ? read(fd, text, size - 1) : read_full(fd, text, size - 1);
    text[length < 0 ? 0 : length] = '\0';
    for (size_t end = strlen(text); end > 0 && text[end - 1] == '\n';)
        text[--end] = '\0';
}

/* Runs it to its end. What it printed on standard error is at `errors`. */
static int call_runtime(struct call *call, const int *streams) {
    int status = -1;
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting %s", call->arguments[0]);
    if (pid == 0)
        run(call, streams);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/* As Podman tells them apart: by the words of the runtime. */
static int status_of(const char *text) {
    if (strstr(text, "not found in $PATH") || strstr(text, "o such file or directory"))
        return 127;
    return strstr(text, "ermission denied") ? 126 : 125;
}

static _Noreturn void fail(const struct call *call, int errors) {
    char text[1024];
    read_error(errors, text, sizeof text);
    die(status_of(text), "%s: %s", call->arguments[0], text[0] ? text : "failed without a word");
}

static int accept_terminal(int listener) {
    struct pollfd poll_fd = {.fd = listener, .events = POLLIN};
    if (poll(&poll_fd, 1, 10000) <= 0)
        die(125, "the OCI runtime has handed over no terminal");
    autoclose int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    int terminal = connection < 0 ? -1 : fd_receive(connection);
    if (terminal < 0 || fcntl(terminal, F_SETFL, O_NONBLOCK) < 0)
        die_errno(125, "taking the terminal from the OCI runtime");
    return terminal;
}

static void adopt(struct monitor *monitor, const char *pid_file) {
    struct container *container = &monitor->container;
    char text[32], path[64];
    if (read_file(pid_file, text, sizeof text) <= 0 || (container->pid = atoi(text)) <= 0)
        die_errno(125, "reading %s", pid_file);
    if (!plan_find(monitor->plan, PLAN_NET_HELPER))
        return;
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)container->pid);
    if ((container->netns = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        die_errno(125, "opening the container's network namespace");
}

void oci_create(struct monitor *monitor) {
    const struct plan *plan = monitor->plan;
    const struct plan_op *op = plan_find(plan, PLAN_OCI_RUNTIME);
    const char *directory = plan_string(plan, PLAN_RUN_DIR, 0, "");
    struct container *container = &monitor->container;
    autofree char *pid_file = NULL, *console = NULL;
    if (asprintf(&pid_file, "%s/oci.pid", directory) < 0 ||
        asprintf(&console, "%s/console.sock", directory) < 0)
        die(125, "out of memory");
    struct call call = begin(op, "create");
    autoclose int listener = -1, errors = memfd_create("errors", MFD_CLOEXEC);
    int streams[3];
    if (container->cgroup < 0)
        container->cgroup = cgroup_make(plan);
    container_streams(container, plan, streams);
    add(&call, "--bundle");
    add(&call, op->args[2].data);
    add(&call, "--pid-file");
    add(&call, pid_file);
    uint64_t preserved = plan_number(plan, PLAN_PRESERVE_FDS, 0, 0);
    char count[16];
    snprintf(count, sizeof count, "%u", (unsigned)preserved);
    if (preserved) {
        add(&call, "--preserve-fds");
        add(&call, count);
        call.passing = plan;
    }
    if (plan_number(plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_TTY) {
        if ((listener = unix_listen(console)) < 0)
            die_errno(125, "listening on %s", console);
        add(&call, "--console-socket");
        add(&call, console);
        streams[2] = errors;
    }
    add(&call, plan_string(plan, PLAN_CONTAINER, 0, ""));
    int failed = call_runtime(&call, streams);
    if (listener < 0)
        container_close_streams(plan, streams);
    if (failed)
        fail(&call, listener < 0 && container->error >= 0 ? container->error : errors);
    if (listener >= 0)
        container->output = container->terminal = accept_terminal(listener);
    adopt(monitor, pid_file);
}

char *oci_start(struct monitor *monitor, int *status) {
    const struct plan_op *op = plan_find(monitor->plan, PLAN_OCI_RUNTIME);
    struct call call = begin(op, "start");
    autoclose int errors = memfd_create("errors", MFD_CLOEXEC);
    add(&call, plan_string(monitor->plan, PLAN_CONTAINER, 0, ""));
    if (call_runtime(&call, (int[]){-1, -1, errors}) == 0)
        return NULL;
    char text[1024];
    read_error(errors, text, sizeof text);
    *status = status_of(text);
    return strdup(text);
}

void oci_delete(struct monitor *monitor) {
    const struct plan_op *op = plan_find(monitor->plan, PLAN_OCI_RUNTIME);
    if (!op)
        return;
    struct call call = begin(op, "delete");
    add(&call, "--force");
    add(&call, plan_string(monitor->plan, PLAN_CONTAINER, 0, ""));
    call_runtime(&call, (int[]){-1, -1, -1});
}
