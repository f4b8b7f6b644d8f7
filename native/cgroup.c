#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgroup_scope.h"
#include "die.h"
#include "io.h"
#include "scope.h"

static bool is_optional(const struct plan *plan) {
    const struct plan_op *scope = plan_find(plan, PLAN_CGROUP_SCOPE);
    if (scope)
        return scope_option(scope, "_optional");
    return plan_number(plan, PLAN_CGROUP_DIR, 1, 0) & PLAN_CGROUP_OPTIONAL;
}

/* Moves the processes of a group that was delegated to a group of their own below it. */
static void move_out(const char *group) {
    autofree char *from = NULL, *below = NULL, *to = NULL;
    if (asprintf(&from, "%s/cgroup.procs", group) < 0 || asprintf(&below, "%s/tspod-callers", group) < 0 ||
        asprintf(&to, "%s/cgroup.procs", below) < 0)
        return;
    char text[16384], *rest = text;
    if ((mkdir(below, 0755) < 0 && errno != EEXIST) || read_file(from, text, sizeof text) <= 0)
        return;
    for (char *pid; (pid = strsep(&rest, "\n"));)
        if (*pid)
            write_file(to, pid);
}

/*
 * With processes in it, a group hands no memory on; the pids, but then what is below it is not to be entered.
 * The root of all may have both, and is not ours to tidy.
 */
static void hand_on(const char *group, const char *control, const char *path) {
    autofree char *type = NULL, *undo = NULL;
    char text[32] = "";
    if (asprintf(&type, "%s/cgroup.type", group) < 0 || asprintf(&undo, "-%s", control + 1) < 0)
        return;
    if (write_file(path, control) == 0) {
        if (read_file(type, text, sizeof text) <= 0 || strncmp(text, "domain threaded", 15) != 0)
            return;
        write_file(path, undo);
    } else if (errno != EBUSY) {
        return; /* most are not ours, and need not be */
    }
    move_out(group);
    write_file(path, control);
}

/* Hands the controller of `file` ("memory.max") down, from the top to the parent of `directory`. */
static void enable_controller(const char *directory, const char *file) {
    char control[64];
    snprintf(control, sizeof control, "+%.*s", (int)strcspn(file, "."), file);
    for (const char *at = directory + 1; (at = strchr(at, '/')); at++) {
        autofree char *group = strndup(directory, (size_t)(at - directory)), *path = NULL;
        if (!group || asprintf(&path, "%s/cgroup.subtree_control", group) < 0)
            return;
        hand_on(group, control, path);
    }
}

static int write_value(const char *directory, const char *file, const char *value) {
    autofree char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, file) < 0)
        return -1;
    return write_file(path, value);
}

/* NULL, or what went wrong (allocated). */
static char *set(const char *directory, const struct plan_op *op) {
    const char *file = op->args[0].data, *value = op->args[1].data, *message = op->args[2].data;
    char *error = NULL;
    if (directory && write_value(directory, file, value) == 0)
        return NULL;
    if (directory && (errno == ENOENT || errno == EACCES)) {
        enable_controller(directory, file);
        if (write_value(directory, file, value) == 0)
            return NULL;
    }
    if (message[0] && asprintf(&error, "%s: writing %s to %s: %s", message, value, file,
                               directory ? strerror(errno) : "no control group") < 0)
        die(125, "out of memory");
    return error;
}

static char *set_all(const char *directory, const struct plan *plan) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_CGROUP_SET, &position));) {
        char *error = set(directory, op);
        if (error)
            return error;
    }
    return NULL;
}

static char *make_directory(const struct plan *plan) {
    const char *directory = plan_string(plan, PLAN_CGROUP_DIR, 0, NULL);
    if (!directory)
        return NULL;
    if (make_directories(directory, 0755) == 0)
        return strdup(directory);
    if (!is_optional(plan))
        die_errno(125, "making the control group %s", directory);
    return NULL;
}

int cgroup_make(const struct plan *plan) {
    const struct plan_op *scope = plan_find(plan, PLAN_CGROUP_SCOPE);
    autofree char *directory = scope ? cgroup_scope_make(scope) : make_directory(plan);
    autofree char *error = set_all(directory, plan);
    if (error)
        die(125, "%s", error);
    return directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

void cgroup_enter(const struct plan *plan, int directory, pid_t pid) {
    char text[16];
    snprintf(text, sizeof text, "%d", (int)pid);
    autoclose int fd = openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write_full(fd, text, strlen(text)) == 0)
        return;
    const struct plan_op *scope = plan_find(plan, PLAN_CGROUP_SCOPE);
    if (scope && cgroup_scope_enter(scope, pid) == 0)
        return;
    if (!is_optional(plan))
        die_errno(125, "moving the container into the control group %s",
                  plan_string(plan, PLAN_CGROUP_DIR, 0, ""));
}

/* What the root of a child user namespace is here, of one of its maps. */
static int root_of(const struct plan *plan, enum plan_code map) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, map, &position));)
        if (op->args[0].number == 0)
            return (int)op->args[1].number;
    return -1;
}

void cgroup_give(const struct plan *plan, int directory) {
    static const char *const files[] = {"", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"};
    int user = root_of(plan, PLAN_CHILD_UID_MAP), group = root_of(plan, PLAN_CHILD_GID_MAP);
    if (user <= 0)
        return;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (fchownat(directory, files[i], (uid_t)user, (gid_t)group, AT_EMPTY_PATH) < 0)
            return; /* the container has it for reading, as it would without */
}

unsigned long long cgroup_oom_kills(int directory) {
    if (directory < 0)
        return 0;
    autoclose int fd = openat(directory, "memory.events", O_RDONLY | O_CLOEXEC);
    char text[512];
    ssize_t length = fd < 0 ? -1 : read_full(fd, text, sizeof text - 1);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    const char *at = strstr(text, "\noom_kill ");
    return at ? strtoull(at + 10, NULL, 10) : 0;
}

void cgroup_remove_groups(const char *directory) {
    DIR *stream = opendir(directory);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        autofree char *path = NULL;
        if (asprintf(&path, "%s/%s", directory, entry->d_name) > 0)
            cgroup_remove_groups(path);
    }
    if (stream)
        closedir(stream);
    rmdir(directory);
}

static char *made_directory(const struct plan *plan) {
    const struct plan_op *scope = plan_find(plan, PLAN_CGROUP_SCOPE);
    const char *named = plan_string(plan, PLAN_CGROUP_DIR, 0, NULL);
    return scope ? cgroup_scope_path(scope) : named ? strdup(named) : NULL;
}

char *cgroup_update(const struct plan *plan, const struct plan *update) {
    autofree char *directory = made_directory(plan);
    return set_all(directory, update);
}

void cgroup_remove(const struct plan *plan) {
    autofree char *directory = made_directory(plan);
    if (!directory || rmdir(directory) == 0 || errno == ENOENT)
        return;
    write_value(directory, "cgroup.kill", "1");
    for (int i = 0; i < 100; i++) { /* processes that were killed leave a little later */
        cgroup_remove_groups(directory);
        if (access(directory, F_OK) < 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}
