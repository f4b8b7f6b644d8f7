#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include "helper_scope.h"
#include "io.h"
#include "monitor_netd.h"
#include "rootfs.h"

#define LISTENER 3

/* Mounts of the container's would live on in netd. */
static void drop_mounts(const struct plan *plan) {
    autofree char *netns = NULL;
    if (unshare(CLONE_NEWNS) < 0)
        _exit(125);
    rootfs_unmount(plan);
    if (asprintf(&netns, "%s/netns", plan_string(plan, PLAN_RUN_DIR, 0, "")) > 0)
        umount2(netns, MNT_DETACH);
}

static _Noreturn void run(const char *directory, int listener) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; fd++)
        if (null < 0 || dup2(null, fd) < 0)
            _exit(125);
    if (listener == LISTENER ? fcntl(listener, F_SETFD, 0) < 0 : dup2(listener, LISTENER) < 0)
        _exit(125);
    close_range(LISTENER + 1, ~0u, 0);
    if (setsid() < 0 || chdir("/") < 0)
        _exit(125);
    execl("/proc/self/exe", "tspod-netd", "netd", directory, (char *)NULL);
    _exit(125);
}

/* In the child. The parent waits for the end of the pipe. */
static void move_to_scope(const struct plan *plan, int ends[2]) {
    close_fd(&ends[0]);
    helper_scope_enter(plan, "netd");
    close_fd(&ends[1]);
}

/* Until netd is in its scope, or as good as: who divides the group must not find it there. */
static void await_move(int ends[2]) {
    char none;
    close_fd(&ends[1]);
    while (read(ends[0], &none, 1) < 0 && errno == EINTR)
        continue;
    close_fd(&ends[0]);
}

pid_t netd_start(const struct plan *plan, const char *directory, int listener, bool mounts) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid != 0) {
        await_move(ends);
        return pid;
    }
    move_to_scope(plan, ends);
    if (mounts)
        drop_mounts(plan);
    run(directory, listener);
}
