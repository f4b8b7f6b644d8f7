/* Descriptors of the caller that the program gets: PRESERVE_FDS and PRESERVE_FD_LIST. */
#ifndef TSPOD_PRESERVE_H
#define TSPOD_PRESERVE_H

#include "plan.h"

/* Nothing that is executed in between gets them. */
void preserve_guard(const struct plan *plan);

/* What is executed next gets them. */
void preserve_pass(const struct plan *plan);

void preserve_close(const struct plan *plan);

#endif
