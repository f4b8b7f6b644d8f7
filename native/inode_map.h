/* Remembering inodes, to treat a file with several hard links once. */
#ifndef TSPOD_INODE_MAP_H
#define TSPOD_INODE_MAP_H

#include <stddef.h>
#include <sys/stat.h>

struct inode_map {
    struct inode_slot *slots;
    size_t used, room;
};

/*
 * The text kept for this inode (of st_dev, st_ino), or NULL where it is new: then a copy of `text` is kept
 * for it. Dies with status 125 when memory is short.
 */
const char *inode_map_put(struct inode_map *map, const struct stat *status, const char *text);

void inode_map_free(struct inode_map *map);

#endif
