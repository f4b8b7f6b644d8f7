#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "monitor_netd.h"

static int open_lock(const char *directory) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/netd.lock", directory) < 0)
        return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* The socket is there before netd is: what is said to it waits. */
static int start(const struct plan *plan, struct monitor_netd *netd, const char *directory,
                 const char *path) {
    autoclose int listener = unix_listen(path);
    if (listener < 0)
        return -1;
    int fd = unix_connect(path);
    if (fd >= 0 && (netd->pid = netd_start(plan, directory, listener, netd->mounts)) > 0)
        return fd;
    close_fd(&fd);
    return -1;
}

int netd_reach(const struct plan *plan, struct monitor_netd *netd) {
    const char *directory = plan_string(plan, PLAN_NETD, 0, "");
    autofree char *path = NULL;
    if (asprintf(&path, "%s/netd.sock", directory) < 0)
        return -1;
    int fd = unix_connect(path);
    if (fd >= 0 || (errno != ENOENT && errno != ECONNREFUSED))
        return fd;
    mkdir(directory, 0700);
    autoclose int lock = open_lock(directory);
    if (lock < 0 || flock(lock, LOCK_EX) < 0)
        return -1;
    fd = unix_connect(path); /* another one may have been faster */
    return fd >= 0 ? fd : start(plan, netd, directory, path);
}
