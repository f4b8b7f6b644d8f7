/* Comparing two trees of layers. Source: containers/storage, pkg/archive/changes.go, ChangesDirs(). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "path_text.h"
#include "tree_changes.h"

/* A directory on the way from the top: it is printed as changed before the first change inside it. */
struct ancestor {
    struct ancestor *parent; /* NULL: this is the top */
    size_t length;
    bool printed;
};

struct side {
    const struct layer_level *level;
    const struct layer_name *name;
    struct stat status;
};

static struct path_text path;

static void print_path(char kind, size_t length) {
    if (printf("%c%.*s%c", kind, (int)length, path.text, '\0') < 0)
        die_errno(125, "printing changes");
}

static void print_ancestors(struct ancestor *ancestor) {
    if (!ancestor->parent || ancestor->printed)
        return;
    print_ancestors(ancestor->parent);
    print_path('C', ancestor->length);
    ancestor->printed = true;
}

static const struct layer_place *place_of(const struct side *side) {
    return &side->level->places[side->name->place];
}

static void shift_owner(struct side *side) {
    const struct id_maps *maps = &place_of(side)->layer->maps;
    side->status.st_uid = id_maps_shift(maps, 'u', side->status.st_uid);
    side->status.st_gid = id_maps_shift(maps, 'g', side->status.st_gid);
}

static bool has_other_target(const struct side *one, const struct side *other) {
    char first[PATH_MAX], second[PATH_MAX];
    ssize_t length = readlinkat(place_of(one)->fd, one->name->name, first, sizeof first);
    ssize_t other_length = readlinkat(place_of(other)->fd, other->name->name, second, sizeof second);
    return length != other_length || (length > 0 && memcmp(first, second, (size_t)length) != 0);
}

static bool is_changed(struct side *from, struct side *to) {
    shift_owner(from);
    shift_owner(to);
    const struct stat *a = &from->status, *b = &to->status;
    if (a->st_mode != b->st_mode || a->st_uid != b->st_uid || a->st_gid != b->st_gid ||
        a->st_rdev != b->st_rdev)
        return true;
    if (S_ISDIR(a->st_mode))
        return false;
    bool same_second = a->st_mtim.tv_sec == b->st_mtim.tv_sec;
    bool same_part =
        a->st_mtim.tv_nsec == b->st_mtim.tv_nsec || a->st_mtim.tv_nsec == 0 || b->st_mtim.tv_nsec == 0;
    if (!same_second || !same_part || a->st_size != b->st_size)
        return true;
    return S_ISLNK(a->st_mode) && has_other_target(from, to);
}

static void compare_levels(const struct layer_level *from, const struct layer_level *to,
                           struct ancestor *ancestor);

static void descend(const struct layer_level *level, const struct side *side, struct layer_level *below) {
    *below = (struct layer_level){0};
    if (side->name && S_ISDIR(side->status.st_mode))
        layers_descend(level, side->name->name, side->name->place, below);
}

/* One name, on one side or on both. */
static void compare_name(struct side *from, struct side *to, struct ancestor *ancestor) {
    char kind = !to->name ? 'D' : !from->name ? 'A' : is_changed(from, to) ? 'C' : 0;
    if (kind)
        print_ancestors(ancestor);
    path_text_push(&path, to->name ? to->name->name : from->name->name);
    if (kind)
        print_path(kind, path.length);
    if (to->name && S_ISDIR(to->status.st_mode)) {
        struct ancestor here = {.parent = ancestor, .length = path.length, .printed = kind != 0};
        struct layer_level before, after;
        descend(from->level, from, &before);
        descend(to->level, to, &after);
        compare_levels(&before, &after, &here);
        layers_close(&before);
        layers_close(&after);
    }
    path_text_pop(&path);
}

struct names {
    struct layer_name *names;
    size_t count, at;
};

/* The next name that is shown; names that are hidden, or vanish, are passed over. */
static void next_name(struct side *side, struct names *list) {
    for (side->name = NULL; list->at < list->count; list->at++) {
        const struct layer_name *name = &list->names[list->at];
        if (name->hidden || !layers_status(side->level, name, &side->status))
            continue;
        side->name = name;
        return;
    }
}

static void compare_levels(const struct layer_level *from, const struct layer_level *to,
                           struct ancestor *ancestor) {
    struct names old = {0}, new = {0};
    old.names = layers_names(from, &old.count);
    new.names = layers_names(to, &new.count);
    for (;;) {
        struct side one = {.level = from}, other = {.level = to};
        next_name(&one, &old);
        next_name(&other, &new);
        if (!one.name && !other.name)
            break;
        int order = !one.name ? 1 : !other.name ? -1 : strcmp(one.name->name, other.name->name);
        if (order < 0)
            other.name = NULL;
        if (order > 0)
            one.name = NULL;
        old.at += one.name != NULL;
        new.at += other.name != NULL;
        compare_name(&one, &other, ancestor);
    }
    layers_free_names(old.names, old.count);
    layers_free_names(new.names, new.count);
}

void tree_changes_between(const struct layer *from, size_t from_count, const struct layer *to,
                          size_t to_count) {
    struct ancestor top = {0};
    struct layer_level before, after;
    layers_open(&before, from, from_count);
    layers_open(&after, to, to_count);
    compare_levels(&before, &after, &top);
    if (fflush(stdout) != 0)
        die_errno(125, "printing changes");
}
