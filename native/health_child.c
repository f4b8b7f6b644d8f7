#include "health_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container_process.h"
#include "die.h"
#include "exec_namespaces.h"
#include "io.h"

static bool is_of_others(uint16_t code) {
    return code == PLAN_ARGV || code == PLAN_STDIO || code == PLAN_FOREGROUND || code == PLAN_PRESERVE_FDS ||
           code == PLAN_PRESERVE_FD_LIST;
}

const struct plan *health_child_plan(const struct plan *plan, const struct plan_op *test, size_t argv_at) {
    static struct plan own;
    own = *plan;
    own.ops = calloc(plan->count + 1, sizeof *own.ops);
    if (!own.ops)
        die(125, "out of memory");
    own.count = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (!is_of_others(plan->ops[i].code))
            own.ops[own.count++] = plan->ops[i];
    own.ops[own.count++] = (struct plan_op){
        .code = PLAN_ARGV, .count = (uint16_t)(test->count - argv_at), .args = test->args + argv_at};
    return &own;
}

/* Whoever made this process takes it along. */
static void die_with_parent(void) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        die_errno(125, "setting the parent-death signal");
}

static uint64_t namespaces_of(const struct plan *plan) {
    uint64_t bits = plan_number(plan, PLAN_NS_NEW, 0, 0) | CLONE_NEWNS;
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_NS_JOIN, &position));)
        bits |= op->args[0].number;
    return bits;
}

static _Noreturn void run_program(const struct health_child *child) {
    sigset_t none;
    sigemptyset(&none);
    die_with_parent();
    if (child->cgroup >= 0 && write(child->cgroup, "0", 1) < 0 && errno == ENOMEM)
        die_errno(125, "joining the container's control group");
    if (setsid() < 0 || dup2(child->output, 1) < 0 || dup2(child->output, 2) < 0 ||
        sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        die_errno(125, "setting up the health check");
    process_prepare(child->plan);
    process_execute(child->plan);
}

/* All of its process group: who loses its parent becomes a child of this subreaper. */
static void end_group(pid_t group) {
    kill(-group, SIGKILL);
    kill(group, SIGKILL); /* it may not have made its session yet */
    while (waitpid(-group, NULL, 0) > 0 || errno == EINTR)
        continue;
    waitpid(group, NULL, 0);
}

/* True when the program has ended; whatever else has become a child is waited for too. */
static bool reap(pid_t program, int *status) {
    int one;
    bool ended = false;
    for (pid_t pid; (pid = waitpid(-1, &one, WNOHANG)) > 0;)
        if (pid == program) {
            *status = one;
            ended = true;
        }
    return ended;
}

static int follow(const struct health_child *child, pid_t program, int signals) {
    struct signalfd_siginfo info;
    int status = 0;
    for (;;) {
        struct pollfd fds[2] = {{.fd = signals, .events = POLLIN}, {.fd = child->control, .events = POLLIN}};
        poll(fds, 2, -1);
        if (fds[0].revents && read(signals, &info, sizeof info) > 0 && reap(program, &status))
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        if (fds[1].revents) {
            end_group(program);
            return 128 + SIGKILL;
        }
    }
}

/* In the pid namespace of the container, but not in its control group: it is neither paused nor counted. */
static _Noreturn void guard(const struct health_child *child) {
    sigset_t ended;
    die_with_parent();
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    int signals = signalfd(-1, &ended, SFD_CLOEXEC);
    if (signals < 0 || sigprocmask(SIG_BLOCK, &ended, NULL) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        die_errno(125, "setting up the health check");
    pid_t program = fork();
    if (program < 0)
        die_errno(125, "starting the health check");
    if (program == 0)
        run_program(child);
    close(child->output);
    char verdict[16];
    int length = snprintf(verdict, sizeof verdict, "X%d", follow(child, program, signals));
    send(child->control, verdict, (size_t)length, MSG_NOSIGNAL);
    _exit(0);
}

_Noreturn void health_child(const struct health_child *child) {
    const struct plan *plan = child->plan;
    const char *score = plan_string(plan, PLAN_OOM_SCORE_ADJ, 0, NULL);
    die_report_over(child->control);
    die_with_parent();
    if (score && write_file("/proc/self/oom_score_adj", score) < 0)
        errno = 0; /* the program says so, where it misses it */
    exec_hide();
    exec_join(&(struct exec_target){.name = plan_string(plan, PLAN_CONTAINER, 1, ""),
                                    .pid = child->pid,
                                    .start_time = child->start_time,
                                    .namespaces = namespaces_of(plan),
                                    .is_inside = true});
    die_with_parent(); /* other credentials took it away */
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125,
                  errno == ENOMEM ? "the container has just ended" : "starting a process in the container");
    if (pid == 0)
        guard(child);
    close(child->control);
    close(child->output);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    _exit(0);
}
