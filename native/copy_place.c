#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "io.h"
#include "userns.h"

#define MOST_LINKS 40 /* MAXSYMLINKS of the kernel */

/* The root as that very process sees it, with all that is mounted there. */
static int open_root_of(const struct plan_op *op) {
    const char *name = op->args[1].data;
    pid_t pid = (pid_t)op->args[3].number;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/root", (int)pid);
    int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    /* asked afterwards: the number may have become another's before */
    if (process_start_time(pid) != op->args[4].number)
        die(125, "container \"%s\" has just ended", name);
    errno = error;
    if (root < 0)
        die_errno(125, "opening the root of container \"%s\"", name);
    return root;
}

void copy_place_read(struct copy_place *place, const struct plan_op *op) {
    uint64_t flags = op->args[0].number;
    const char *root = op->args[2].data;
    *place = (struct copy_place){.container = op->args[1].data, .path = op->args[5].data, .root = -1};
    place->typed = op->args[6].data;
    place->slash = flags & PLAN_COPY_SLASH;
    place->dot = flags & PLAN_COPY_DOT;
    place->running = op->args[3].number != 0;
    if (!place->container[0])
        place->container = NULL;
    id_maps_parse(&place->maps, op, 7);
    if (!place->container)
        return;
    place->root = place->running ? open_root_of(op) : open(root, O_PATH | O_CLOEXEC);
    if (place->root < 0)
        die_errno(125, "opening \"%s\" of container \"%s\"", root, place->container);
}

int copy_place_open(const struct copy_place *place, const char *path, int flags) {
    struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC};
    int fd;
    if (!place->container)
        return open(path, flags | O_CLOEXEC);
    /* a single file may be bound there */
    if (strcmp(path, "/") == 0 && (flags & O_PATH))
        return fcntl(place->root, F_DUPFD_CLOEXEC, 0);
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    do
        fd = (int)syscall(SYS_openat2, place->root, path, &how, sizeof how);
    while (fd < 0 && errno == EAGAIN); /* a rename went on meanwhile */
    return fd;
}

_Noreturn void copy_place_missing(const struct copy_place *place, int error) {
    char reason[128];
    snprintf(reason, sizeof reason, "%s", strerror(error));
    reason[0] = (char)tolower((unsigned char)reason[0]);
    if (place->container)
        die(125, "\"%s\" could not be found on container %s: %s", place->typed, place->container, reason);
    die(125, "\"%s\" could not be found on the host: %s", place->typed, reason);
}

static char *join(const char *directory, const char *name) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        die(125, "copying: out of memory");
    return path;
}

/* Splits "/a/b" in place: the directory is left in `path`, the name is returned. */
static char *split(char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    char *slash = strrchr(path, '/');
    char *name = strdup(slash + 1);
    if (!name)
        die(125, "copying: out of memory");
    slash[slash == path ? 1 : 0] = '\0';
    return name;
}

/* Where the last link of a chain leads; `follow` false: where the first one lies. */
static void locate(const struct copy_place *place, struct copy_found *found, bool follow) {
    char autofree *path = strdup(place->path);
    for (int links = 0; path && links <= MOST_LINKS; links++) {
        char autofree *name = split(path);
        char content[PATH_MAX];
        if (!name[0])
            return;
        int parent = copy_place_open(place, path, O_PATH | O_DIRECTORY);
        if (parent < 0)
            copy_place_missing(place, errno);
        ssize_t length = follow ? readlinkat(parent, name, content, sizeof content - 1) : -1;
        if (length <= 0) {
            found->parent = parent;
            found->name = strdup(name);
            return;
        }
        close(parent);
        content[length] = '\0';
        char *next = content[0] == '/' ? strdup(content) : join(path, content);
        free(path);
        path = next;
    }
    copy_place_missing(place, ELOOP);
}

void copy_place_find(const struct copy_place *place, struct copy_found *found) {
    *found = (struct copy_found){.parent = -1};
    found->fd = copy_place_open(place, place->path, O_PATH);
    int error = errno;
    if (found->fd < 0 && error != ENOENT && error != ENOTDIR)
        copy_place_missing(place, error);
    if (found->fd >= 0 && fstat(found->fd, &found->status) < 0)
        die_errno(125, "looking at \"%s\"", place->typed);
    if ((place->slash || place->dot) && (found->fd < 0 || !S_ISDIR(found->status.st_mode)))
        copy_place_missing(place, found->fd < 0 ? error : ENOTDIR);
    locate(place, found, found->fd >= 0 || place->container);
}
