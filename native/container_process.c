#include "container_process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "preserve.h"
#include "terminal.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void bind_console(const char *name) {
    autoclose int made = open("/dev/console", O_CREAT | O_WRONLY | O_NOCTTY | O_CLOEXEC, 0620);
    if (mount(name, "/dev/console", NULL, MS_BIND, NULL) < 0)
        die_errno(125, "binding the terminal on /dev/console");
}

void process_open_terminal(const struct plan *plan, int socket, int console) {
    autoclose int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    int number, unlocked = 0;
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) < 0 || ioctl(master, TIOCGPTN, &number) < 0)
        die_errno(125, "opening a terminal in the container");
    char name[32];
    snprintf(name, sizeof name, "/dev/pts/%d", number);
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        die_errno(125, "opening the terminal %s", name);
    struct winsize size = {.ws_row = (unsigned short)plan_number(plan, PLAN_TTY_SIZE, 0, 0),
                           .ws_col = (unsigned short)plan_number(plan, PLAN_TTY_SIZE, 1, 0)};
    if (!size.ws_row && plan_find(plan, PLAN_FOREGROUND))
        terminal_size(&size.ws_row, &size.ws_col); /* before the program can ask for it */
    if (size.ws_row && ioctl(slave, TIOCSWINSZ, &size) < 0)
        die_errno(125, "setting the size of the terminal");
    if (fchown(slave, (uid_t)plan_number(plan, PLAN_USER, 0, 0), (gid_t)-1) < 0 && errno != EPERM &&
        errno != EINVAL)
        die_errno(125, "giving the terminal to the user");
    if (console)
        bind_console(name);
    if (setsid() < 0 && errno != EPERM)
        die_errno(125, "making a session");
    if (ioctl(slave, TIOCSCTTY, 0) < 0)
        die_errno(125, "taking the terminal");
    if (fd_send(socket, master) < 0)
        die_errno(125, "handing over the terminal");
    for (int fd = 0; fd <= 2; fd++)
        if (dup2(slave, fd) < 0)
            die_errno(125, "opening the terminal");
    if (slave > 2)
        close(slave);
}

/* A process that nobody may attach to may not write it either: such a one has inherited it. */
static void set_oom_score(const struct plan *plan) {
    const char *score = plan_string(plan, PLAN_OOM_SCORE_ADJ, 0, NULL);
    char now[16] = "";
    if (!score || (read_file("/proc/self/oom_score_adj", now, sizeof now) > 0 && atoi(now) == atoi(score)))
        return;
    if (write_file("/proc/self/oom_score_adj", score) == 0)
        return;
    if (errno == EACCES || errno == EPERM)
        die(125,
            "setting the OOM score to %s: only root may lower it, and the caller has %d"
            "\nhint: --oom-score-adj %d or more",
            score, atoi(now), atoi(now));
    die_errno(125, "setting the OOM score to %s", score);
}

static void set_limits(const struct plan *plan) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_RLIMIT, &position));) {
        struct rlimit limit = {op->args[1].number, op->args[2].number};
        if (setrlimit((__rlimit_resource_t)op->args[0].number, &limit) < 0)
            die_errno(125, "setting the resource limit %d to %llu:%llu", (int)op->args[0].number,
                      (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    }
    set_oom_score(plan);
    const struct plan_op *persona = plan_find(plan, PLAN_PERSONALITY);
    if (persona && personality(persona->args[0].number) < 0)
        die_errno(125, "setting the personality");
    umask((mode_t)plan_number(plan, PLAN_UMASK, 0, 022));
}

/* /dev/stdout and /dev/stderr are opened by name in the container: the user has to own the pipes. */
static void give_streams(const struct plan *plan, uid_t uid) {
    struct stat status;
    if (plan_number(plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_PASSTHROUGH)
        return;
    for (int fd = 0; fd <= 2; fd++)
        if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && status.st_uid != uid &&
            fchown(fd, uid, (gid_t)-1) < 0)
            continue; /* only opening by name suffers */
}

static void set_groups(const struct plan *plan) {
    if (plan_find(plan, PLAN_KEEP_GROUPS))
        return;
    const struct plan_op *op = plan_find(plan, PLAN_GROUPS);
    size_t count = op ? op->count : 0;
    gid_t groups[count + 1];
    for (size_t i = 0; i < count; i++)
        groups[i] = (gid_t)op->args[i].number;
    char denied[8] = "";
    if (setgroups(count, groups) == 0)
        return;
    int error = errno;
    read_file("/proc/self/setgroups", denied, sizeof denied);
    errno = error;
    if (count > 0 || strncmp(denied, "deny", 4) != 0)
        die_errno(125, "setting the supplementary groups");
}

static void load_seccomp(const struct plan *plan) {
    const struct plan_op *op = plan_find(plan, PLAN_SECCOMP);
    if (!op)
        return;
    size_t count = op->args[0].length / sizeof(struct sock_filter);
    struct sock_filter *filter = malloc(count * sizeof *filter + 1);
    if (!filter)
        die(125, "out of memory");
    memcpy(filter, op->args[0].data, count * sizeof *filter);
    struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
    if (count > 0 &&
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned)op->args[1].number, &program) < 0)
        die_errno(125, "loading the seccomp filter of %zu instructions", count);
    free(filter);
}

static void bound_capabilities(uint64_t bounding) {
    for (int cap = 0; cap <= 63; cap++) {
        int has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
        if (has < 0)
            return;
        if (has && !(bounding >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            die_errno(125, "dropping capability %d", cap);
    }
}

static void set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)}};
    if (syscall(SYS_capset, &header, data) < 0)
        die_errno(125, "setting the capabilities");
}

