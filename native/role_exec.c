/* exec FD: a further program in a running container, in the foreground or detached. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container_process.h"
#include "die.h"
#include "events.h"
#include "exec_namespaces.h"
#include "exec_terminal.h"
#include "io.h"
#include "plan.h"
#include "roles.h"
#include "scope.h"
#include "terminal.h"

struct execution {
    const struct plan *plan;
    bool is_detached, has_terminal;
    int nothing;     /* the host's /dev/null */
    int cgroup;      /* cgroup.procs of the container, or -1 */
    int bus;         /* to systemd, where that has to move the program into the control group, or -1 */
    int pid_file;    /* or -1 */
    int errors[2];   /* a pipe: status and text of what failed before the program ran; closed by a successful
                        execve(2) */
    int terminal[2]; /* sockets over which the child hands its terminal to the parent */
    int answer;      /* detached, where events are kept: the caller's process waits for a byte; or -1 */
    int score;       /* this process's oom_score_adj, or -1 */
    char own_score[16];
    pid_t pid;
};

static int error_pipe = -1;
static pid_t foreground;

static void report(int status, const char *text) {
    char message[2100];
    int length = snprintf(message, sizeof message, "%d %s", status, text);
    write_full(error_pipe, message, length < (int)sizeof message ? (size_t)length : sizeof message - 1);
}

/* Without it only the limits are missed. */
static void warn(const char *error) {
    dprintf(2, "Warning: the program is not in the container's control group: %s\n", error);
}

/* cgroup.procs, or the bus of the systemd that is to move it: its socket is not to be seen from the
 * container. */
static void open_cgroup(struct execution *execution) {
    const struct plan_op *op = plan_find(execution->plan, PLAN_CGROUP_JOIN);
    autofree char *procs = NULL, *error = NULL;
    execution->cgroup = execution->bus = -1;
    if (!op)
        return;
    if (op->count == 5) {
        execution->bus = scope_connect(op->args[1].data, op->args[2].data, &error);
        if (execution->bus < 0)
            warn(error ? error : "out of memory");
        return;
    }
    if (asprintf(&procs, "%s/cgroup.procs", op->args[0].data) < 0)
        die(125, "out of memory");
    execution->cgroup = open(procs, O_WRONLY | O_CLOEXEC);
}

static void open_outside(struct execution *execution) {
    const struct plan *plan = execution->plan;
    const char *pid_file = plan_string(plan, PLAN_EXEC_PID_FILE, 0, NULL);
    open_cgroup(execution);
    execution->pid_file = pid_file ? open(pid_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    if (pid_file && execution->pid_file < 0)
        die_errno(125, "opening the pid file \"%s\"", pid_file);
    execution->nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (execution->nothing < 0)
        die_errno(125, "opening /dev/null");
    if (pipe2(execution->errors, O_CLOEXEC) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, execution->terminal) < 0)
        die_errno(125, "making a pipe to the program");
}

static void set_stream(int from, int to) {
    if (dup2(from, to) < 0)
        die_errno(125, "opening the program's standard streams");
}

