/* The data of files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "unpack.h"

/* In bytes: smaller files are left to the sync at the end, larger ones begin to be written before they end.
 */
#define LARGE_FILE (64u << 10)
#define WRITTEN_AT_ONCE (4u << 20)

/* In bytes: from this size on a file that nobody runs goes past the page cache, which spares memory for as
 * much as hardly anybody reads at once. Memory, offsets and lengths have to be multiples of ALIGNED then. */
#define HUGE_FILE (4u << 20)
#define GATHERED (1u << 20)
#define ALIGNED 4096u

/* Lets what has been given to the file go to the disk while more comes: the sync at the end, which is told of
 * errors, finds less to do. */
static void begin_writing(struct unpack_layer *layer) {
    sync_file_range(layer->file, 0, 0, SYNC_FILE_RANGE_WRITE);
    layer->unwritten = 0;
}

static int write_at(int fd, const char *data, size_t length, uint64_t offset) {
    while (length > 0) {
        ssize_t put = pwrite(fd, data, length, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        /* what is written past the cache may have to be aligned otherwise, or not be possible here */
        if (put < 0 && errno == EINVAL && (fcntl(fd, F_GETFL) & O_DIRECT) && fcntl(fd, F_SETFL, 0) == 0)
            continue;
        if (put < 0)
            return -1;
        data += put;
        offset += (uint64_t)put;
        length -= (size_t)put;
    }
    return 0;
}

static int write_gathered(struct unpack_layer *layer, size_t length) {
    if (write_at(layer->file, layer->gathered, length, layer->gathered_at) < 0)
        return -1;
    layer->gathered_at += length;
    layer->filled -= length;
    memmove(layer->gathered, layer->gathered + length, layer->filled);
    return 0;
}

void unpack_begin_data(struct unpack_layer *layer, uint64_t size) {
    layer->unwritten = 0;
    layer->is_gathering = size >= HUGE_FILE && fcntl(layer->file, F_SETFL, O_DIRECT) == 0;
    if (!layer->is_gathering)
        return;
    layer->gathered_at = layer->filled = 0;
    if (!layer->gathered && posix_memalign((void **)&layer->gathered, ALIGNED, GATHERED) != 0)
        die(125, "unpacking: out of memory");
}

static int write_rest(struct unpack_layer *layer) {
    if (!layer->is_gathering)
        return 0;
    layer->is_gathering = false;
    if (write_gathered(layer, layer->filled & ~(size_t)(ALIGNED - 1)) < 0)
        return -1;
    return fcntl(layer->file, F_SETFL, 0) < 0 ? -1 : write_gathered(layer, layer->filled);
}

int unpack_end_data(struct unpack_layer *layer) {
    if (write_rest(layer) < 0)
        return -1;
    if (layer->unwritten >= LARGE_FILE)
        begin_writing(layer);
    return 0;
}

static int gather(struct unpack_layer *layer, const char *data, size_t length) {
    while (length > 0) {
        size_t room = GATHERED - layer->filled, part = length < room ? length : room;
        memcpy(layer->gathered + layer->filled, data, part);
        layer->filled += part;
        data += part;
        length -= part;
        if (layer->filled == GATHERED && write_gathered(layer, GATHERED) < 0)
            return -1;
    }
    return 0;
}

static int put(struct unpack_layer *layer, const char *data, size_t length, uint64_t offset) {
    if (layer->is_gathering && offset == layer->gathered_at + layer->filled)
        return gather(layer, data, length);
    if (write_rest(layer) < 0 || write_at(layer->file, data, length, offset) < 0)
        return -1;
    layer->unwritten += length;
    if (layer->unwritten >= WRITTEN_AT_ONCE)
        begin_writing(layer);
    return 0;
}

int unpack_data(struct unpack_stream *stream, struct unpack_layer *layer, uint64_t offset, uint64_t length) {
    while (length > 0) {
        const char *data;
        size_t part = unpack_some(stream, length, &data);
        if (layer->file >= 0 && put(layer, data, part, offset) < 0)
            return -1;
        offset += part;
        length -= part;
    }
    return 0;
}
