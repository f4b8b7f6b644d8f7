#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "io.h"

struct walk {
    const struct copy_place *place;
    struct stat root; /* of the container */
    struct path_text path;
    copy_visitor *visit;
    void *context;
};

static const char *path_of(const struct walk *walk) {
    return walk->path.length > 0 ? walk->path.text + 1 : "";
}

static int compare(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static char **read_names(int directory, size_t *count, const char *path) {
    char **names = NULL;
    size_t room = 0;
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (!stream)
        die_errno(125, "reading directory \"%s\"", path);
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (*count == room)
            names = realloc(names, (room = room ? room * 2 : 64) * sizeof *names);
        if (!names || !(names[*count] = strdup(entry->d_name)))
            die(125, "reading directory \"%s\": out of memory", path);
        ++*count;
    }
    closedir(stream);
    if (names)
        qsort(names, *count, sizeof *names, compare);
    return names;
}

static bool is_same(const struct stat *one, const struct stat *other) {
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* /dev, /proc and /sys are the machine's, not files that somebody would keep. */
static bool is_passed_over(const struct walk *walk, const struct stat *directory, const char *name) {
    if (!walk->place->container || !is_same(directory, &walk->root))
        return false;
    return strcmp(name, "dev") == 0 || strcmp(name, "proc") == 0 || strcmp(name, "sys") == 0;
}

bool copy_is_of_kernel(int fd) {
    struct statfs status;
    return fstatfs(fd, &status) == 0 && (status.f_type == PROC_SUPER_MAGIC || status.f_type == SYSFS_MAGIC);
}

static void walk_below(struct walk *walk, const struct copy_entry *directory);

static void visit_directory(struct walk *walk, struct copy_entry *entry) {
    int autoclose readable = openat(entry->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (readable < 0 && errno == EACCES && walk->place->running) {
        dprintf(2, "Warning: \"%s\" left out: %s\n", entry->path, strerror(errno));
        return;
    }
    if (readable < 0)
        die_errno(125, "opening directory \"%s\"", entry->path);
    entry->fd = entry->directory = readable;
    entry->name = ".";
    if (!walk->visit(entry, COPY_ENTER, walk->context))
        return;
    walk_below(walk, entry);
    entry->path = path_of(walk); /* the text may have moved */
    walk->visit(entry, COPY_LEAVE, walk->context);
}

static void visit_name(struct walk *walk, const struct copy_entry *directory, const char *name) {
    int autoclose fd = openat(directory->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct copy_entry entry = {.fd = fd, .directory = directory->fd, .name = name};
    if (fd < 0 && errno == ENOENT)
        return;
    path_text_push(&walk->path, name);
    entry.path = path_of(walk);
    if (fd < 0 || fstat(fd, &entry.status) < 0)
        die_errno(125, "opening \"%s\"", entry.path);
    bool mounted = entry.status.st_dev != directory->status.st_dev;
    if (!S_ISDIR(entry.status.st_mode))
        walk->visit(&entry, COPY_FILE, walk->context);
    else if (!(walk->place->container && mounted && copy_is_of_kernel(fd)))
        visit_directory(walk, &entry);
    path_text_pop(&walk->path);
}

static void walk_below(struct walk *walk, const struct copy_entry *directory) {
    size_t count = 0;
    char **names = read_names(directory->fd, &count, directory->path);
    for (size_t i = 0; i < count; i++) {
        if (!is_passed_over(walk, &directory->status, names[i]))
            visit_name(walk, directory, names[i]);
        free(names[i]);
    }
    free(names);
}

void copy_walk(const struct copy_place *place, const struct copy_found *found, const char *name,
               copy_visitor *visit, void *context) {
    struct walk walk = {.place = place, .visit = visit, .context = context};
    struct copy_entry entry = {.fd = found->fd, .status = found->status};
    if (place->container && fstat(place->root, &walk.root) < 0)
        die_errno(125, "looking at the root of container \"%s\"", place->container);
    if (name[0])
        path_text_push(&walk.path, name);
    entry.path = path_of(&walk);
    entry.directory = found->parent;
    entry.name = found->name;
    if (!S_ISDIR(entry.status.st_mode)) {
        visit(&entry, COPY_FILE, context);
    } else if (name[0]) {
        visit_directory(&walk, &entry);
    } else {
        int autoclose readable = openat(entry.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        entry.fd = readable;
        if (readable < 0)
            die_errno(125, "opening directory \"%s\"", place->typed);
        walk_below(&walk, &entry);
    }
    free(walk.path.text);
}

int copy_open_data(const struct copy_entry *entry) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", entry->fd);
    return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}
