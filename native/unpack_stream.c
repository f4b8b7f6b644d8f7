#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "unpack.h"

/* More than the texts of any record may have. */
#define LARGEST (16u << 20)

/* Reads more behind what is there. False at the end. */
static bool fill(struct unpack_stream *stream) {
    if (stream->start == stream->end)
        stream->start = stream->end = 0;
    if (stream->end == stream->size) {
        memmove(stream->buffer, stream->buffer + stream->start, stream->end - stream->start);
        stream->end -= stream->start;
        stream->start = 0;
    }
    ssize_t got;
    do
        got = read(stream->fd, stream->buffer + stream->end, stream->size - stream->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        die_errno(125, "reading what is to be unpacked");
    stream->end += (size_t)got;
    return got > 0;
}

/* Copies the next bytes. False at the end of the stream. */
static bool take(struct unpack_stream *stream, char *to, size_t length) {
    while (length > 0) {
        size_t there = stream->end - stream->start;
        if (there == 0) {
            if (!fill(stream))
                return false;
            continue;
        }
        size_t part = there < length ? there : length;
        memcpy(to, stream->buffer + stream->start, part);
        stream->start += part;
        to += part;
        length -= part;
    }
    return true;
}

static bool take_text(struct unpack_stream *stream, char **to, uint32_t length) {
    bool complete = take(stream, *to, length);
    (*to)[length] = '\0';
    *to += length + 1u;
    return complete;
}

bool unpack_next(struct unpack_stream *stream, struct unpack_item *item) {
    struct unpack_record *record = &item->record;
    if (!take(stream, (char *)record, sizeof *record))
        return false;
    uint64_t length = (uint64_t)record->path_length + record->link_length + record->attributes_length + 3;
    if (length > LARGEST)
        die(125, "unpacking: a record of %llu bytes", (unsigned long long)length);
    if (length > stream->texts_size) {
        free(stream->texts);
        stream->texts_size = length * 2;
        stream->texts = malloc(stream->texts_size);
        if (!stream->texts)
            die(125, "unpacking: out of memory");
    }
    char *at = stream->texts;
    item->path = at;
    item->link = at + record->path_length + 1;
    item->attributes = item->link + record->link_length + 1;
    return take_text(stream, &at, record->path_length) && take_text(stream, &at, record->link_length) &&
           take_text(stream, &at, record->attributes_length);
}

size_t unpack_some(struct unpack_stream *stream, uint64_t length, const char **data) {
    if (stream->start == stream->end && !fill(stream))
        _exit(125); /* who gave the orders has given up */
    size_t there = stream->end - stream->start, part = there < length ? there : (size_t)length;
    *data = stream->buffer + stream->start;
    stream->start += part;
    return part;
}
