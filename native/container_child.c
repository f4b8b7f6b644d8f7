#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "container_idmap.h"
#include "container_mounts.h"
#include "container_process.h"
#include "die.h"
#include "hooks.h"
#include "io.h"

#define SUBPATH "subpath="

/* The end of the stream means that the monitor is dead: this process must not outlive it. */
static void wait_for_monitor(int control) {
    char byte;
    ssize_t got;
    do
        got = read(control, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1)
        _exit(125);
}

static void reset_process(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        die_errno(125, "setting the parent-death signal");
    if (setsid() < 0 && errno != EPERM)
        die_errno(125, "making a session");
}

static void take_streams(const int *streams) {
    for (int fd = 0; fd <= 2; fd++)
        if (streams[fd] >= 0 && dup2(streams[fd], fd) < 0)
            die_errno(125, "opening the standard streams");
}

static bool makes(const struct plan *plan, uint64_t namespace) {
    return plan_number(plan, PLAN_NS_NEW, 0, 0) & namespace;
}

static bool has_own_ids(const struct plan *plan) {
    return plan_find(plan, PLAN_CHILD_UID_MAP) || container_user_namespace(plan) >= 0;
}

/* In a child user namespace the root's mount is locked: a bind of it on itself is not. */
static int open_root(const struct plan *plan) {
    const char *path = plan_string(plan, PLAN_PIVOT_ROOT, 0, "/");
    if (makes(plan, CLONE_NEWNS) && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        die_errno(125, "making the mounts slaves of the host's");
    if (has_own_ids(plan) && strcmp(path, "/") != 0 && mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
        die_errno(125, "binding the root file system %s", path);
    int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        die_errno(125, "opening the root file system %s", path);
    return root;
}

static void pivot_root_to(int *root, const struct plan_op *op) {
    const char *path = op->args[0].data;
    if (fchdir(*root) < 0)
        die_errno(125, "changing to the root file system %s", path);
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        die_errno(125, "making %s the root file system", path);
    if (umount2(".", MNT_DETACH) < 0)
        die_errno(125, "letting go of the host's root file system");
    if (chdir("/") < 0)
        die_errno(125, "changing to the root directory");
    if (op->args[1].number && mount(NULL, "/", NULL, op->args[1].number, NULL) < 0)
        die_errno(125, "setting the propagation of the root file system");
    close(*root);
    *root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*root < 0)
        die_errno(125, "opening the root directory");
}

static void make_symlink(int root, const struct plan_op *op) {
    const char *path = op->args[1].data, *slash = strrchr(path, '/');
    autofree char *parent = slash && slash != path ? strndup(path, (size_t)(slash - path)) : strdup("/");
    autoclose int directory = parent ? mounts_target(root, parent, true) : -1;
    if (directory < 0 ||
        (symlinkat(op->args[0].data, directory, slash ? slash + 1 : path) < 0 && errno != EEXIST))
        die_errno(125, "making the link %s in the container", path);
}

static void make_directory(int root, const struct plan_op *op) {
    const char *path = op->args[0].data;
    autoclose int there = mounts_open(root, path);
    if (there >= 0)
        return;
    autoclose int made = mounts_target(root, path, true);
    if (made < 0 ||
        fchownat(made, "", (uid_t)op->args[2].number, (gid_t)op->args[3].number, AT_EMPTY_PATH) < 0)
        die_errno(125, "making the directory %s in the container", path);
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", made);
    if (chmod(name, (mode_t)op->args[1].number) < 0)
        die_errno(125, "setting the mode of %s in the container", path);
}

static void set_sysctl(const struct plan_op *op) {
    autofree char *path = NULL;
    if (asprintf(&path, "/proc/sys/%s", op->args[0].data) < 0)
        die(125, "out of memory");
    if (write_file(path, op->args[1].data) < 0)
        die_errno(125, "setting the sysctl %s to %s", op->args[0].data, op->args[1].data);
}

static void raise_loopback(void) {
    autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        die_errno(125, "bringing up the loopback interface");
}

static void carry_out(const struct plan *plan, int *root, const struct plan_op *op, int source) {
    switch (op->code) {
    case PLAN_MOUNT:
        return mounts_mount(*root, op, source);
    case PLAN_SYMLINK:
        return make_symlink(*root, op);
    case PLAN_MASK:
        return mounts_mask(*root, op->args[0].data);
    case PLAN_READONLY_PATH:
        return mounts_make_readonly(*root, op->args[0].data);
    case PLAN_PIVOT_ROOT:
        hooks_must_run(plan, PLAN_HOOK_CREATE_CONTAINER, 0);
        return pivot_root_to(root, op);
    case PLAN_READONLY_ROOT:
        return mounts_make_root_readonly(*root);
    case PLAN_SYSCTL:
        return set_sysctl(op);
    case PLAN_LOOPBACK_UP:
        return raise_loopback();
    case PLAN_MKDIR:
        return make_directory(*root, op);
    case PLAN_HOSTNAME:
        if (sethostname(op->args[0].data, op->args[0].length) < 0)
            die_errno(125, "setting the host name %s", op->args[0].data);
        return;
    case PLAN_DOMAINNAME:
        if (setdomainname(op->args[0].data, op->args[0].length) < 0)
            die_errno(125, "setting the domain name %s", op->args[0].data);
        return;
    }
}

static int open_source(const struct plan_op *op) {
    const char *data = op->args[4].data;
    int source = open(op->args[0].data, O_PATH | O_CLOEXEC);
    if (source < 0 || strncmp(data, SUBPATH, strlen(SUBPATH)) != 0)
        return source;
    int below = mounts_open_below(source, data + strlen(SUBPATH));
    int error = errno;
    close(source);
    errno = error;
    if (below < 0 && (errno == EXDEV || errno == ELOOP))
        die(126, "subpath \"%s\" is outside of \"%s\"", data + strlen(SUBPATH), op->args[0].data);
    if (below < 0)
        die_errno(127, "subpath \"%s\" of \"%s\"", data + strlen(SUBPATH), op->args[0].data);
    return below;
}

static bool needs_opening(const struct plan *plan, const struct plan_op *op) {
    if (op->code != PLAN_MOUNT || !(op->args[3].number & MS_BIND))
        return false;
    return has_own_ids(plan) || strncmp(op->args[4].data, SUBPATH, strlen(SUBPATH)) == 0;
}

/*
 * What binds are made from, opened by the user: the root of a child user namespace is somebody else outside,
 * and may not pass through the user's own directories. One for each op, -1 for those that are none, are
 * missing, or need no help.
 */
static int *open_sources(const struct plan *plan, const int *borrowed, int control) {
    int *sources = malloc((plan->count + 1) * sizeof *sources);
    if (!sources)
        die(125, "out of memory");
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_op *op = &plan->ops[i];
        if (borrowed && borrowed[i] >= 0)
            sources[i] = borrowed[i];
        else if (has_own_ids(plan) && idmap_is_asked(op) && (sources[i] = fd_receive(control)) < 0)
            _exit(125);
        else if (has_own_ids(plan) && idmap_is_asked(op))
            continue;
        else
            sources[i] = needs_opening(plan, op) ? open_source(op) : -1;
    }
    return sources;
}

