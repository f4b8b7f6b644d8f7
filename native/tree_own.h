/* Whether somebody else owns files of a tree. */
#ifndef TSPOD_TREE_OWN_H
#define TSPOD_TREE_OWN_H

#include <stdbool.h>

/*
 * True when the directory and all that is below it have the owner and the group of this process. False also
 * where that takes long to find out, or cannot be.
 */
bool tree_is_own(const char *path);

#endif
