#include "shared_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

#define DEADLINE_MS 20000
#define STEP_MS 10

/* Nothing of this process stays open in it: neither its locks nor the pipes that others wait for. */
static _Noreturn void become_holder(const struct plan *plan, const struct plan_op *op, int errors) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; fd++)
        dup2(null, fd);
    if (dup2(errors, 3) < 0 || syscall(SYS_close_range, 4, ~0u, 0) < 0)
        _exit(125);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_NAME, "tspod-volume");
    setsid();
    shared_mount_hold(plan, op, 3);
}

/* A child of init, or of whoever stands for it: it stays when this process ends. What it says, up to its
 * first client. */
static void start_holder(const struct plan *plan, const struct plan_op *op, char *answer, size_t size) {
    int ends[2], reaps = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    prctl(PR_GET_CHILD_SUBREAPER, &reaps);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting the process that holds %s", op->args[SHARED_TARGET].data);
    if (pid == 0) {
        pid_t holder = fork();
        if (holder == 0)
            become_holder(plan, op, ends[1]);
        _exit(holder < 0);
    }
    close(ends[1]);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    prctl(PR_SET_CHILD_SUBREAPER, reaps);
    ssize_t length = read_full(ends[0], answer, size - 1);
    close(ends[0]);
    answer[length < 0 ? 0 : length] = '\0';
}

static int ask(const char *socket_path, bool inherit) {
    int fd = unix_connect(socket_path);
    if (fd < 0)
        return -1;
    int tree = fd_receive(fd);
    if (tree < 0)
        close(fd);
    else if (inherit)
        fcntl(fd, F_SETFD, 0);
    return tree;
}

/* The tree to mount, from a holder that is there or from a new one. One that is just ending is waited for. */
static int take_tree(const struct plan *plan, const struct plan_op *op, bool inherit) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/mount.sock", op->args[SHARED_PLACE].data) < 0)
        die(125, "out of memory");
    for (int waited = 0; waited < DEADLINE_MS; waited += STEP_MS) {
        char answer[1024];
        int tree = ask(path, inherit);
        if (tree >= 0)
            return tree;
        start_holder(plan, op, answer, sizeof answer);
        if (strcmp(answer, SHARED_MOUNT_BUSY) == 0)
            nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
        else if (*answer)
            die(125, "%s", answer);
    }
    die(125,
        "mounting %s: another process still has it\nhint: end the \"tspod unshare\" or the command that has "
        "it "
        "mounted",
        op->args[SHARED_TARGET].data);
}

static void put(const struct plan_op *op, int tree) {
    const char *target = op->args[SHARED_TARGET].data;
    if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        die_errno(125, "mounting a volume on %s", target);
    close(tree);
}

/* All trees first: a new holder's mount namespace is a copy of this one, and must hold none of them back. */
void shared_mounts(const struct plan *plan, bool inherit) {
    const struct plan_op *op;
    size_t position = 0, count = 0;
    while (plan_next(plan, PLAN_SHARED_MOUNT, &position))
        count++;
    int trees[count + 1];
    size_t taken = 0;
    for (position = 0; (op = plan_next(plan, PLAN_SHARED_MOUNT, &position));)
        trees[taken++] = take_tree(plan, op, inherit);
    taken = 0;
    for (position = 0; (op = plan_next(plan, PLAN_SHARED_MOUNT, &position));)
        put(op, trees[taken++]);
}
