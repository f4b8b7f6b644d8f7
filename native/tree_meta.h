/* Metadata-only layers: another owner for every file, and no copy of its data. */
#ifndef TSPOD_TREE_META_H
#define TSPOD_TREE_META_H

#include "plan.h"

/*
 * Carries out a TREE_META op: makes the new directory as a layer for overlayfs whose files have no data of
 * their own, but point (user.overlay.redirect) at those of the source. The data-only lower directory to mount
 * with it (lowerdir=NEW::DATA) is the one two levels above the source: for DATA/ab12/diff the file etc/passwd
 * points at /ab12/diff/etc/passwd, a name that no other layer has, so a file with several names is found
 * whatever the layers above it replace. A file of id c gets `outside` + c - `inside` of the map that holds c.
 * Dies with status 125; what was made stays behind.
 */
void tree_meta(const struct plan_op *op);

#endif
