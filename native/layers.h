/* Stacks of layer directories, seen as overlayfs would merge them, without a mount. */
#ifndef TSPOD_LAYERS_H
#define TSPOD_LAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "id_maps.h"

struct layer {
    const char *path;
    bool dot_whiteouts;  /* ".wh.NAME" hides NAME: fuse-overlayfs where it could make no devices */
    struct id_maps maps; /* from the ids of its files to those that are shown */
};

/* One directory of the merged tree: where it is in the layers that have it, from top to bottom. */
struct layer_level {
    struct layer_place {
        const struct layer *layer;
        int fd;
    } * places;
    size_t count;
    /* Whether one of them hides what other layers, below all of these, have of it. */
    bool hides;
};

/* A name in a level: the topmost place that has it, and whether it hides it there. */
struct layer_name {
    char *name;
    size_t place;
    bool hidden;
};

/* Opens the tops of layers, from top to bottom. Raises the limit on open files as far as it goes. */
void layers_open(struct layer_level *level, const struct layer *layers, size_t count);

/* Opens the directory `name` of a level in the places from `first` on, as far as they are not hidden. */
void layers_descend(const struct layer_level *level, const char *name, size_t first,
                    struct layer_level *below);

void layers_close(struct layer_level *level);

/* The names in a level, sorted by their bytes, each once; whiteouts are among them, as hidden ones. Freed by
 * layers_free_names. */
struct layer_name *layers_names(const struct layer_level *level, size_t *count);
void layers_free_names(struct layer_name *names, size_t count);

/* Finds a name in a level: its status, and its place; -1 when it is missing or hidden. */
int layers_find(const struct layer_level *level, const char *name, struct stat *status);

/* The status of a name that is there; false when it has vanished. Owners are not shifted. */
bool layers_status(const struct layer_level *level, const struct layer_name *name, struct stat *status);

/* Whether a file is a whiteout (by device, or by attribute), and whether a directory hides those below. */
bool layers_is_whiteout(int directory, const char *name, const struct stat *status);
bool layers_is_opaque(int directory, bool dot_whiteouts);

#endif
