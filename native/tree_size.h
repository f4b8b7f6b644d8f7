/* How much a tree of files takes. */
#ifndef TSPOD_TREE_SIZE_H
#define TSPOD_TREE_SIZE_H

#include <stdint.h>

struct tree_size {
    uint64_t allocated; /* bytes on the disk, of files and directories */
    uint64_t apparent;  /* the lengths of everything but directories */
    uint64_t entries;   /* names below the top */
};

/* Counts a file with several hard links once (its names still count as entries). A missing path has the size
 * 0. */
struct tree_size tree_size(const char *path);

#endif
