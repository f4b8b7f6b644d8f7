#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include "io.h"
#include "netd.h"

static void remove_files(const char *directory) {
    autofree char *netns = NULL, *ready = NULL;
    if (asprintf(&netns, "%s/netns", directory) < 0 || asprintf(&ready, "%s/ready", directory) < 0)
        return;
    umount2(netns, MNT_DETACH);
    unlink(netns);
    unlink(ready);
    rmdir(directory);
}

/* Nobody may come while the door is being closed: who waits there is sent away, and starts another netd. */
void netd_end(const struct netd *netd) {
    autofree char *lock_path = NULL, *path = NULL;
    if (asprintf(&lock_path, "%s/netd.lock", netd->directory) < 0 ||
        asprintf(&path, "%s/netd.sock", netd->directory) < 0)
        _exit(125);
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    remove_files(netd->helper_directory);
    unlink(path);
    _exit(0);
}
