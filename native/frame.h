/* Frames between the monitor and its clients (protocol.h): u8 type, u32 length (little-endian), data. */
#ifndef TSPOD_FRAME_H
#define TSPOD_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER 5
#define FRAME_GREATEST 16384 /* bytes of data in one frame, at most */

struct frame {
    uint8_t type; /* enum frame_type */
    uint32_t length;
    char data[FRAME_GREATEST + 1]; /* a NUL behind it */
};

/* Writes the five bytes before the data. */
void frame_header(unsigned char *header, uint8_t type, uint32_t length);

/* Sends one frame, waiting as long as it takes, without SIGPIPE. -1 with errno on failure. */
int frame_send(int socket, uint8_t type, const void *data, uint32_t length);

/* FRAME_STARTED, FRAME_EXIT: one number. */
int frame_send_number(int socket, uint8_t type, uint32_t number);

/* FRAME_ERROR: status and text. */
int frame_send_error(int socket, uint32_t status, const char *text);

/* Waits for one frame. False at the end of the stream, or when it is broken. */
bool frame_receive(int socket, struct frame *frame);

/* The number at the start of the data, 0 where there is none. */
uint32_t frame_number(const struct frame *frame);

#endif
