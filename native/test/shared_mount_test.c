/* A file system that two processes share, its holder's end, and mounts with other ids: in a user namespace of
 * the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "container_idmap.h"
#include "io.h"
#include "plan_bytes.h"
#include "shared_mount.h"

#define CANNOT_TRY 77
#define DEADLINE_MS 20000

static char folder[] = "/tmp/tspod-shared-mount-XXXXXX";

static bool map(const char *path, unsigned id) {
    char line[64];
    snprintf(line, sizeof line, "0 %u 1", id);
    return write_file(path, line) == 0;
}

/* Root of a namespace that has this user alone; false where users have none. */
static bool enter_namespace(void) {
    unsigned uid = getuid(), gid = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || write_file("/proc/self/setgroups", "deny") < 0)
        return false;
    if (!map("/proc/self/uid_map", uid) || !map("/proc/self/gid_map", gid))
        return false;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static struct plan shared_plan(const char *type, const char *target) {
    struct plan plan;
    struct plan_bytes bytes = bytes_begin();
    size_t begin = bytes_op(&bytes, PLAN_SHARED_MOUNT, 10);
    bytes_argument(&bytes, target, strlen(target));
    bytes_argument(&bytes, type, strlen(type));
    bytes_argument(&bytes, folder, strlen(folder));
    bytes_argument(&bytes, "part", 4);
    bytes_integer(&bytes, 0750);
    bytes_integer(&bytes, 0);
    bytes_integer(&bytes, 0);
    bytes_argument(&bytes, "0", 1);
    bytes_argument(&bytes, "shared", 6);
    bytes_argument(&bytes, "size=64k", 8);
    bytes_end(&bytes, begin);
    CHECK(!plan_parse(&plan, bytes_copy(&bytes), bytes.size), "the plan of a shared mount");
    return plan;
}

/* The exit status of `child`, which runs in a process of its own; what it says is thrown away when `quiet`.
 */
static int status_of(void (*child)(const char *), const char *target, bool quiet) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (quiet)
            dup2(null, 2);
        child(target);
        _exit(0);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status), "a process of the test ends");
    return WEXITSTATUS(status);
}

/* Another process, in mounts of its own, sees what the first has written. */
static void look(const char *target) {
    char path[128], text[16] = "";
    struct stat status;
    struct plan plan = shared_plan("tmpfs", target);
    CHECK(unshare(CLONE_NEWNS) == 0, "mounts of its own");
    shared_mounts(&plan, false);
    snprintf(path, sizeof path, "%s/file", target);
    CHECK(read_file(path, text, sizeof text) == 5 && strcmp(text, "first") == 0,
          "the file of the other user");
    CHECK(stat(target, &status) == 0 && (status.st_mode & 07777) == 0750, "the mode of the part");
    plan_free(&plan);
}

static void use(const char *target) {
    char path[128];
    struct plan plan = shared_plan("tmpfs", target);
    shared_mounts(&plan, false);
    snprintf(path, sizeof path, "%s/file", target);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "first", 5) == 5 && close(fd) == 0, "a file in the shared file system");
    CHECK(umount2(target, MNT_DETACH) == 0, "taking it away here");
    CHECK(status_of(look, target, false) == 0, "what a second user sees");
    plan_free(&plan);
}

/* The lock is free as soon as the holder has ended. */
static void holder_has_ended(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/mount.lock", folder);
    int fd = open(path, O_RDWR | O_CLOEXEC), waited = 0;
    CHECK(fd >= 0, "the lock of the holder");
    for (; flock(fd, LOCK_EX | LOCK_NB) < 0 && waited < DEADLINE_MS; waited += 10)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CHECK(waited < DEADLINE_MS, "the holder ends with its last user");
    close(fd);
    unlink(path);
}

static void use_nothing(const char *target) {
    struct plan plan = shared_plan("nosuchfs", target);
    shared_mounts(&plan, false);
}

static struct plan idmap_plan(const char *source) {
    struct plan plan;
    struct plan_bytes bytes = bytes_begin();
    size_t begin = bytes_op(&bytes, PLAN_MOUNT, 6);
    bytes_argument(&bytes, source, strlen(source));
    bytes_argument(&bytes, "/m", 2);
    bytes_argument(&bytes, "", 0);
    bytes_integer(&bytes, MS_BIND);
    bytes_argument(&bytes, "", 0);
    bytes_integer(&bytes, PLAN_MOUNT_IDMAP);
    bytes_end(&bytes, begin);
    CHECK(!plan_parse(&plan, bytes_copy(&bytes), bytes.size), "the plan of a mount with ids");
    return plan;
}

/* Of a child with one id, which waits until `ends` is closed. */
static int namespace_of_child(const int *ends) {
    char path[64], byte;
    int ready[2];
    CHECK(pipe2(ready, O_CLOEXEC) == 0, "a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        bool made = unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/uid_map", "0 0 1") == 0;
        CHECK(made && write(ready[1], "x", 1) == 1, "a namespace below");
        _exit(read(ends[0], &byte, 1) != 0);
    }
    CHECK(read(ready[0], &byte, 1) == 1, "the namespace is there");
    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* The kernel decides; either way it is a tree with all in it, or one clear refusal. */
static void shift(const char *source) {
    int ends[2], sockets[2];
    CHECK(pipe2(ends, O_CLOEXEC) == 0, "a pipe");
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0, "sockets");
    int userns = namespace_of_child(ends);
    CHECK(userns >= 0, "the namespace of the child");
    struct plan plan = idmap_plan(source);
    idmap_send(&plan, userns, sockets[0]);
    int tree = fd_receive(sockets[1]);
    CHECK(tree >= 0 && faccessat(tree, "inside", F_OK, 0) == 0, "the tree that was handed over");
    plan_free(&plan);
}

static void trees_are_handed_over_or_refused(const char *target) {
    char path[128];
    CHECK(mount("own", target, "tmpfs", 0, "size=16k") == 0, "a file system of the namespace");
    snprintf(path, sizeof path, "%s/inside", target);
    CHECK(mkdir(path, 0755) == 0, "a directory in it");
    int own = status_of(shift, target, true), host = status_of(shift, "/", true);
    CHECK(own == 0 || own == 126, "ids of its own file system");
    CHECK(host == 126, "ids of the host's file system are refused");
    CHECK(status_of(shift, "/no/such/place", true) == 126, "a source that is not there");
    CHECK(umount2(target, MNT_DETACH) == 0, "the end");
}

static int everything(const char *target) {
    if (!enter_namespace())
        return CANNOT_TRY;
    CHECK(status_of(use, target, false) == 0, "sharing a file system");
    holder_has_ended();
    CHECK(status_of(use_nothing, target, true) == 125,
          "what the kernel cannot mount is an error of its user");
    holder_has_ended();
    trees_are_handed_over_or_refused(target);
    return 0;
}

int main(void) {
    char target[64];
    int status;
    CHECK(mkdtemp(folder) != NULL, "a folder");
    snprintf(target, sizeof target, "%s/target", folder);
    CHECK(mkdir(target, 0700) == 0, "a target");
    pid_t pid = fork();
    if (pid == 0)
        _exit(everything(target));
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status), "the test ends");
    rmdir(target);
    rmdir(folder);
    if (WEXITSTATUS(status) == CANNOT_TRY)
        printf("skipped: users have no user namespaces here\n");
    return WEXITSTATUS(status) == CANNOT_TRY ? 0 : WEXITSTATUS(status);
}
