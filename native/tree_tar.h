/* A tree of layers as a tar archive. */
#ifndef TSPOD_TREE_TAR_H
#define TSPOD_TREE_TAR_H

#include <stdint.h>

#include "layers.h"

/*
 * Writes the merged tree of layers to the file `archive` ("-" for standard output), names in the order of
 * their bytes, times in whole seconds as Podman has them, hard links and extended attributes too; sockets are
 * left out. With PLAN_TREE_WHITEOUTS the archive is a layer: what is hidden becomes ".wh.NAME" and
 * ".wh..wh..opq" (OCI image spec, layer.md); with PLAN_TREE_IMAGE files of such names are left out. Returns
 * the sum of the sizes of the files. Dies with status 125.
 */
uint64_t tree_tar(const char *archive, const struct layer *layers, size_t count, uint64_t flags);

#endif
