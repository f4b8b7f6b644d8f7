#include "tree_settle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "protocol.h"
#include "tree_walk.h"

#define OVERLAY "user.overlay."
#define OPAQUE OVERLAY "opaque"

struct settling {
    uint64_t rule;
    time_t limit;
};

static time_t settled(const struct settling *settling, time_t time) {
    bool is_set = settling->rule == PLAN_TREE_TIMES_SET ||
                  (settling->rule == PLAN_TREE_TIMES_CLAMP && time > settling->limit);
    return is_set ? settling->limit : time;
}

static void set_times(const struct settling *settling, const struct tree_entry *entry,
                      const struct stat *status) {
    time_t seconds = settled(settling, status->st_mtim.tv_sec);
    if (seconds == status->st_mtim.tv_sec && status->st_mtim.tv_nsec == 0)
        return;
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    if (utimensat(entry->directory, entry->name, times, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
        die_errno(125, "setting the time of \"%s\"", entry->path);
}

/* What overlayfs has noted of a file or directory while it was an upper one. */
static void forget_overlay(const struct tree_entry *entry) {
    char names[4096];
    autoclose int fd = openat(entry->directory, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return; /* a link to nowhere, or a device: they hold none */
    ssize_t length = flistxattr(fd, names, sizeof names);
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
        const char *name = names + at;
        if (strncmp(name, OVERLAY, strlen(OVERLAY)) == 0 && strcmp(name, OPAQUE) != 0 &&
            fremovexattr(fd, name) < 0 && errno != ENODATA)
            die_errno(125, "removing the attribute %s of \"%s\"", name, entry->path);
    }
}

/* What an archive of a layer cannot hold: sockets, and names of whiteouts with all that is below them. */
static bool leave_out(const struct tree_entry *entry, const struct stat *status) {
    const char *path = entry->path + entry->top;
    bool dotted = strncmp(entry->name, ".wh.", 4) == 0;
    bool below = strncmp(path, ".wh.", 4) == 0 || strstr(path, "/.wh.");
    if (!below && !S_ISSOCK(status->st_mode))
        return false;
    if (dotted)
        dprintf(2, "\"/%s\" left out: in an image its name means a file that was removed\n", path);
    if (unlinkat(entry->directory, entry->name, S_ISDIR(status->st_mode) ? AT_REMOVEDIR : 0) < 0)
        die_errno(125, "removing \"%s\"", entry->path);
    return true;
}

static void settle(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    const struct settling *settling = context;
    struct stat status;
    if (moment == TREE_ENTER || fstatat(entry->directory, entry->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (leave_out(entry, &status))
        return;
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        forget_overlay(entry);
    set_times(settling, entry, &status);
}

void tree_settle(const char *path, uint64_t rule, time_t limit) {
    struct settling settling = {rule, limit};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening \"%s\"", path);
    tree_walk(fd, path, false, settle, &settling);
    const struct tree_entry top = {fd, ".", path, strlen(path)};
    settle(&top, TREE_LEAVE, &settling);
    close(fd);
}