/* Full capabilities are there with any id; files are better made by the container's root. */
static void become_root(const struct plan *plan) {
    if (!has_own_ids(plan))
        return;
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if ((setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) && errno != EINVAL)
        die_errno(125, "becoming root of the container");
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        die_errno(125, "setting the parent-death signal");
}

void container_child(const struct plan *plan, const struct container_gift *gift) {
    int control = gift->control;
    die_report_over(control);
    reset_process();
    take_streams(gift->streams);
    wait_for_monitor(control); /* for the id maps and the control group */
    int root = open_root(plan);
    autofree int *sources = open_sources(plan, gift->borrowed, control);
    become_root(plan);
    if (makes(plan, CLONE_NEWCGROUP) && unshare(CLONE_NEWCGROUP) < 0)
        die_errno(125, "making a control group namespace");
    for (size_t i = 0; i < plan->count; i++)
        carry_out(plan, &root, &plan->ops[i], sources[i]);
    close(root);
    if (plan_number(plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_TTY)
        process_open_terminal(plan, control, true);
    process_prepare(plan);
    if (send(control, "R", 1, MSG_NOSIGNAL) != 1)
        _exit(125);
    wait_for_monitor(control);
    hooks_must_run(plan, PLAN_HOOK_START_CONTAINER, 0);
    process_execute(plan);
}
