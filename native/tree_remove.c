#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tree_walk.h"

/* A second process takes longer to start than so many files to be removed. */
#define FEW 500

struct removal {
    int top;
    const char *path;
    bool by_two;
    long removed;
    pid_t second; /* 0: none */
};

static void remove_file(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    (void)context;
    if (moment == TREE_FILE)
        unlinkat(entry->directory, entry->name, 0);
}

/* What it cannot remove is left to the first, which tells why; it ends with that. */
static void start_second(struct removal *removal) {
    pid_t first = getpid();
    pid_t pid = fork();
    if (pid > 0)
        removal->second = pid;
    if (pid != 0)
        return;
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != first || nowhere < 0 || dup2(nowhere, 2) < 0)
        _exit(0);
    die_report_to(NULL);
    tree_walk_backwards(removal->top, removal->path, remove_file, NULL);
    _exit(0);
}

static void remove_entry(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    struct removal *removal = context;
    if (moment == TREE_ENTER)
        return;
    if (++removal->removed == FEW && removal->by_two)
        start_second(removal);
    int flags = moment == TREE_LEAVE ? AT_REMOVEDIR : 0;
    if (unlinkat(entry->directory, entry->name, flags) == 0 || errno == ENOENT)
        return;
    /* the directory that holds it may be without write permission, for whoever has no capability over it */
    if (errno == EACCES && fchmod(entry->directory, 0700) == 0 &&
        (unlinkat(entry->directory, entry->name, flags) == 0 || errno == ENOENT))
        return;
    die_errno(125, "removing \"%s\"", entry->path);
}

static void remove_tree(const char *path, bool by_two) {
    int autoclose directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 && errno == EACCES && chmod(path, 0700) == 0)
        directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 && (errno == ENOTDIR || errno == ELOOP)) {
        if (unlink(path) < 0 && errno != ENOENT)
            die_errno(125, "removing \"%s\"", path);
        return;
    }
    if (directory < 0 && errno == ENOENT)
        return;
    if (directory < 0)
        die_errno(125, "removing \"%s\"", path);
    struct removal removal = {.top = directory, .path = path, .by_two = by_two};
    tree_walk(directory, path, true, remove_entry, &removal);
    if (rmdir(path) < 0 && errno != ENOENT)
        die_errno(125, "removing \"%s\"", path);
    if (removal.second)
        waitpid(removal.second, NULL, 0);
}

void tree_remove(const char *path) {
    remove_tree(path, false);
}

void tree_remove_by_two(const char *path) {
    remove_tree(path, true);
}
