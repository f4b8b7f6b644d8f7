/* The data of regular files, with their holes. */
#ifndef TSPOD_TREE_DATA_H
#define TSPOD_TREE_DATA_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Finds the next stretch of data of an open file from *at on, before `size`, and moves the file's position
 * there: *at is its start then, the result its end; -1 when only a hole is left. Where holes cannot be told
 * all of it is data. Dies with status 125.
 */
off_t tree_next_data(int fd, off_t *at, off_t size, const char *path);

/* Copies the data of one open file to another, sharing it where the file system can, and leaves the holes. */
void tree_copy_data(int from, int to, off_t size, const char *path);

#endif
