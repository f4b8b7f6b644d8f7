/* The keys that end an attached session and leave the container running. */
#ifndef TSPOD_DETACH_H
#define TSPOD_DETACH_H

#include <stdbool.h>
#include <stddef.h>

#define DETACH_KEYS_GREATEST 64

struct detach {
    const char *keys;
    size_t length;  /* 0: nothing detaches */
    size_t matched; /* keys at the start of the sequence that were typed, and are held back */
};

/*
 * Copies what was typed to `out` (of length + DETACH_KEYS_GREATEST bytes) without the sequence; a beginning
 * of it that was held back comes out once the sequence breaks. Returns the number of bytes there; *detached
 * is set when the sequence is complete.
 */
size_t detach_filter(struct detach *detach, const char *typed, size_t length, char *out, bool *detached);

#endif
