/* What was changed in a tree of files, as Podman's `diff` tells it. */
#ifndef TSPOD_TREE_CHANGES_H
#define TSPOD_TREE_CHANGES_H

#include "layers.h"

/*
 * Prints the changes that layers[0] makes to those below it: "A", "C" or "D", a path, and a NUL byte each.
 * Source: containers/storage, pkg/archive/changes.go, OverlayChanges().
 */
void tree_changes_of_layer(const struct layer *layers, size_t count);

/* Prints in the same form what makes the first tree of layers the second one. */
void tree_changes_between(const struct layer *from, size_t from_count, const struct layer *to,
                          size_t to_count);

#endif
