#include "hooks.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

static const char *const STATUS[] = {"created", "created", "starting", "running", "stopped"};

/* `text` with the first `name` in it replaced; both are allocated, `text` is freed. */
static char *put(char *text, const char *name, const char *value) {
    char *at = text ? strstr(text, name) : NULL, *whole = NULL;
    if (!at)
        return text;
    if (asprintf(&whole, "%.*s%s%s", (int)(at - text), text, value, at + strlen(name)) < 0)
        whole = NULL;
    free(text);
    return whole;
}

/* A file to be read as standard input: nobody waits for a hook that does not read it. */
static int state_file(const struct plan *plan, uint64_t stage, pid_t pid) {
    char number[16];
    snprintf(number, sizeof number, "%d", (int)pid);
    autofree char *text = put(
        put(strdup(plan_string(plan, PLAN_HOOK_STATE, 0, "{}")), "{status}", STATUS[stage]), "{pid}", number);
    int fd = memfd_create("state", MFD_CLOEXEC);
    if (!text || fd < 0 || write_full(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        die_errno(125, "writing the state of the container for its hooks");
    return fd;
}

static _Noreturn void execute(const struct plan_op *op, const char *directory, int state, int errors) {
    size_t count = op->args[2].number;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(state, 0);
    dup2(errors, 2);
    syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */);
    if (chdir(directory) < 0 && chdir("/") < 0)
        _exit(126);
    char **argv = plan_strings(op, 4), **envp = plan_strings(op, 4 + count);
    argv[count] = NULL;
    execve(op->args[3].data, argv, envp);
    dprintf(2, "%s", strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}

/* Its wait status, or -1 when it had to be killed. */
static int wait_for(pid_t pid, uint64_t seconds) {
    int status = 0;
    bool late = false;
    autoclose int pidfd = seconds ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    struct pollfd fds = {.fd = pidfd, .events = POLLIN};
    if (pidfd >= 0 && poll(&fds, 1, seconds > 3600 ? 3600000 : (int)seconds * 1000) == 0) {
        late = true;
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return late ? -1 : status;
}

static char *complaint(const struct plan_op *op, int status, int errors) {
    char text[512] = "", *whole = NULL;
    ssize_t length = pread(errors, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    const char *path = op->args[3].data, *colon = text[0] ? ": " : "";
    int made =
        status == -1 ? asprintf(&whole, "error executing hook \"%s\": it did not end within %d seconds", path,
                                (int)op->args[1].number)
        : WIFSIGNALED(status)
            ? asprintf(&whole, "error executing hook \"%s\" (killed by signal %d)", path, WTERMSIG(status))
            : asprintf(&whole, "error executing hook \"%s\" (exit code: %d)%s%s", path, WEXITSTATUS(status),
                       colon, text);
    return made < 0 ? NULL : whole;
}

static char *run_one(const struct plan *plan, const struct plan_op *op, pid_t container) {
    uint64_t stage = op->args[0].number;
    const char *directory = plan_string(plan, PLAN_HOOK_STATE, 1, "/");
    autoclose int state = state_file(plan, stage, container), errors = memfd_create("errors", MFD_CLOEXEC);
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting the hook %s", op->args[3].data);
    if (pid == 0)
        execute(op, stage == PLAN_HOOK_START_CONTAINER ? "/" : directory, state, errors);
    int status = wait_for(pid, op->args[1].number);
    return status == 0 ? NULL : complaint(op, status, errors);
}

char *hooks_run(const struct plan *plan, uint64_t stage, pid_t pid) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_HOOK, &position));) {
        if (op->args[0].number != stage || op->args[2].number + 4 > op->count)
            continue;
        char *error = run_one(plan, op, pid);
        if (error)
            return error;
    }
    return NULL;
}

void hooks_must_run(const struct plan *plan, uint64_t stage, pid_t pid) {
    autofree char *error = hooks_run(plan, stage, pid);
    if (error)
        die(126, "%s", error);
}
