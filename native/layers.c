#include "layers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

static void *checked(void *memory) {
    if (!memory)
        die(125, "reading layers: out of memory");
    return memory;
}

static void add_place(struct layer_level *level, const struct layer *layer, int fd) {
    level->places[level->count++] = (struct layer_place){layer, fd};
}

void layers_open(struct layer_level *level, const struct layer *layers, size_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    *level = (struct layer_level){.places = checked(calloc(count + 1, sizeof *level->places))};
    for (size_t i = 0; i < count; i++) {
        int fd = open(layers[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            die_errno(125, "opening the layer \"%s\"", layers[i].path);
        add_place(level, &layers[i], fd);
        level->hides = layers_is_opaque(fd, layers[i].dot_whiteouts);
        if (level->hides)
            break;
    }
}

/* Whether ".wh.NAME" lies in the directory. */
static bool has_dot_whiteout(const struct layer_place *place, const char *name) {
    char *whiteout = NULL;
    if (!place->layer->dot_whiteouts)
        return false;
    if (asprintf(&whiteout, ".wh.%s", name) < 0)
        die(125, "reading layers: out of memory");
    bool found = faccessat(place->fd, whiteout, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    free(whiteout);
    return found;
}

void layers_descend(const struct layer_level *level, const char *name, size_t first,
                    struct layer_level *below) {
    *below = (struct layer_level){.places = checked(calloc(level->count + 1, sizeof *below->places))};
    for (size_t i = first; i < level->count; i++) {
        const struct layer_place *place = &level->places[i];
        int fd = openat(place->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT && !has_dot_whiteout(place, name))
            continue;
        if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
            die_errno(125, "opening directory \"%s\" of the layer \"%s\"", name, place->layer->path);
        if (fd >= 0)
            add_place(below, place->layer, fd);
        /* also where something else than a directory, such as a whiteout, is in its place */
        below->hides =
            fd < 0 || layers_is_opaque(fd, place->layer->dot_whiteouts) || has_dot_whiteout(place, name);
        if (below->hides)
            return;
    }
}

void layers_close(struct layer_level *level) {
    for (size_t i = 0; i < level->count; i++)
        close(level->places[i].fd);
    free(level->places);
    *level = (struct layer_level){0};
}

int layers_find(const struct layer_level *level, const char *name, struct stat *status) {
    for (size_t i = 0; i < level->count; i++) {
        const struct layer_place *place = &level->places[i];
        if (fstatat(place->fd, name, status, AT_SYMLINK_NOFOLLOW) == 0)
            return layers_is_whiteout(place->fd, name, status) ? -1 : (int)i;
        if (errno != ENOENT)
            die_errno(125, "reading the status of \"%s\" in the layer \"%s\"", name, place->layer->path);
        if (has_dot_whiteout(place, name))
            return -1;
    }
    return -1;
}

bool layers_status(const struct layer_level *level, const struct layer_name *name, struct stat *status) {
    const struct layer_place *place = &level->places[name->place];
    if (fstatat(place->fd, name->name, status, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    die_errno(125, "reading the status of \"%s\" in the layer \"%s\"", name->name, place->layer->path);
}

bool layers_is_whiteout(int directory, const char *name, const struct stat *status) {
    char path[64 + NAME_MAX], value;
    if (S_ISCHR(status->st_mode))
        return status->st_rdev == 0;
    if (!S_ISREG(status->st_mode) || status->st_size != 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, name);
    return lgetxattr(path, "user.overlay.whiteout", &value, 1) >= 0 || (errno == ERANGE);
}

static bool says_yes(int directory, const char *attribute) {
    char value[2];
    return fgetxattr(directory, attribute, value, sizeof value) == 1 && value[0] == 'y';
}

bool layers_is_opaque(int directory, bool dot_whiteouts) {
    if (says_yes(directory, "user.overlay.opaque") || says_yes(directory, "user.fuseoverlayfs.opaque"))
        return true;
    return dot_whiteouts && faccessat(directory, ".wh..wh..opq", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}
