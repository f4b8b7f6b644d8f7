#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "container_mounts.h"
#include "die.h"
#include "io.h"

#define CANNOT_RUN 126

static const char *kind_of(const struct stat *status) {
    return S_ISDIR(status->st_mode) ? "directory" : "file";
}

static bool status_in(int root, const char *path, struct stat *status) {
    autoclose int fd = mounts_open(root, path);
    return fd >= 0 && fstat(fd, status) == 0;
}

/* The longest beginning of the path that is there. */
static void beginning_of(int root, char *path, struct stat *status) {
    for (char *slash; !status_in(root, path, status) && (slash = strrchr(path, '/')) && slash > path;)
        *slash = '\0';
}

void mounts_refused(int root, const char *what, const char *path, const char *from) {
    int reason = errno;
    struct stat source, target;
    bool is_bind = from && stat(from, &source) == 0;
    const char *kind = is_bind ? kind_of(&source) : "directory";
    if (status_in(root, path, &target) && strcmp(kind, kind_of(&target)) != 0)
        die(CANNOT_RUN,
            "mounting %s%s\"%s\" on \"%s\" in the container: that is a %s\nhint: %s goes on a %s, or where "
            "there is nothing yet",
            is_bind ? kind : "", is_bind ? " " : "", what, path, kind_of(&target), is_bind ? "it" : what,
            kind);
    char way[4096];
    snprintf(way, sizeof way, "%s", path);
    beginning_of(root, way, &target);
    if (reason == ENOTDIR && strcmp(way, path) != 0 && !S_ISDIR(target.st_mode))
        die(CANNOT_RUN, "mounting \"%s\" on \"%s\" in the container: \"%s\" is no directory", what, path,
            way);
    errno = reason;
    die_errno(CANNOT_RUN, "mounting %s on %s in the container", what, path);
}
