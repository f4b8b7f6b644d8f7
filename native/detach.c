#include "detach.h"

#include <string.h>

static size_t take(struct detach *detach, char key, char *out) {
    size_t count = 0;
    if (key != detach->keys[detach->matched]) {
        memcpy(out, detach->keys, detach->matched);
        count = detach->matched;
        detach->matched = 0;
    }
    if (key == detach->keys[detach->matched])
        detach->matched++;
    else
        out[count++] = key;
    return count;
}

size_t detach_filter(struct detach *detach, const char *typed, size_t length, char *out, bool *detached) {
    size_t count = 0;
    if (detach->length == 0 || detach->length > DETACH_KEYS_GREATEST) {
        memcpy(out, typed, length);
        return length;
    }
    for (size_t i = 0; i < length && !*detached; i++) {
        count += take(detach, typed[i], out + count);
        *detached = detach->matched == detach->length;
    }
    return count;
}
