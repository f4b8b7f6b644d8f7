/* Extended attributes of the files of a tree. */
#ifndef TSPOD_TREE_ATTRIBUTES_H
#define TSPOD_TREE_ATTRIBUTES_H

#include "tree_replicate.h"

/*
 * Gives the open file `to` the extended attributes of the file that entry names, as rules->attribute says.
 * Those of the trusted and security classes that may not be set are left out, but security.capability; so are
 * all where the file system has none. Changes the working directory. Dies with status 125.
 */
void tree_attributes_copy(const struct tree_entry *entry, int to, const struct tree_rules *rules);

#endif
