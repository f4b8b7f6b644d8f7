#include "terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_make_raw(struct terminal *terminal) {
    if (tcgetattr(0, &terminal->before) < 0)
        return;
    struct termios raw = terminal->before;
    cfmakeraw(&raw);
    terminal->is_raw = tcsetattr(0, TCSADRAIN, &raw) == 0;
}

void terminal_restore(struct terminal *terminal) {
    if (terminal->is_raw)
        tcsetattr(0, TCSADRAIN, &terminal->before);
    terminal->is_raw = false;
}

static struct winsize remembered;

void terminal_remember_size(void) {
    if (ioctl(0, TIOCGWINSZ, &remembered) < 0 && ioctl(1, TIOCGWINSZ, &remembered) < 0)
        remembered.ws_row = 0;
}

bool terminal_size(unsigned short *rows, unsigned short *columns) {
    struct winsize size;
    if (ioctl(0, TIOCGWINSZ, &size) < 0 && ioctl(1, TIOCGWINSZ, &size) < 0)
        size = remembered;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return size.ws_row > 0;
}

void terminal_make_blocking(void) {
    for (int fd = 0; fd <= 2; fd++) {
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && flags & O_NONBLOCK)
            fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    }
}
