#include "exec_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "detach.h"
#include "die.h"
#include "io.h"
#include "signals.h"
#include "terminal.h"

#define PIECE 65536

struct session {
    int master; /* -1 once its other end is closed */
    pid_t pid;
    bool ended, detached, input_open;
    int wait_status;
    struct terminal terminal;
    struct detach detach;
};

static void set_size(const struct session *session) {
    struct winsize size = {0};
    if (session->master >= 0 && terminal_size(&size.ws_row, &size.ws_col))
        ioctl(session->master, TIOCSWINSZ, &size);
}

static void take_signal(struct session *session, int number) {
    if (number == SIGCHLD)
        session->ended |= waitpid(session->pid, &session->wait_status, WNOHANG) == session->pid;
    else if (number == SIGWINCH)
        set_size(session);
    else if (signals_is_for_program(number) && !session->ended)
        kill(session->pid, number);
}

static void take_signals(struct session *session) {
    for (int number; (number = signals_next()) != 0;)
        take_signal(session, number);
}

static void take_output(struct session *session) {
    static char piece[PIECE];
    ssize_t got = read(session->master, piece, sizeof piece);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got > 0) {
        write_full(1, piece, (size_t)got); /* a reader that has gone away does not end the program */
        return;
    }
    close(session->master);
    session->master = -1;
}

static void take_input(struct session *session) {
    char typed[4096], passed[sizeof typed + DETACH_KEYS_GREATEST];
    ssize_t got = read(0, typed, sizeof typed);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        session->input_open = false;
        if (!session->terminal.is_raw && session->master >= 0)
            write_full(session->master, "\4", 1); /* the end of a file is what ^D is to a terminal */
        return;
    }
    size_t length = detach_filter(&session->detach, typed, (size_t)got, passed, &session->detached);
    if (write_full(session->master, passed, length) < 0)
        session->input_open = false;
}

/* What the program wrote last is there when it has ended, but others may hold the terminal open. */
static void drain(struct session *session) {
    struct pollfd fd = {.fd = session->master, .events = POLLIN};
    while (session->master >= 0 && poll(&fd, 1, 0) > 0)
        take_output(session);
}

static void wait_and_take(struct session *session, int signals) {
    bool reads = session->input_open && session->master >= 0;
    struct pollfd fds[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = session->master, .events = POLLIN},
        {.fd = reads ? 0 : -1, .events = POLLIN},
    };
    if (poll(fds, 3, -1) < 0 && errno != EINTR)
        die_errno(125, "waiting for the program");
    if (fds[0].revents)
        take_signals(session);
    if (fds[1].revents)
        take_output(session);
    if (fds[2].revents && session->master >= 0)
        take_input(session);
}

int exec_relay_terminal(const struct plan *plan, int master, pid_t pid) {
    struct session session = {.master = master, .pid = pid};
    const struct plan_op *keys = plan_find(plan, PLAN_DETACH_KEYS);
    session.input_open = plan_number(plan, PLAN_FOREGROUND, 0, 0) & PLAN_FOREGROUND_STDIN;
    if (keys)
        session.detach = (struct detach){.keys = keys->args[0].data, .length = keys->args[0].length};
    int signals = signals_open();
    terminal_make_blocking();
    if (session.input_open)
        terminal_make_raw(&session.terminal);
    set_size(&session);
    /* it may have ended before its signal was waited for */
    take_signal(&session, SIGCHLD);
    while (!session.ended && !session.detached)
        wait_and_take(&session, signals);
    if (session.detached)
        exec_keep_terminal(session.master);
    else
        drain(&session);
    terminal_restore(&session.terminal);
    return session.detached ? -1 : session.wait_status;
}

void exec_keep_terminal(int master) {
    char piece[4096];
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "leaving the program in the background");
    if (pid > 0)
        return;
    setsid();
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; nothing >= 0 && fd <= 2; fd++)
        dup2(nothing, fd);
    for (;;)
        if (read(master, piece, sizeof piece) <= 0 && errno != EINTR)
            _exit(0);
}
