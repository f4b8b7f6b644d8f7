#include "tree_changes.h"

#include <stdio.h>
#include <string.h>

#include "die.h"
#include "path_text.h"

struct changes {
    struct path_text path;
};

static void print_change(const struct changes *changes, char kind, size_t length) {
    if (printf("%c%.*s%c", kind, (int)length, changes->path.text, '\0') < 0)
        die_errno(125, "printing changes");
}

/* Times of which one has whole seconds only, as archives have them, are compared by these. */
static bool is_same_time(const struct timespec *one, const struct timespec *other) {
    if (one->tv_sec != other->tv_sec)
        return false;
    return one->tv_nsec == other->tv_nsec || one->tv_nsec == 0 || other->tv_nsec == 0;
}

static bool is_unchanged_directory(const struct stat *status, const struct stat *before) {
    return S_ISDIR(status->st_mode) && S_ISDIR(before->st_mode) && status->st_mode == before->st_mode &&
           status->st_size == before->st_size && is_same_time(&status->st_mtim, &before->st_mtim);
}

static bool is_opaque(const struct layer_level *upper, const char *name) {
    struct layer_level inside;
    layers_descend(upper, name, 0, &inside);
    bool opaque =
        inside.count > 0 && layers_is_opaque(inside.places[0].fd, inside.places[0].layer->dot_whiteouts);
    layers_close(&inside);
    return opaque;
}

/* 'A', 'C', 'D', or 0 for a directory that is only there to hold others. One that was removed and made anew
 * counts as removed. */
static char kind_of(const struct layer_level *upper, const struct layer_level *below,
                    const struct layer_name *name, const struct stat *status) {
    struct stat before;
    if (name->hidden)
        return 'D';
    if (layers_find(below, name->name, &before) < 0)
        return 'A';
    if (S_ISDIR(status->st_mode) && is_opaque(upper, name->name))
        return 'D';
    return is_unchanged_directory(status, &before) ? 0 : 'C';
}

static void walk_layer(struct changes *changes, const struct layer_level *upper,
                       const struct layer_level *below, bool recorded) {
    size_t count;
    struct layer_name *names = layers_names(upper, &count);
    for (size_t i = 0; i < count; i++) {
        struct stat status = {0};
        if (!names[i].hidden && !layers_status(upper, &names[i], &status))
            continue;
        char kind = kind_of(upper, below, &names[i], &status);
        /* a directory is among the changes when a name in it came or went */
        if ((kind == 'A' || kind == 'D') && !recorded) {
            print_change(changes, 'C', changes->path.length);
            recorded = true;
        }
        path_text_push(&changes->path, names[i].name);
        if (kind)
            print_change(changes, kind, changes->path.length);
        if (S_ISDIR(status.st_mode)) {
            struct layer_level upper_inside, below_inside;
            layers_descend(upper, names[i].name, 0, &upper_inside);
            layers_descend(below, names[i].name, 0, &below_inside);
            walk_layer(changes, &upper_inside, &below_inside, kind != 0);
            layers_close(&upper_inside);
            layers_close(&below_inside);
        }
        path_text_pop(&changes->path);
    }
    layers_free_names(names, count);
}

void tree_changes_of_layer(const struct layer *layers, size_t count) {
    struct changes changes = {0};
    struct layer_level upper, below;
    layers_open(&upper, layers, 1);
    layers_open(&below, layers + 1, count - 1);
    walk_layer(&changes, &upper, &below, true);
    if (fflush(stdout) != 0)
        die_errno(125, "printing changes");
}
