/* What is said of mounts that cannot be, and which of them want ids of their own. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "container_idmap.h"
#include "container_mounts.h"
#include "io.h"
#include "tree.h"

struct refusal {
    int error;
    const char *path, *from, *says;
};

/* A file on a directory, a directory on a file, a way through a file, and what only the kernel knows. */
static const struct refusal refusals[] = {
    {ENOTDIR, "/directory", "file",
     "mounting file \"SOURCE\" on \"/directory\" in the container: that is a directory"},
    {ENOTDIR, "/file", "directory",
     "mounting directory \"SOURCE\" on \"/file\" in the container: that is a file"},
    {ENOTDIR, "/file", NULL, "mounting \"SOURCE\" on \"/file\" in the container: that is a file"},
    {ENOTDIR, "/file/below/it", "file", "\"/file\" is no directory"},
    {EPERM, "/file", "file", "mounting SOURCE on /file in the container: Operation not permitted"},
};

static void make_file(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && close(fd) == 0, path);
}

static void is_refused(int root, const struct refusal *refusal) {
    int ends[2], status;
    char text[2048];
    CHECK(pipe2(ends, O_CLOEXEC) == 0, "a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 2);
        errno = refusal->error;
        mounts_refused(root, "SOURCE", refusal->path, refusal->from);
    }
    close(ends[1]);
    ssize_t length = read_full(ends[0], text, sizeof text - 1);
    text[length < 0 ? 0 : length] = '\0';
    close(ends[0]);
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status), "the child ends");
    CHECK(WEXITSTATUS(status) == 126, refusal->says);
    CHECK(strstr(text, refusal->says), text);
}

static void ids_are_asked_for_by_a_flag(void) {
    struct plan_arg args[6] = {{.data = "/a"}};
    struct plan_op op = {PLAN_MOUNT, 6, args};
    CHECK(!idmap_is_asked(&op), "a plain bind");
    args[5].number = PLAN_MOUNT_IDMAP;
    CHECK(idmap_is_asked(&op), "a bind with ids of its own");
    op.code = PLAN_SYMLINK;
    CHECK(!idmap_is_asked(&op), "another op");
}

int main(void) {
    char directory[] = "/tmp/tspod-mounts-XXXXXX";
    CHECK(mkdtemp(directory) && chdir(directory) == 0, "a temporary directory");
    CHECK(mkdir("directory", 0700) == 0, "a directory");
    make_file("file");
    int root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    CHECK(root >= 0, "the root");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        is_refused(root, &refusals[i]);
    ids_are_asked_for_by_a_flag();
    close(root);
    tree_remove(directory);
    return 0;
}
