/* The caller's terminal. */
#ifndef TSPOD_TERMINAL_H
#define TSPOD_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct terminal {
    bool is_raw;
    struct termios before;
};

/* Makes the terminal on standard input raw, where there is one: every key goes to the container. */
void terminal_make_raw(struct terminal *terminal);

/* Gives it its former mode back; does nothing where it was not made raw. */
void terminal_restore(struct terminal *terminal);

/* Keeps the window size for children that no longer have the terminal. */
void terminal_remember_size(void);

/* The window size of the terminal on standard input or output, else the one remembered. False where there is
 * none. */
bool terminal_size(unsigned short *rows, unsigned short *columns);

/* Node may have made standard streams non-blocking, for all that share them. */
void terminal_make_blocking(void);

#endif
