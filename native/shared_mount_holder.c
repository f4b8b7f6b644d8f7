#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "helper_scope.h"
#include "io.h"
#include "shared_mount.h"

/* linux/mount.h and sys/mount.h exclude each other in some C libraries. */
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);

#define DETACH 2 /* MNT_DETACH */
#define USERS_GREATEST 1024
#define MOUNT_DEADLINE_MS 15000
#define FIRST_USER_MS 20000
#define LOOK_MS 500 /* how often the program is looked after */

static int answer = -1;

static void report(int status, const char *text) {
    (void)status;
    write_full(answer, text, strlen(text));
    _exit(125);
}

/* The kernel gives it back when this process and the program that mounts have ended: never two of them. */
static int take_lock(const char *place) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/mount.lock", place) < 0)
        die(125, "out of memory");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        die_errno(125, "opening %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        report(125, SHARED_MOUNT_BUSY);
    return fd;
}

static int run(char *const *arguments) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execv(arguments[0], arguments);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid < 0 ? 127 : WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

/* An image whose program was killed is put in order; one that is clean takes a few milliseconds. What is no
 * image has no program for that. */
static void check_image(char **arguments) {
    char *check[] = {arguments[0], (char *)"-p", arguments[1], NULL};
    int status = *arguments[0] ? run(check) : 0;
    if (status > 3)
        die(125, "the file system image %s is damaged\nhint: mend it by hand: %s -y %s", arguments[1],
            arguments[0], arguments[1]);
}

/* In the foreground, with the lock, and never longer than its holder. */
static pid_t start_program(char **arguments, int lock) {
    pid_t holder = getpid(), pid = fork();
    if (pid < 0)
        die_errno(125, "starting %s", arguments[0]);
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != holder || fcntl(lock, F_SETFD, 0) < 0)
        _exit(126);
    execv(arguments[0], arguments);
    _exit(127);
}

static dev_t device_of(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0)
        die_errno(125, "looking at %s", path);
    return status.st_dev;
}

/* The program that has mounted; 0 where the kernel does it. e2fsck, the image, then the program's argv.
 * Without e2fsck it is any program that mounts. */
static pid_t mount_it(const struct plan_op *op, int lock) {
    const char *target = op->args[SHARED_TARGET].data, *type = op->args[SHARED_TYPE].data;
    char **arguments = plan_strings(op, SHARED_ARGUMENTS);
    if (strcmp(type, "fuse") != 0) {
        unsigned long flags = strtoul(arguments[0], NULL, 10);
        if (arguments[3] && chdir(arguments[3]) < 0)
            die_errno(125, "changing to %s", arguments[3]);
        if (mount(arguments[1], target, type, flags, arguments[2]) < 0)
            die_errno(125, "mounting %s with the options \"%s\"", type, arguments[2]);
        if (chdir("/") < 0)
            die_errno(125, "changing to /");
        return 0;
    }
    check_image(arguments);
    dev_t before = device_of(target);
    pid_t pid = start_program(arguments + 2, lock);
    for (int waited = 0; device_of(target) == before; waited++) {
        int status;
        if (waitpid(pid, &status, WNOHANG) == pid)
            die(125, "%s cannot mount %s%s", arguments[2], arguments[1],
                WIFEXITED(status) && WEXITSTATUS(status) == 127
                    ? ": it is not there\nhint: sudo apt install fuse2fs"
                    : "\nhint: /dev/fuse must be there, with mode 666");
        if (waited > MOUNT_DEADLINE_MS)
            die(125, "%s does not answer", arguments[2]);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return pid;
}

/* A directory in the file system, so that lost+found does not show; made once. */
static int open_part(const struct plan_op *op) {
    autofree char *path = NULL;
    const char *part = op->args[SHARED_PART].data;
    if (asprintf(&path, "%s%s%s", op->args[SHARED_TARGET].data, *part ? "/" : "", part) < 0)
        die(125, "out of memory");
    if (*part && mkdir(path, 0700) == 0) {
        uid_t uid = (uid_t)op->args[SHARED_UID].number;
        gid_t gid = (gid_t)op->args[SHARED_GID].number;
        if (chown(path, uid, gid) < 0 || chmod(path, (mode_t)op->args[SHARED_MODE].number) < 0)
            die_errno(125, "giving %s its owner", path);
    } else if (*part && errno != EEXIST) {
        die_errno(125, "making %s", path);
    }
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening %s", path);
    return fd;
}

/* Each user gets a tree of its own: a tree can be put in one place only. */
static bool give(int client, int part) {
    int tree = (int)syscall(SYS_open_tree, part, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    bool given = tree >= 0 && fd_send(client, tree) == 0;
    close_fd(&tree);
    return given;
}

static void accept_user(struct pollfd *users, nfds_t *count, int part) {
    int client = accept4(users[0].fd, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    if (*count < USERS_GREATEST && give(client, part))
        users[(*count)++] = (struct pollfd){.fd = client, .events = POLLIN};
    else
        close(client);
}

static bool has_ended(pid_t program) {
    return program > 0 && waitpid(program, NULL, WNOHANG) == program;
}

/* Until the last user has gone, or the program. False when the program is not there any more. */
static bool serve(int listener, int part, pid_t program) {
    static struct pollfd users[USERS_GREATEST];
    users[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    nfds_t count = 1;
    int left = FIRST_USER_MS / LOOK_MS;
    for (bool any = false; !any || count > 1;) {
        int ready = poll(users, count, program > 0 || !any ? LOOK_MS : -1);
        if (!any && ready == 0 && --left == 0)
            return true;
        if (has_ended(program))
            return false;
        for (nfds_t i = count; ready > 0 && i-- > 1;) {
            if (!users[i].revents)
                continue;
            close(users[i].fd);
            users[i] = users[--count];
        }
        if (ready > 0 && users[0].revents & POLLIN) {
            accept_user(users, &count, part);
            any = true;
        }
    }
    return true;
}

/* A private copy of the mounts: nobody else sees the file system but those who are given it. */
static void enter_mounts(void) {
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, 0x84000 /* MS_REC | MS_SLAVE */, NULL) < 0)
        die_errno(125, "making a mount namespace");
}

void shared_mount_hold(const struct plan *plan, const struct plan_op *op, int errors) {
    const char *place = op->args[SHARED_PLACE].data;
    answer = errors;
    die_report_to(report);
    signal(SIGPIPE, SIG_IGN);
    int lock = take_lock(place);
    helper_scope_enter(plan, "volume"); /* with the program that mounts, which it starts */
    enter_mounts();
    autofree char *path = NULL;
    if (asprintf(&path, "%s/mount.sock", place) < 0)
        die(125, "out of memory");
    pid_t program = mount_it(op, lock);
    int part = open_part(op);
    int listener = unix_listen(path);
    if (listener < 0)
        die_errno(125, "listening on %s", path);
    close(errors);
    bool alive = serve(listener, part, program);
    unlink(path);
    close(listener);
    close(part);
    umount2(op->args[SHARED_TARGET].data, DETACH);
    while (alive && program > 0 && waitpid(program, NULL, 0) < 0 && errno == EINTR)
        continue;
    _exit(0);
}
