/* Making a layer of the store out of what an overlay has written. */
#ifndef TSPOD_TREE_SETTLE_H
#define TSPOD_TREE_SETTLE_H

#include <stdint.h>
#include <time.h>

/*
 * Takes away from the upper directory `path` what no layer holds: sockets, names that mean a whiteout in an
 * archive, the overlay's own notes but "opaque". Its files get the times that they have in an archive: whole
 * seconds, changed as `rule` (PLAN_TREE_TIMES_*) and `limit` say. Prints what was left out on standard error.
 * Dies with status 125.
 */
void tree_settle(const char *path, uint64_t rule, time_t limit);

#endif
