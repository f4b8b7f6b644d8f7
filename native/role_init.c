/*
 * init [--pipe FD] [--] COMMAND...: process 1 of a container with --init. Runs the command, passes signals on
 * to it, reaps what is left to it, and ends with the command's status (128+n for signal n). When the other
 * end of the pipe FD is closed, the container has lost its monitor: everything in it is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "roles.h"
#include "signals.h"

/* A group of its own, in the foreground of the terminal, where there is one. */
static void run_command(char **command) {
    setpgid(0, 0);
    if (tcgetpgrp(0) >= 0) {
        struct sigaction ignore = {.sa_handler = SIG_IGN}, standard = {.sa_handler = SIG_DFL};
        sigaction(SIGTTOU, &ignore, NULL);
        tcsetpgrp(0, getpgrp());
        sigaction(SIGTTOU, &standard, NULL);
    }
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &standard, NULL);
    execvp(command[0], command);
    if (errno == ENOENT || errno == ENOTDIR)
        die(127, "executable file \"%s\" not found", command[0]);
    die_errno(126, "running \"%s\"", command[0]);
}

/* The command's exit status once it has ended, else -1. */
static int reap(pid_t command) {
    int status, result = -1;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == command)
            result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

static int supervise(pid_t command, int signals, int monitor) {
    struct pollfd fds[] = {{.fd = signals, .events = POLLIN}, {.fd = monitor}};
    for (;;) {
        int status = reap(command);
        if (status >= 0)
            return status;
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            die_errno(125, "waiting for \"--init\"'s command");
        if (fds[1].revents & (POLLHUP | POLLERR)) {
            kill(-1, SIGKILL);
            return 128 + SIGKILL;
        }
        for (int number; (number = signals_next()) != 0;)
            if (number != SIGCHLD)
                kill(-command, number);
    }
}

int role_init(int argc, char **argv) {
    int at = argc > 1 && strcmp(argv[1], "init") == 0 ? 2 : 1, monitor = -1;
    if (at + 1 < argc && strcmp(argv[at], "--pipe") == 0) {
        monitor = atoi(argv[at + 1]);
        fcntl(monitor, F_SETFD, FD_CLOEXEC);
        at += 2;
    }
    if (at < argc && strcmp(argv[at], "--") == 0)
        at++;
    if (at >= argc)
        die(125, "usage: podman-init [--pipe FD] [--] COMMAND...");
    int signals = signals_open();
    pid_t command = fork();
    if (command < 0)
        die_errno(125, "starting \"%s\"", argv[at]);
    if (command == 0)
        run_command(argv + at);
    setpgid(command, command); /* also here: a signal may come before the command has done it */
    return supervise(command, signals, monitor);
}
