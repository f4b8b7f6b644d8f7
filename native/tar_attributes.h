/* Extended attributes of a file in an archive. */
#ifndef TSPOD_TAR_ATTRIBUTES_H
#define TSPOD_TAR_ATTRIBUTES_H

#include <stdbool.h>

#include "id_maps.h"
#include "tar_writer.h"

/*
 * Adds the extended attributes of `name` in an open directory to the next member, as SCHILY.xattr records:
 * those of users, file capabilities and access control lists, with shifted ids; those of overlayfs are left
 * out.
 */
void tar_attributes(struct tar_writer *tar, int directory, const char *name, const struct id_maps *maps);

/* Whether an attribute belongs into a layer. */
bool tar_attribute_is_kept(const char *name);

#endif
