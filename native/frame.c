#include "frame.h"

#include <string.h>

#include "io.h"
#include "protocol.h"

static void put_u32(unsigned char *to, uint32_t number) {
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(number >> (8 * i));
}

static uint32_t get_u32(const unsigned char *from) {
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

void frame_header(unsigned char *header, uint8_t type, uint32_t length) {
    header[0] = type;
    put_u32(header + 1, length);
}

int frame_send(int socket, uint8_t type, const void *data, uint32_t length) {
    unsigned char header[FRAME_HEADER];
    frame_header(header, type, length);
    if (send_full(socket, header, sizeof header) < 0)
        return -1;
    return send_full(socket, data, length);
}

int frame_send_number(int socket, uint8_t type, uint32_t number) {
    unsigned char bytes[4];
    put_u32(bytes, number);
    return frame_send(socket, type, bytes, sizeof bytes);
}

int frame_send_error(int socket, uint32_t status, const char *text) {
    size_t length = strnlen(text, FRAME_GREATEST - 4);
    unsigned char bytes[4 + 2048];
    if (length > sizeof bytes - 4)
        length = sizeof bytes - 4;
    put_u32(bytes, status);
    memcpy(bytes + 4, text, length);
    return frame_send(socket, FRAME_ERROR, bytes, (uint32_t)length + 4);
}

bool frame_receive(int socket, struct frame *frame) {
    unsigned char header[FRAME_HEADER];
    if (read_full(socket, header, sizeof header) != sizeof header)
        return false;
    frame->type = header[0];
    frame->length = get_u32(header + 1);
    if (frame->length > FRAME_GREATEST)
        return false;
    frame->data[frame->length] = '\0';
    return read_full(socket, frame->data, frame->length) == (ssize_t)frame->length;
}

uint32_t frame_number(const struct frame *frame) {
    return frame->length < 4 ? 0 : get_u32((const unsigned char *)frame->data);
}
