#include "cgroup_keeper.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"

static _Noreturn void keep(pid_t monitor) {
    sigset_t none;
    sigemptyset(&none);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != monitor)
        _exit(1);
    syscall(SYS_close_range, 0u, ~0u,
            0u); /* who waits for the ends of the caller's streams waits for the monitor */
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (;;)
        pause();
}

pid_t keeper_start(void) {
    pid_t monitor = getpid(), pid = fork();
    if (pid < 0)
        die_errno(125, "forking");
    if (pid == 0)
        keep(monitor);
    return pid;
}
