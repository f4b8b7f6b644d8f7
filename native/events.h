/* What happens to a container, written where the user's events are kept: texts that TypeScript has prepared,
 * with time, status and numbers put in. Events that cannot be written are lost: they never stop a container.
 */
#ifndef TSPOD_EVENTS_H
#define TSPOD_EVENTS_H

#include "plan.h"

struct event {
    const char *status;
    const char *health; /* NULL: not in the event */
    unsigned streak;    /* with health: failures in a row */
    const char *log;    /* with health: the result as JSON; NULL: not in the event */
    const int *code;    /* exit status; NULL: not in the event */
};

/* An event of now; it waits for events_write, so that those of one moment are written in one go. */
void events_note(const struct plan *plan, struct event event);

/* What had happened before the plan was made; once. */
void events_note_earlier(const struct plan *plan);

/* The volumes that went with the container. */
void events_note_volumes(const struct plan *plan);

void events_write(const struct plan *plan);

/* For a process that is about to lose sight of the file. */
void events_open(const struct plan *plan);

#endif