static void set_streams(const struct execution *execution) {
    if (execution->has_terminal)
        return process_open_terminal(execution->plan, execution->terminal[1], 0);
    /* not of the caller's session: its terminal's keys reach the program once, through this helper */
    if (setsid() < 0)
        die_errno(125, "making a session");
    if (execution->is_detached || !(plan_number(execution->plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_STDIN))
        set_stream(execution->nothing, 0);
    for (int fd = 1; execution->is_detached && fd <= 2; fd++)
        set_stream(execution->nothing, fd);
}

/* Has systemd move the program, which waits for that. */
static void attach(struct execution *execution) {
    const struct plan_op *op = plan_find(execution->plan, PLAN_CGROUP_JOIN);
    autofree char *error = NULL;
    if (execution->bus < 0)
        return;
    struct scope_place place = {op->args[3].data, op->args[4].data};
    if (scope_attach(execution->bus, &place, execution->pid, &error) < 0)
        warn(error ? error : "out of memory");
    close_fd(&execution->bus);
    if (write(execution->terminal[0], "g", 1) != 1)
        die_errno(125, "starting the program");
}

static void join_cgroup(const struct execution *execution) {
    char byte;
    if (execution->bus >= 0 && read(execution->terminal[1], &byte, 1) != 1)
        _exit(125);
    if (execution->cgroup >= 0 && write(execution->cgroup, "0", 1) < 0 && errno == ENOMEM)
        die_errno(125, "joining the container's control group");
}

static _Noreturn void run_program(struct execution *execution) {
    error_pipe = execution->errors[1];
    die_report_to(report);
    close(execution->errors[0]);
    close(execution->terminal[0]);
    join_cgroup(execution);
    set_streams(execution);
    process_prepare(execution->plan);
    process_execute(execution->plan);
}

static void put_score(int fd, const char *score) {
    if (fd >= 0 && score && pwrite(fd, score, strlen(score), 0) < 0)
        return; /* the program says so, where it misses it */
}

/* What is hidden cannot write its own score: the program inherits it. */
static void hide(struct execution *execution) {
    const char *file = "/proc/self/oom_score_adj";
    if (plan_find(execution->plan, PLAN_OOM_SCORE_ADJ) &&
        read_file(file, execution->own_score, sizeof execution->own_score) > 0)
        execution->score = open(file, O_WRONLY | O_CLOEXEC);
    exec_hide();
}

static void start_program(struct execution *execution) {
    put_score(execution->score, plan_string(execution->plan, PLAN_OOM_SCORE_ADJ, 0, NULL));
    execution->pid = fork();
    if (execution->pid < 0)
        die_errno(125,
                  errno == ENOMEM ? "the container has just ended" : "starting a process in the container");
    if (execution->pid == 0)
        run_program(execution);
    close(execution->errors[1]);
    close(execution->terminal[1]);
    close_fd(&execution->cgroup);
    put_score(execution->score, execution->own_score);
    close_fd(&execution->score);
    attach(execution);
}

static void write_pid(const struct execution *execution) {
    if (execution->pid_file >= 0 && dprintf(execution->pid_file, "%d", execution->pid) < 0)
        die_errno(125, "writing the pid file");
    close_fd(&execution->pid_file);
}

/* Waits until the program runs; dies with what the child reports. */
static void wait_for_execve(const struct execution *execution) {
    char message[2100];
    ssize_t length = read_full(execution->errors[0], message, sizeof message - 1);
    if (length <= 0)
        return;
    message[length] = '\0';
    char *text = strchr(message, ' ');
    waitpid(execution->pid, NULL, 0);
    die(execution->is_detached ? 125 : atoi(message), "%s", text ? text + 1 : message);
}

static void pass_on(int number) {
    int error = errno;
    kill(foreground, number);
    errno = error;
}

static void pass_signals_on(pid_t pid) {
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    foreground = pid;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], &action, NULL) < 0)
            die_errno(125, "catching signal %d", numbers[i]);
}

static int exit_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int wait_for_end(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            die_errno(125, "waiting for the program");
    return exit_status(status);
}

/* Somebody has to see the end of a detached program: the caller's process leaves when it has its answer. */
static void leave_caller(struct execution *execution) {
    int ends[2], status;
    char byte;
    if (pipe2(ends, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe to the caller");
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting a process that waits for the program");
    if (pid == 0) {
        close(ends[0]);
        execution->answer = ends[1];
        return;
    }
    close(ends[1]);
    if (read(ends[0], &byte, 1) == 1 || waitpid(pid, &status, 0) < 0)
        _exit(0);
    _exit(exit_status(status));
}

static int note_end(const struct execution *execution, int code) {
    events_note(execution->plan, (struct event){.status = "exec_died", .code = &code});
    events_write(execution->plan);
    return code;
}

/* In the background, holding none of the caller's streams. */
static void wait_unseen(const struct execution *execution) {
    setsid();
    for (int fd = 0; fd <= 2; fd++)
        set_stream(execution->nothing, fd);
    if (write(execution->answer, "", 1) == 1)
        note_end(execution, wait_for_end(execution->pid));
}

static int follow(const struct execution *execution, int master) {
    if (execution->is_detached) {
        if (master >= 0)
            exec_keep_terminal(master);
        const char *message = plan_string(execution->plan, PLAN_EXIT_MESSAGE, 0, NULL);
        if (message)
            dprintf(1, "%s\n", message);
        if (execution->answer >= 0)
            wait_unseen(execution);
        return 0;
    }
    if (master < 0)
        return note_end(execution, wait_for_end(execution->pid));
    int status = exec_relay_terminal(execution->plan, master, execution->pid);
    return status < 0 ? 0 : note_end(execution, exit_status(status));
}

int role_exec(int argc, char **argv) {
    static struct plan plan;
    if (argc != 3)
        die(125, "usage: tspod-helper exec FD");
    int fd = atoi(argv[2]);
    plan_read(&plan, fd);
    close(fd);
    struct execution execution = {
        .plan = &plan, .is_detached = !plan_find(&plan, PLAN_FOREGROUND), .score = -1, .answer = -1};
    execution.has_terminal = plan_number(&plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_TTY;
    terminal_make_blocking();
    if (execution.is_detached && plan_find(&plan, PLAN_EVENTS))
        leave_caller(&execution);
    open_outside(&execution);
    events_open(&plan);
    hide(&execution);
    exec_join_namespaces(&plan);
    start_program(&execution);
    if (!execution.is_detached && !execution.has_terminal)
        pass_signals_on(execution.pid);
    int master = execution.has_terminal ? fd_receive(execution.terminal[0]) : -1;
    wait_for_execve(&execution);
    write_pid(&execution);
    events_note(&plan, (struct event){.status = "exec"});
    events_write(&plan);
    if (execution.has_terminal && master < 0)
        die(125, "the program was killed before it had its terminal");
    return follow(&execution, master);
}
