/* Making a layer of what a container has written. */
#ifndef TSPOD_TREE_LAYER_H
#define TSPOD_TREE_LAYER_H

#include "layers.h"

/*
 * Copies an upper directory to the new directory `target` as a layer of the store: owners shifted back, times
 * in whole seconds (as the layer's archive has them), whiteouts as devices and opaque directories by
 * attribute whatever they were, nothing else of overlayfs's own, no sockets. Data are shared where the file
 * system can. What cannot be in a layer is left out and named on standard error. Dies with status 125.
 */
void tree_layer(const struct layer *upper, const char *target);

#endif
