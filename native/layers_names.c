#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "layers.h"

struct list {
    struct layer_name *names;
    size_t count, room;
};

static void add(struct list *list, const char *name, size_t place, bool hidden) {
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->names = realloc(list->names, list->room * sizeof *list->names);
    }
    char *copy = strdup(name);
    if (!list->names || !copy)
        die(125, "reading layers: out of memory");
    list->names[list->count++] = (struct layer_name){copy, place, hidden};
}

static void read_place(struct list *list, const struct layer_level *level, size_t at) {
    const struct layer_place *place = &level->places[at];
    int copy = openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy < 0 ? NULL : fdopendir(copy);
    if (!directory)
        die_errno(125, "reading a directory of the layer \"%s\"", place->layer->path);
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(directory);
        if (!found)
            break;
        const char *name = found->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (!place->layer->dot_whiteouts || strncmp(name, ".wh.", 4) != 0)
            add(list, name, at, false);
        else if (strncmp(name, ".wh..wh.", 8) != 0 && strcmp(name, ".wh..opq") != 0) /* its own marks */
            add(list, name + 4, at, true);
    }
    if (errno != 0 && errno != ENOENT)
        die_errno(125, "reading a directory of the layer \"%s\"", place->layer->path);
    closedir(directory);
}

/* By name, then from top to bottom; what is there stands before what hides it. */
static int compare(const void *one, const void *other) {
    const struct layer_name *a = one, *b = other;
    int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return (int)a->hidden - (int)b->hidden;
}

struct layer_name *layers_names(const struct layer_level *level, size_t *count) {
    struct list list = {0};
    for (size_t i = 0; i < level->count; i++)
        read_place(&list, level, i);
    if (list.count > 0)
        qsort(list.names, list.count, sizeof *list.names, compare);
    size_t kept = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct stat status;
        struct layer_name *name = &list.names[i];
        if (kept > 0 && strcmp(name->name, list.names[kept - 1].name) == 0) {
            free(name->name);
            continue;
        }
        if (!name->hidden && layers_status(level, name, &status))
            name->hidden = layers_is_whiteout(level->places[name->place].fd, name->name, &status);
        list.names[kept++] = *name;
    }
    *count = kept;
    return list.names;
}

void layers_free_names(struct layer_name *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(names[i].name);
    free(names);
}
