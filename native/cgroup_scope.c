#include "cgroup_scope.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgroup_keeper.h"
#include "die.h"
#include "io.h"
#include "scope.h"

/* Who is in the scope beside the container: this process, the monitor, or its keeper, once there is one. */
static pid_t member(const struct plan_op *op, bool make) {
    static pid_t keeper;
    if (!scope_option(op, "_stays"))
        return getpid();
    if (make)
        keeper = keeper_start();
    return keeper;
}

/* The member's group up to the name of the scope, or NULL when it is not in that. */
static char *scope_directory(const struct plan_op *op) {
    const char *mount = scope_option(op, "_mount"), *unit = op->args[1].data;
    char group[32], text[8192], *path = NULL;
    snprintf(group, sizeof group, "/proc/%d/cgroup", (int)member(op, false));
    if (read_file(group, text, sizeof text) <= 0)
        return NULL;
    char *line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
    char *at = line ? strstr(line, unit) : NULL;
    if (!at)
        return NULL;
    at[strlen(unit)] = '\0';
    return asprintf(&path, "%s%s", mount ? mount : "/sys/fs/cgroup", strstr(line, "::") + 2) < 0 ? NULL
                                                                                                 : path;
}

/* A group with processes in it hands no controller on: the member moves out of the way, then all are. */
static int divide(const char *scope, pid_t member_pid) {
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)member_pid);
    autofree char *own = NULL, *procs = NULL, *available = NULL, *control = NULL, *container = NULL;
    if (asprintf(&own, "%s/monitor", scope) < 0 || asprintf(&procs, "%s/cgroup.procs", own) < 0 ||
        asprintf(&available, "%s/cgroup.controllers", scope) < 0 ||
        asprintf(&control, "%s/cgroup.subtree_control", scope) < 0 ||
        asprintf(&container, "%s/container", scope) < 0)
        return -1;
    if ((mkdir(own, 0755) < 0 && errno != EEXIST) || write_file(procs, pid) < 0 ||
        (mkdir(container, 0755) < 0 && errno != EEXIST))
        return -1;
    char names[512], *rest = names;
    if (read_file(available, names, sizeof names) <= 0)
        return 0;
    names[strcspn(names, "\n")] = '\0';
    for (char *name; (name = strsep(&rest, " "));) {
        char word[64];
        snprintf(word, sizeof word, "+%s", name);
        write_file(control, word); /* one that is refused is missed by the limit that needs it */
    }
    return 0;
}

char *cgroup_scope_path(const struct plan_op *op) {
    char *path = NULL;
    autofree char *scope = scope_directory(op);
    return scope && asprintf(&path, "%s/container", scope) > 0 ? path : NULL;
}

/* That of a monitor that was killed is there a moment longer. */
static int start(const struct plan_op *op, pid_t pid, char **error) {
    int result = scope_start(op, pid, error);
    for (int tries = 0; result < 0 && *error && strstr(*error, "UnitExists") && tries < 60; tries++) {
        free(*error);
        *error = NULL;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        result = scope_start(op, pid, error);
    }
    return result;
}

static void leave(pid_t keeper) {
    if (keeper != getpid())
        kill(keeper, SIGKILL);
}

char *cgroup_scope_make(const struct plan_op *op) {
    autofree char *error = NULL;
    bool optional = scope_option(op, "_optional");
    char *there = scope_directory(op); /* a restart */
    pid_t pid = member(op, !there);
    if (!there && start(op, pid, &error) < 0) {
        if (optional) {
            leave(pid);
            return NULL;
        }
        die(125, "making the systemd scope %s: %s", op->args[1].data, error ? error : "unknown error");
    }
    autofree char *scope = there ? there : scope_directory(op);
    if (scope && divide(scope, pid) == 0)
        return cgroup_scope_path(op);
    if (!optional)
        die_errno(125, "dividing the systemd scope %s", op->args[1].data);
    return NULL;
}

int cgroup_scope_enter(const struct plan_op *op, pid_t pid) {
    autofree char *error = NULL;
    autoclose int bus = scope_connect(op->args[0].data, scope_option(op, "_uid"), &error);
    return bus < 0 ? -1
                   : scope_attach(bus, &(struct scope_place){op->args[1].data, "/container"}, pid, &error);
}
