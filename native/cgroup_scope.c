#include "cgroup_scope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "scope.h"

/* This process's group up to the name of the scope, or NULL when it is not in that. */
static char *scope_directory(const struct plan_op *op) {
    const char *mount = scope_option(op, "_mount"), *unit = op->args[1].data;
    char text[8192], *path = NULL;
    if (read_file("/proc/self/cgroup", text, sizeof text) <= 0)
        return NULL;
    char *line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
    char *at = line ? strstr(line, unit) : NULL;
    if (!at)
        return NULL;
    at[strlen(unit)] = '\0';
    return asprintf(&path, "%s%s", mount ? mount : "/sys/fs/cgroup", strstr(line, "::") + 2) < 0 ? NULL
                                                                                                 : path;
}

/* A group with processes in it hands no controller on: the monitor moves out of the way, then all are. */
static int divide(const char *scope) {
    autofree char *own = NULL, *procs = NULL, *available = NULL, *control = NULL, *container = NULL;
    if (asprintf(&own, "%s/monitor", scope) < 0 || asprintf(&procs, "%s/cgroup.procs", own) < 0 ||
        asprintf(&available, "%s/cgroup.controllers", scope) < 0 ||
        asprintf(&control, "%s/cgroup.subtree_control", scope) < 0 ||
        asprintf(&container, "%s/container", scope) < 0)
        return -1;
    if ((mkdir(own, 0755) < 0 && errno != EEXIST) || write_file(procs, "0") < 0 ||
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

char *cgroup_scope_make(const struct plan_op *op) {
    autofree char *error = NULL;
    bool optional = scope_option(op, "_optional");
    char *there = scope_directory(op); /* a restart */
    if (!there && scope_start(op, getpid(), &error) < 0) {
        if (optional)
            return NULL;
        die(125, "making the systemd scope %s: %s", op->args[1].data, error ? error : "unknown error");
    }
    autofree char *scope = there ? there : scope_directory(op);
    if (scope && divide(scope) == 0)
        return cgroup_scope_path(op);
    if (!optional)
        die_errno(125, "dividing the systemd scope %s", op->args[1].data);
    return NULL;
}
