#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "die.h"
#include "net_helper.h"

struct place {
    const char *name;
    char value[1024];
};

/* One argument with every {name} replaced; allocated. */
static char *expand(const char *text, const struct place *places, size_t count) {
    char *whole = strdup(text);
    for (size_t i = 0; whole && i < count; i++) {
        char *at, *next = NULL;
        while ((at = strstr(whole, places[i].name))) {
            const char *rest = at + strlen(places[i].name);
            if (asprintf(&next, "%.*s%s%s", (int)(at - whole), whole, places[i].value, rest) < 0)
                die(125, "out of memory");
            free(whole);
            whole = next;
        }
    }
    if (!whole)
        die(125, "out of memory");
    return whole;
}

static char **expand_all(const struct net_helper *helper, const struct plan_op *op,
                         const struct net_helper_place *place, int ending) {
    struct place places[] = {{.name = "{netns}"}, {.name = "{ready_path}"}, {.name = "{api}"},
                             {.name = "{pid}"},   {.name = "{ready}"},      {.name = "{exit}"}};
    size_t size = sizeof places[0].value;
    snprintf(places[0].value, size, "%s/netns", place->directory);
    snprintf(places[1].value, size, "%s/ready", place->directory);
    snprintf(places[2].value, size, "api.sock"); /* sun_path is short: the helper starts in the directory */
    snprintf(places[3].value, size, "%d", (int)place->pid);
    snprintf(places[4].value, size, "%d", helper->ready);
    snprintf(places[5].value, size, "%d", ending);
    char **arguments = plan_strings(op, 1);
    for (char **argument = arguments; *argument; argument++)
        *argument = expand(*argument, places, sizeof places / sizeof *places);
    return arguments;
}

static const char *package_of(const char *program) {
    return strstr(program, "pasta") ? "passt" : "slirp4netns";
}

static _Noreturn void run(const char *directory, char **arguments, const struct net_helper *helper,
                          int ending) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    fcntl(helper->ready, F_SETFD, 0);
    fcntl(ending, F_SETFD, 0);
    dup2(helper->errors, 2);
    if (chdir(directory) < 0) {
        dprintf(2, "%s: %s\n", directory, strerror(errno));
        _exit(127);
    }
    execvp(arguments[0], arguments);
    bool missing = errno == ENOENT;
    dprintf(2, "%s%s%s\n", strerror(errno), missing ? ": sudo apt install " : "",
            missing ? package_of(arguments[0]) : "");
    _exit(127);
}

void net_helper_start(struct net_helper *helper, const struct plan_op *op,
                      const struct net_helper_place *place) {
    int ending[2];
    if (pipe2(ending, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    char **arguments = expand_all(helper, op, place, ending[0]);
    helper->pid = fork();
    if (helper->pid < 0)
        die_errno(125, "starting %s", arguments[0]);
    if (helper->pid == 0)
        run(place->directory, arguments, helper, ending[0]);
    for (char **argument = arguments; *argument; argument++)
        free(*argument);
    free(arguments);
    close(ending[0]);
    helper->ending = ending[1];
}
