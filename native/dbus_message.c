#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "dbus.h"

#define FIELD_PATH 1
#define FIELD_INTERFACE 2
#define FIELD_MEMBER 3
#define FIELD_ERROR_NAME 4
#define FIELD_REPLY_SERIAL 5
#define FIELD_DESTINATION 6
#define FIELD_SIGNATURE 8

static void put(struct dbus_bytes *bytes, const void *data, size_t size) {
    if (size == 0)
        return;
    if (bytes->size + size > bytes->room) {
        size_t room = (bytes->size + size) * 2 + 256;
        char *larger = realloc(bytes->data, room);
        bytes->failed |= !larger;
        if (!larger)
            return;
        bytes->data = larger;
        bytes->room = room;
    }
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

void dbus_align(struct dbus_bytes *bytes, size_t to) {
    static const char zeros[8];
    put(bytes, zeros, (to - bytes->size % to) % to);
}

void dbus_put_byte(struct dbus_bytes *bytes, uint8_t value) {
    put(bytes, &value, 1);
}

void dbus_put_u32(struct dbus_bytes *bytes, uint32_t value) {
    uint32_t ordered = htole32(value);
    dbus_align(bytes, 4);
    put(bytes, &ordered, sizeof ordered);
}

void dbus_put_u64(struct dbus_bytes *bytes, uint64_t value) {
    uint64_t ordered = htole64(value);
    dbus_align(bytes, 8);
    put(bytes, &ordered, sizeof ordered);
}

void dbus_put_string(struct dbus_bytes *bytes, const char *text) {
    dbus_put_u32(bytes, (uint32_t)strlen(text));
    put(bytes, text, strlen(text) + 1);
}

void dbus_put_signature(struct dbus_bytes *bytes, const char *text) {
    dbus_put_byte(bytes, (uint8_t)strlen(text));
    put(bytes, text, strlen(text) + 1);
}

struct dbus_array dbus_begin_array(struct dbus_bytes *bytes, size_t alignment) {
    struct dbus_array array;
    dbus_put_u32(bytes, 0);
    array.length_at = bytes->size - 4;
    dbus_align(bytes, alignment);
    array.start = bytes->size;
    return array;
}

void dbus_end_array(struct dbus_bytes *bytes, struct dbus_array array) {
    uint32_t length = htole32((uint32_t)(bytes->size - array.start));
    if (!bytes->failed)
        memcpy(bytes->data + array.length_at, &length, sizeof length);
}

/* A header field: a code and a variant that holds a string of some kind. */
static void put_field(struct dbus_bytes *bytes, uint8_t code, const char *type, const char *value) {
    dbus_align(bytes, 8);
    dbus_put_byte(bytes, code);
    dbus_put_signature(bytes, type);
    if (*type == 'g')
        dbus_put_signature(bytes, value);
    else
        dbus_put_string(bytes, value);
}

void dbus_put_call(struct dbus_bytes *bytes, const struct dbus_call *call, const struct dbus_bytes *body) {
    struct dbus_bytes message = {0};
    dbus_put_byte(&message, 'l');
    dbus_put_byte(&message, DBUS_CALL);
    dbus_put_byte(&message, 0);
    dbus_put_byte(&message, 1);
    dbus_put_u32(&message, (uint32_t)body->size);
    dbus_put_u32(&message, call->serial);
    struct dbus_array fields = dbus_begin_array(&message, 8);
    put_field(&message, FIELD_PATH, "o", call->path);
    put_field(&message, FIELD_INTERFACE, "s", call->interface);
    put_field(&message, FIELD_MEMBER, "s", call->member);
    put_field(&message, FIELD_DESTINATION, "s", call->destination);
    if (call->signature)
        put_field(&message, FIELD_SIGNATURE, "g", call->signature);
    dbus_end_array(&message, fields);
    dbus_align(&message, 8);
    bytes->failed |= message.failed | body->failed;
    put(bytes, message.data, message.size);
    put(bytes, body->data, body->size);
    free(message.data);
}

/* Bytes that are being taken apart; `broken` once something reaches beyond the end. */
struct reader {
    const char *data;
    size_t size, at;
    bool broken;
};

static const char *take(struct reader *reader, size_t alignment, size_t size) {
    size_t start = (reader->at + alignment - 1) / alignment * alignment;
    reader->broken |= start > reader->size || reader->size - start < size;
    if (reader->broken)
        return NULL;
    reader->at = start + size;
    return reader->data + start;
}

static uint32_t take_u32(struct reader *reader) {
    uint32_t value;
    const char *from = take(reader, 4, sizeof value);
    if (!from)
        return 0;
    memcpy(&value, from, sizeof value);
    return le32toh(value);
}

static const char *take_text(struct reader *reader, size_t length) {
    const char *text = take(reader, 1, length + 1);
    reader->broken |= !text || text[length] != '\0';
    return reader->broken ? NULL : text;
}

static const char *take_signature(struct reader *reader) {
    const char *length = take(reader, 1, 1);
    return length ? take_text(reader, (unsigned char)*length) : NULL;
}

static void take_field(struct reader *reader, struct dbus_message *message) {
    const char *code = take(reader, 8, 1);
    const char *type = take_signature(reader);
    if (reader->broken || strlen(type) != 1) {
        reader->broken = true;
        return;
    }
    uint32_t number = *type == 'u' || *type == 's' || *type == 'o' ? take_u32(reader) : 0;
    const char *text = NULL;
    if (*type == 's' || *type == 'o')
        text = take_text(reader, number);
    else if (*type == 'g')
        text = take_signature(reader);
    else if (*type != 'u')
        reader->broken = true;
    if (reader->broken)
        return;
    if (*code == FIELD_REPLY_SERIAL)
        message->reply_to = number;
    else if (*code == FIELD_MEMBER && text)
        message->member = text;
    else if (*code == FIELD_ERROR_NAME && text)
        message->name = text;
}

const char *dbus_parse(struct dbus_message *message) {
    struct reader reader = {.data = message->data, .size = message->size};
    const char *start = take(&reader, 1, 4);
    if (!start || start[0] != 'l' || start[3] != 1)
        return "not a little-endian D-Bus message of version 1";
    message->type = (uint8_t)start[1];
    message->member = message->name = "";
    message->reply_to = 0;
    uint32_t body_size = take_u32(&reader);
    take_u32(&reader);
    uint32_t fields = take_u32(&reader);
    struct reader header = {.data = message->data, .size = reader.at + fields, .at = reader.at};
    if (reader.broken || fields > message->size || header.size > message->size)
        return "D-Bus message cut off";
    while (!header.broken && header.at < header.size)
        take_field(&header, message);
    size_t body = (header.size + 7) / 8 * 8;
    if (header.broken || body > message->size || message->size - body != body_size)
        return "broken D-Bus message";
    message->body = message->data + body;
    message->body_size = body_size;
    return NULL;
}

const char *dbus_take_string(const struct dbus_message *message, size_t *at) {
    struct reader reader = {.data = message->body, .size = message->body_size, .at = *at};
    const char *text = take_text(&reader, take_u32(&reader));
    *at = reader.at;
    return reader.broken ? NULL : text;
}