static void raise_ambient(uint64_t ambient) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int cap = 0; cap <= 63; cap++)
        if (ambient >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
            die_errno(125, "raising the ambient capability %d", cap);
}

static void change_user(const struct plan *plan) {
    const struct plan_op *user = plan_find(plan, PLAN_USER), *caps = plan_find(plan, PLAN_CAPS);
    set_groups(plan);
    if (caps)
        bound_capabilities(caps->args[0].number);
    if (caps && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        die_errno(125, "keeping the capabilities");
    gid_t gid = user ? (gid_t)user->args[1].number : 0;
    uid_t uid = user ? (uid_t)user->args[0].number : 0;
    if (setresgid(gid, gid, gid) < 0)
        die_errno(125, "changing to group %u", gid);
    if (setresuid(uid, uid, uid) < 0)
        die_errno(125, "changing to user %u", uid);
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

static void limit_capabilities(const struct plan *plan) {
    const struct plan_op *caps = plan_find(plan, PLAN_CAPS);
    if (!caps)
        return;
    set_capabilities(caps->args[1].number, caps->args[2].number, caps->args[3].number);
    raise_ambient(caps->args[4].number);
}

static void change_directory(const struct plan *plan) {
    const char *directory = plan_string(plan, PLAN_CWD, 0, "/");
    if (chdir(directory) < 0)
        die_errno(errno == EACCES ? 126 : 127, "changing to the working directory %s", directory);
}

void process_prepare(const struct plan *plan) {
    int death_signal = 0;
    prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
    set_limits(plan);
    if (!plan_find(plan, PLAN_NO_NEW_KEYRING))
        syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, plan_string(plan, PLAN_CONTAINER, 0, NULL), 0, 0, 0);
    uid_t uid = (uid_t)plan_number(plan, PLAN_USER, 0, 0);
    give_streams(plan, uid);
    /* the filter needs CAP_SYS_ADMIN, or no_new_privs, and then as late as possible */
    if (!plan_find(plan, PLAN_NO_NEW_PRIVS))
        load_seccomp(plan);
    change_user(plan);
    change_directory(plan);
    limit_capabilities(plan);
    if (plan_find(plan, PLAN_NO_NEW_PRIVS) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        die_errno(125, "setting no_new_privs");
    if (death_signal && prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) < 0)
        die_errno(125, "setting the parent-death signal");
}

static void set_label(const struct plan *plan) {
    const struct plan_op *op = plan_find(plan, PLAN_LSM_LABEL);
    if (!op)
        return;
    bool apparmor = strcmp(op->args[0].data, "apparmor") == 0;
    autofree char *text = NULL;
    if (asprintf(&text, "%s%s", apparmor ? "exec " : "", op->args[1].data) < 0)
        die(125, "out of memory");
    if (apparmor && write_file("/proc/self/attr/apparmor/exec", text) == 0)
        return;
    if (write_file("/proc/self/attr/exec", text) < 0)
        die_errno(125, "setting the %s label %s", op->args[0].data, op->args[1].data);
}

static const char *search_path(const struct plan_op *env) {
    for (size_t i = 0; env && i < env->count; i++)
        if (strncmp(env->args[i].data, "PATH=", 5) == 0)
            return env->args[i].data + 5;
    return DEFAULT_PATH;
}

static _Noreturn void cannot_run(const char *name, int error) {
    errno = error;
    if (error == ENOENT && strchr(name, '/') && access(name, F_OK) == 0)
        die(127, "running \"%s\": the interpreter or loader that it names is not in the container", name);
    errno = error;
    if (error == ENOENT || error == ENOTDIR)
        die_errno(127,
                  strchr(name, '/') ? "executable file \"%s\" not found"
                                    : "executable file \"%s\" not found in $PATH",
                  name);
    die_errno(126, "running \"%s\"", name);
}

/* Tries every directory of PATH. ENOENT of a file that is there means that its interpreter is missing. */
static _Noreturn void run(const char *name, char **argv, char **envp, const char *directories) {
    int worst = ENOENT;
    if (strchr(name, '/')) {
        execve(name, argv, envp);
        cannot_run(name, errno);
    }
    while (*name) {
        int length = (int)strcspn(directories, ":");
        autofree char *path = NULL;
        if (asprintf(&path, "%.*s%s%s", length, directories, length ? "/" : "./", name) < 0)
            die(125, "out of memory");
        struct stat status;
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            execve(path, argv, envp);
            if (errno != EACCES)
                cannot_run(path, errno);
            worst = EACCES;
        }
        if (!directories[length])
            break;
        directories += length + 1;
    }
    cannot_run(name, worst);
}

void process_execute(const struct plan *plan) {
    const struct plan_op *command = plan_find(plan, PLAN_ARGV), *environment = plan_find(plan, PLAN_ENV);
    if (!command || command->count == 0)
        die(125, "no command");
    struct plan_op nothing = {0};
    char **argv = plan_strings(command, 0), **envp = plan_strings(environment ? environment : &nothing, 0);
    set_label(plan);
    unsigned first = 3 + (unsigned)plan_number(plan, PLAN_PRESERVE_FDS, 0, 0);
    if (syscall(SYS_close_range, first, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */) < 0 && errno != ENOSYS &&
        errno != EINVAL)
        die_errno(125, "closing descriptors");
    preserve_pass(plan);
    if (plan_find(plan, PLAN_NO_NEW_PRIVS))
        load_seccomp(plan);
    run(argv[0], argv, envp, search_path(environment));
}
