#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "die.h"

static int ends[2] = {-1, -1}; /* a handler has no other way to its data */

static void catch (int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t put = write(ends[1], &byte, 1);
    (void)put;
    errno = error;
}

static bool is_left_alone(int number) {
    switch (number) {
    case SIGKILL:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT:
    case SIGURG:
        return true;
    default:
        return number == SIGRTMIN - 1 || number == SIGRTMIN - 2; /* the C library's own */
    }
}

int signals_open(void) {
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        die_errno(125, "making a pipe for signals");
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action = {.sa_handler = number == SIGPIPE ? SIG_IGN : catch};
        if (!is_left_alone(number) && sigaction(number, &action, NULL) < 0)
            die_errno(125, "catching signal %d", number);
    }
    return ends[0];
}

int signals_next(void) {
    unsigned char byte;
    return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

bool signals_is_for_program(int number) {
    return number != 0 && number != SIGCHLD && number != SIGWINCH && number != SIGCONT;
}

void signals_die(int number) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigaction(number, &standard, NULL);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
    _exit(128 + number);
}
