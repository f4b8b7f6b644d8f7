/* The client side of a container's streams: terminal, window size, detach keys, signals. */
#ifndef TSPOD_RELAY_H
#define TSPOD_RELAY_H

#include "plan.h"

/*
 * Relays between the caller's standard streams and a monitor until the container ends or the user detaches.
 * Returns the exit status to end with. FOREGROUND says what is relayed. FRAME_STARTED is the first frame of a
 * container that runs (with FOREGROUND_PRINT_ID the id is printed then); FRAME_ERROR is printed as "Error:
 * TEXT", its status returned. The end of the stream without FRAME_EXIT is an error: the monitor was killed.
 */
int relay_run(int socket, const struct plan *plan);

#endif
