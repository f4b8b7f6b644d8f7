/* Walking a tree of files: any depth, no link followed, no mount crossed. */
#ifndef TSPOD_TREE_WALK_H
#define TSPOD_TREE_WALK_H

#include <stdbool.h>
#include <stddef.h>

enum tree_moment {
    TREE_ENTER, /* a directory, before what is in it */
    TREE_LEAVE, /* the same directory, after it */
    TREE_FILE,  /* anything else */
};

struct tree_entry {
    int directory;    /* the open directory that holds it */
    const char *name; /* in that directory; "." for the top */
    const char *path; /* the whole path, for messages */
    size_t top;       /* where in path the part below the top starts */
};

typedef void tree_visitor(const struct tree_entry *entry, enum tree_moment moment, void *context);

/*
 * Visits everything below the directory `path` (which is open as `directory` and stays so), but not itself.
 * What vanishes meanwhile is passed over. With `force` directories without permissions are given them. Dies
 * with status 125 on any other failure.
 */
void tree_walk(int directory, const char *path, bool force, tree_visitor *visit, void *context);

/* The same without `force`, each directory from its last entry to its first. */
void tree_walk_backwards(int directory, const char *path, tree_visitor *visit, void *context);

#endif
