/* Work on trees of files with the ids of the common user namespace. All die with status 125 on failure. */
#ifndef TSPOD_TREE_H
#define TSPOD_TREE_H

#include <sys/types.h>

/* Removes path and what is below it; it crosses no mount and follows no link. A missing path is no error. */
void tree_remove(const char *path);

/* The same; of a large tree a second process removes files from the other end on. */
void tree_remove_by_two(const char *path);

/* Fills the empty directory `volume` with what is at `path` inside `root` (resolved inside it), owner and
 * mode too. */
void tree_copy_up(const char *root, const char *path, const char *volume);

/* Gives path and what is below it to uid and gid, touching only what differs. */
void tree_chown(const char *path, uid_t uid, gid_t gid);

#endif
