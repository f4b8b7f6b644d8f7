/* The helper's entry: a table of roles. */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "roles.h"

static const struct {
    const char *name;
    role *run;
} roles[] = {
    {"start", role_start},     {"monitor", role_monitor}, {"exec", role_exec}, {"attach", role_attach},
    {"enter", role_enter},     {"tree", role_tree},       {"copy", role_copy}, {"unpack", role_unpack},
    {"seccomp", role_seccomp}, {"init", role_init},       {"netd", role_netd}, {"probe", role_probe},
};

/* Node leaves SIGPIPE and SIGXFSZ ignored across execve. */
static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int main(int argc, char **argv) {
    reset_signals();
    for (size_t i = 0; argc > 1 && i < sizeof roles / sizeof *roles; i++)
        if (strcmp(argv[1], roles[i].name) == 0)
            return roles[i].run(argc, argv);
    die(125, "tspod-helper is run by tspod, not by hand (role \"%s\")", argc > 1 ? argv[1] : "");
}
