#include "userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

unsigned long long process_start_time(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (read_file(path, text, sizeof text) <= 0)
        return 0;
    char *at = strrchr(text, ')'); /* the name may hold anything */
    if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X')
        return 0;
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

/* A filter of system calls refuses with the same errno as the kernel does in a chroot. */
static bool is_filtered(void) {
    char text[8192];
    const char *line =
        read_file("/proc/self/status", text, sizeof text) > 0 ? strstr(text, "\nSeccomp:") : NULL;
    return line && strtol(line + sizeof "\nSeccomp:" - 1, NULL, 10) != 0;
}

/* Why user namespaces are refused, and the command that changes it. `error`: of unshare(2), else 0. */
static const char *cure(int error) {
    char text[16];
    if (read_file("/proc/sys/kernel/unprivileged_userns_clone", text, sizeof text) > 0 && text[0] == '0')
        return "user namespaces are switched off\nhint: sudo sysctl -w kernel.unprivileged_userns_clone=1";
    if (read_file("/proc/sys/user/max_user_namespaces", text, sizeof text) > 0 && text[0] == '0')
        return "user namespaces are switched off\nhint: sudo sysctl -w user.max_user_namespaces=15000";
    if (read_file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", text, sizeof text) > 0 &&
        text[0] == '1')
        return "AppArmor forbids it\nhint: install tspod's AppArmor profile, or: sudo sysctl -w "
               "kernel.apparmor_restrict_unprivileged_userns=0";
    if (error == ENOSPC || error == EUSERS)
        return "there are too many\nhint: sudo sysctl -w user.max_user_namespaces=15000";
    if (error == EINVAL)
        return "the kernel has none\nhint: use a kernel with CONFIG_USER_NS";
    if (error == EPERM && is_filtered())
        return "a filter of system calls forbids it\nhint: a container that runs tspod needs --security-opt "
               "seccomp=unconfined";
    if (error == EPERM)
        return "the kernel refuses it in a chroot\nhint: enter the directory in another way than by chroot: "
               "sudo systemd-nspawn -D DIRECTORY";
    return "it is refused\nhint: \"tspod doctor\" tells what this machine lacks";
}

static _Noreturn void die_refused(const char *action) {
    int error = errno;
    die(125, "%s: %s: %s", action, strerror(error), cure(0));
}

/* Reads lines "pid starttime", keeps those of live processes in `alive`. The first of them, or 0. */
static pid_t first_member(int fd, char *alive, size_t size) {
    char text[16384];
    ssize_t length = read_full(fd, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = '\0';
    pid_t first = 0;
    size_t used = 0;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        int pid;
        unsigned long long start;
        if (sscanf(line, "%d %llu", &pid, &start) != 2 || pid <= 0 || process_start_time(pid) != start)
            continue;
        if (used + 64 < size)
            used += (size_t)snprintf(alive + used, size - used, "%d %llu\n", pid, start);
        if (!first)
            first = pid;
    }
    alive[used] = '\0';
    return first;
}

static bool join(pid_t member) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)member);
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && setns(fd, CLONE_NEWUSER) == 0;
}

/* newuidmap PID INSIDE OUTSIDE SIZE ...: the arguments, which live until the process ends. */
static char **tool_arguments(const struct plan *plan, size_t tool, pid_t target) {
    enum plan_code code = tool ? PLAN_COMMON_GID_MAP : PLAN_COMMON_UID_MAP;
    const struct plan_op *op;
    size_t position = 0, count = 2, room = 3;
    while (plan_next(plan, code, &position))
        room += 3;
    char **arguments = calloc(room, sizeof *arguments);
    if (!arguments)
        die(125, "out of memory");
    arguments[0] = (char *)plan_string(plan, PLAN_ID_MAP_TOOLS, tool, "newuidmap");
    if (asprintf(&arguments[1], "%d", (int)target) < 0)
        die(125, "out of memory");
    for (position = 0; (op = plan_next(plan, code, &position));)
        for (size_t i = 0; i < 3; i++)
            if (asprintf(&arguments[count++], "%llu", (unsigned long long)op->args[i].number) < 0)
                die(125, "out of memory");
    return arguments;
}

/* A process outside the namespace to be, which runs the tool as soon as a byte comes from `go`. */
static pid_t start_tool(const struct plan *plan, size_t tool, const int *go, int errors) {
    pid_t target = getpid();
    char **arguments = tool_arguments(plan, tool, target);
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting %s", arguments[0]);
    if (pid == 0) {
        char byte;
        close(go[1]);
        if (read(go[0], &byte, 1) != 1)
            _exit(1);
        dup2(errors, 2);
        execv(arguments[0], arguments);
        dprintf(2, "%s: %s\n", arguments[0], strerror(errno));
        _exit(127);
    }
    for (char **argument = arguments + 1; *argument; argument++)
        free(*argument);
    free(arguments);
    return pid;
}

