/* Maps between the ids of two user namespaces, and the attributes of files that hold ids. */
#ifndef TSPOD_ID_MAPS_H
#define TSPOD_ID_MAPS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

#define NO_ID UINT32_MAX

struct id_maps {
    struct id_map *maps;
    size_t count;
};

/* The maps "u|g from to size" of the arguments of an op from `first` on. Dies with status 125. */
void id_maps_parse(struct id_maps *maps, const struct plan_op *op, size_t first);

void id_maps_free(struct id_maps *maps);

/* What an id of kind 'u' or 'g' becomes; NO_ID when it has no place. Without any map it stays. */
uint32_t id_maps_shift(const struct id_maps *maps, char kind, uint32_t id);

/*
 * Puts the ids right that security.capability and POSIX access control lists hold. `value` has room for
 * XATTR_SIZE_MAX bytes; returns its new size.
 */
ssize_t id_maps_shift_attribute(const struct id_maps *maps, const char *name, char *value, size_t size);

#endif
