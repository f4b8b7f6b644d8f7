/* Metadata-only layers: another owner for every file, and no copy of its data. */
#ifndef TSPOD_TREE_META_H
#define TSPOD_TREE_META_H

#include "plan.h"

/*
 * Carries out a TREE_META op: makes the new directory as one layer for overlayfs that shows what the source
 * layers show on top of each other. (One for each of them would not do: overlayfs follows a file without data
 * only from the lowest layer to the data-only ones.) Its files have no data of their own, but point
 * (user.overlay.redirect) at those of the source that they come from. The data-only lower directory to mount
 * with it (lowerdir=NEW::DATA) is the one two levels above the sources: for DATA/ab12/diff the file
 * etc/passwd points at /ab12/diff/etc/passwd, a name that no other layer has. A file of id c gets `outside` +
 * c - `inside` of the map that holds c. With several sources they are mounted on the place that the op names
 * for as long as it takes, and the process stays in a mount namespace of its own. Dies with status 125; what
 * was made stays behind.
 */
void tree_meta(const struct plan_op *op);

#endif