static void unshare_user(void) {
    int error = unshare(CLONE_NEWUSER) < 0 ? errno : 0;
    if (error)
        die(125, "making a user namespace: %s: %s", strerror(error), cure(error));
}

static void wait_tool(pid_t pid, const char *kind, int errors) {
    char text[512];
    int status;
    ssize_t length = read_full(errors, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = '\0';
    text[strcspn(text, "\n")] = '\0';
    close(errors);
    if (waitpid(pid, &status, 0) == pid && status == 0)
        return;
    die(125, "mapping the %s ids of the user namespace: %s\nhint: %s", kind,
        text[0] ? text : "the tool failed",
        WEXITSTATUS(status) == 127
            ? "sudo apt install uidmap (or your system's shadow-utils)"
            : "newuidmap and newgidmap must be set-uid root, and /etc/subuid and /etc/subgid allow it");
}

/* Both tools at once: they need a millisecond each. */
static void make_with_tools(const struct plan *plan) {
    int go[2], errors[2][2];
    pid_t tools[2];
    if (pipe2(go, O_CLOEXEC) < 0 || pipe2(errors[0], O_CLOEXEC) < 0 || pipe2(errors[1], O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    for (size_t i = 0; i < 2; i++) {
        tools[i] = start_tool(plan, i, go, errors[i][1]);
        close(errors[i][1]);
    }
    close(go[0]);
    unshare_user();
    if (write(go[1], "go", 2) != 2)
        die_errno(125, "starting newuidmap");
    close(go[1]);
    wait_tool(tools[0], "user", errors[0][0]);
    wait_tool(tools[1], "group", errors[1][0]);
}

static void write_own_map(const struct plan *plan, enum plan_code code, const char *path) {
    char line[128];
    snprintf(line, sizeof line, "%llu %llu 1", (unsigned long long)plan_number(plan, code, 0, 0),
             (unsigned long long)plan_number(plan, code, 1, 0));
    if (write_file(path, line) < 0)
        die_refused("mapping the ids of the user namespace");
}

/* Without subordinate ids: one's own only, for which no tool is needed. */
static void make_alone(const struct plan *plan) {
    unshare_user();
    if (write_file("/proc/self/setgroups", "deny") < 0)
        die_errno(125, "writing /proc/self/setgroups");
    write_own_map(plan, PLAN_COMMON_UID_MAP, "/proc/self/uid_map");
    write_own_map(plan, PLAN_COMMON_GID_MAP, "/proc/self/gid_map");
}

static void become_root(void) {
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
        die_refused("becoming root of the user namespace");
}

static void remember(int members, char *alive, size_t size) {
    size_t used = strlen(alive);
    snprintf(alive + used, size - used, "%d %llu\n", (int)getpid(), process_start_time(getpid()));
    if (ftruncate(members, 0) < 0 || pwrite(members, alive, strlen(alive), 0) < 0)
        die_errno(125, "writing the members of the user namespace");
}

static int open_in(const char *directory, const char *name) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        die(125, "out of memory");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        die_errno(125, "opening %s", path);
    return fd;
}

void userns_enter_common(const struct plan *plan, bool register_self) {
    const char *directory = plan_string(plan, PLAN_USERNS_DIR, 0, NULL);
    if (!directory)
        return;
    mkdir(directory, 0700);
    autoclose int lock = open_in(directory, "userns.lock");
    if (flock(lock, LOCK_EX) < 0)
        die_errno(125, "locking %s/userns.lock", directory);
    autoclose int members = open_in(directory, "userns.members");
    char alive[16384 + 64];
    pid_t member = first_member(members, alive, sizeof alive - 64);
    if (!member || !join(member)) {
        if (plan_find(plan, PLAN_ID_MAP_TOOLS))
            make_with_tools(plan);
        else
            make_alone(plan);
        alive[0] = '\0'; /* those that could not be joined are of another namespace */
    }
    become_root();
    if (register_self)
        remember(members, alive, sizeof alive);
}

void userns_remember(const char *directory) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/userns.members", directory) < 0 || access(path, F_OK) < 0)
        return; /* root's */
    autoclose int lock = open_in(directory, "userns.lock");
    if (flock(lock, LOCK_EX) < 0)
        die_errno(125, "locking %s/userns.lock", directory);
    autoclose int members = open_in(directory, "userns.members");
    char alive[16384 + 64];
    first_member(members, alive, sizeof alive - 64);
    remember(members, alive, sizeof alive);
}
