/* Making a second tree after the model of a first. */
#ifndef TSPOD_TREE_REPLICATE_H
#define TSPOD_TREE_REPLICATE_H

#include <sys/stat.h>
#include <sys/types.h>

#include "tree_walk.h"

struct tree_rules {
    /* Gives a new regular file its content, from the file that entry names. */
    void (*fill)(int target, const struct tree_entry *entry, const struct stat *status, void *context);

    /* Changes the owner that the new file is to have. NULL: the same owner. */
    void (*owner)(struct stat *status, const char *path, void *context);

    /*
     * Changes an extended attribute: its value (there is room for XATTR_SIZE_MAX bytes), or its name. Returns
     * the size of the value, or -1 when the new file is not to have it. NULL: all are kept.
     */
    ssize_t (*attribute)(const char **name, char *value, size_t size, void *context);

    /* True when it has made in `parent` whatever is to be there instead, of a directory with all that is in
     * it. Only with one worker. NULL: nothing is. */
    bool (*other)(int parent, const struct tree_entry *entry, const struct stat *status, void *context);
    void *context;
};

/*
 * Fills the directory `to` with what is in the directory `from`, and gives it its owner, mode, times and
 * extended attributes: hard links, symbolic links and sockets too, devices where that is allowed. The working
 * directory and the mask of the process are as before afterwards. With more than one worker that many
 * processes make the files. Dies with status 125.
 */
void tree_replicate(int from, const char *from_path, int to, const struct tree_rules *rules,
                    unsigned workers);

#endif
