/*
 * probe WHAT [DIRECTORY]: tests what this machine can do, and prints WHAT=ok or WHAT=why not, each in one
 * line. WHAT is one of the table below, or "all". DIRECTORY is where those that need one make their files (in
 * a directory of their own, which is removed); they are left out of "all" without it. The exit status is 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "probe.h"
#include "roles.h"
#include "tree.h"

static int answer_pipe = -1;

void probe_ok(void) {
    write_full(answer_pipe, "ok", 2);
    _exit(0);
}

void probe_failed(const char *action) {
    dprintf(answer_pipe, "%s: %s", action, strerror(errno));
    _exit(1);
}

/* No other id is needed, so newuidmap is not either. */
static void map_own_id(void) {
    char text[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER) < 0)
        probe_failed("making a user namespace");
    snprintf(text, sizeof text, "0 %u 1", uid);
    if (write_file("/proc/self/setgroups", "deny") < 0 || write_file("/proc/self/uid_map", text) < 0)
        probe_failed("mapping the user id");
    snprintf(text, sizeof text, "0 %u 1", gid);
    if (write_file("/proc/self/gid_map", text) < 0)
        probe_failed("mapping the group id");
}

void probe_enter_namespaces(void) {
    if (geteuid() != 0)
        map_own_id();
    if (unshare(CLONE_NEWNS) < 0)
        probe_failed("making a mount namespace");
}

static void probe_userns(const char *directory) {
    (void)directory;
    map_own_id();
    probe_ok();
}

static void open_device(const char *path) {
    int autoclose fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        probe_failed(path);
    probe_ok();
}

static void probe_fuse(const char *directory) {
    (void)directory;
    open_device("/dev/fuse");
}

static void probe_tun(const char *directory) {
    (void)directory;
    open_device("/dev/net/tun");
}

static void probe_cgroup2(const char *directory) {
    (void)directory;
    struct statfs status;
    if (statfs("/sys/fs/cgroup", &status) < 0)
        probe_failed("/sys/fs/cgroup");
    errno = ENOENT;
    if ((unsigned)status.f_type != CGROUP2_SUPER_MAGIC)
        probe_failed("control groups of version 2 on /sys/fs/cgroup");
    probe_ok();
}

static void probe_seccomp(const char *directory) {
    (void)directory;
    unsigned action = SECCOMP_RET_ERRNO;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0)
        probe_failed("seccomp");
    probe_ok();
}

/* A child that makes one and waits: its user namespace is what the mount is mapped to. */
static int other_user_namespace(pid_t *child) {
    char path[64], byte;
    int ends[2];
    if (pipe(ends) < 0 || (*child = fork()) < 0)
        probe_failed("making a process");
    if (*child == 0) {
        map_own_id();
        write_full(ends[1], "x", 1);
        pause();
    }
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/%d/ns/user", *child);
    if (read(ends[0], &byte, 1) != 1)
        _exit(1);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static void probe_idmap(const char *directory) {
    probe_enter_namespaces();
    pid_t child;
    int autoclose user = other_user_namespace(&child);
    int autoclose tree =
        (int)syscall(SYS_open_tree, AT_FDCWD, directory, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)user};
    long result =
        tree < 0 ? -1 : syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes);
    int error = errno;
    kill(child, SIGKILL);
    errno = error;
    if (result < 0)
        probe_failed("mapping the ids of a mount");
    probe_ok();
}

static const struct {
    const char *name;
    probe *run;
    bool needs_directory;
} probes[] = {
    {"userns", probe_userns, false},       {"overlay", probe_overlay, true},
    {"idmap", probe_idmap, true},          {"overlay-data", probe_overlay_data, true},
    {"fuse", probe_fuse, false},           {"tun", probe_tun, false},
    {"cgroup2", probe_cgroup2, false},     {"seccomp", probe_seccomp, false},
    {"bridge", probe_bridge, false},       {"client-address", probe_client_address, false},
    {"bandwidth", probe_bandwidth, false},
};

/* Runs a probe in a process of its own and prints its answer. */
static void run(size_t index, const char *directory) {
    char answer[512];
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting a probe");
    if (pid == 0) {
        close(ends[0]);
        answer_pipe = ends[1];
        probes[index].run(directory);
    }
    close(ends[1]);
    ssize_t length = read_full(ends[0], answer, sizeof answer - 1);
    close(ends[0]);
    waitpid(pid, NULL, 0);
    answer[length < 0 ? 0 : length] = '\0';
    printf("%s=%s\n", probes[index].name, length > 0 ? answer : "the probe was killed");
    fflush(stdout);
}

static void run_in(size_t index, const char *directory) {
    char autofree *own = NULL;
    if (asprintf(&own, "%s/.probe-XXXXXX", directory) < 0)
        die(125, "out of memory");
    if (!mkdtemp(own)) {
        printf("%s=making a directory in %s: %s\n", probes[index].name, directory, strerror(errno));
        return;
    }
    run(index, own);
    tree_remove(own);
}

int role_probe(int argc, char **argv) {
    const char *what = argc > 2 ? argv[2] : "", *directory = argc > 3 ? argv[3] : NULL;
    bool all = strcmp(what, "all") == 0, known = all;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        if (!all && strcmp(what, probes[i].name) != 0)
            continue;
        known = true;
        if (!probes[i].needs_directory)
            run(i, NULL);
        else if (directory)
            run_in(i, directory);
        else if (!all)
            die(125, "usage: tspod-helper probe %s DIRECTORY", what);
    }
    if (!known)
        die(125, "unknown probe \"%s\"", what);
    return 0;
}
