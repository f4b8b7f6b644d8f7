/* Work on trees of files, in a temporary directory. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "protocol.h"
#include "tree.h"
#include "tree_meta.h"
#include "tree_own.h"
#include "tree_settle.h"
#include "tree_size.h"

#define DEPTH 2000

static void write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0, path);
}

static void make(const char *path, mode_t mode) {
    CHECK(mkdir(path, mode) == 0, path);
}

static void make_source(void) {
    make("source", 0755);
    make("source/etc", 0750);
    write_text("source/etc/passwd", "root");
    CHECK(link("source/etc/passwd", "source/etc/hard") == 0, "hard link");
    CHECK(symlink("/etc/passwd", "source/link") == 0, "symbolic link");
    CHECK(symlink("/etc", "source/way") == 0, "symbolic link to a directory");
    CHECK(mkfifo("source/fifo", 0600) == 0, "FIFO");
    write_text("source/holes", "x");
    CHECK(truncate("source/holes", 8 << 20) == 0, "file with a hole");
    CHECK(chmod("source/etc/hard", 04711) == 0, "set-uid bit");
}

static void sizes_count_hard_links_once(void) {
    struct tree_size size = tree_size("source");
    CHECK(size.entries == 7, "every name is an entry");
    CHECK(size.apparent == (8 << 20) + 4 + 11 + 4, "the lengths are added up");
    CHECK(size.allocated < 1 << 20, "a hole takes no space");
    CHECK(tree_size("nothing").entries == 0, "a missing tree is empty");
}

static void copy_up_fills_an_empty_volume(void) {
    struct stat one, other;
    make("volume", 0700);
    tree_copy_up("source", "/", "volume");
    CHECK(stat("volume/etc/passwd", &one) == 0 && stat("volume/etc/hard", &other) == 0, "files are copied");
    CHECK(one.st_ino == other.st_ino && one.st_nlink == 2, "hard links stay");
    CHECK((one.st_mode & 07777) == 04711, "the mode stays");
    CHECK(stat("volume/etc", &one) == 0 && (one.st_mode & 07777) == 0750, "so does that of directories");
    CHECK(stat("volume", &one) == 0 && (one.st_mode & 07777) == 0755, "so does that of the volume");
    CHECK(lstat("volume/link", &one) == 0 && S_ISLNK(one.st_mode), "links stay links");
    CHECK(lstat("volume/fifo", &one) == 0 && S_ISFIFO(one.st_mode), "FIFOs stay FIFOs");
    CHECK(stat("volume/holes", &one) == 0 && one.st_size == 8 << 20 && one.st_blocks < 2048,
          "holes stay holes");
    CHECK(stat("source/holes", &other) == 0 && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec, "times stay");
}

static void copy_up_stays_inside_the_root(void) {
    struct stat status;
    make("inside", 0700);
    tree_copy_up("source", "/way/../../way", "inside");
    CHECK(stat("inside/hard", &status) == 0, "an absolute link is one inside the root");
    write_text("inside/new", "");
    tree_copy_up("source", "/", "inside");
    CHECK(stat("inside/link", &status) < 0, "a volume that is not empty is left alone");
    make("empty", 0700);
    tree_copy_up("source", "/no/such/path", "empty");
    CHECK(rmdir("empty") == 0, "a path that is not in the image fills nothing");
}

static void chown_restores_the_mode(void) {
    struct stat status;
    if (geteuid() != 0) /* covered where the test is run as root of a user namespace */
        return;
    tree_chown("volume", 7, 8);
    CHECK(lstat("volume/link", &status) == 0 && status.st_uid == 7 && status.st_gid == 8,
          "links are given away");
    CHECK(stat("volume/etc/passwd", &status) == 0 && status.st_uid == 7, "files are given away");
    CHECK((status.st_mode & 07777) == 04711, "they keep their set-uid bit");
    CHECK(stat("source/etc/passwd", &status) == 0 && status.st_uid == 0, "what links point at is not");
}

static void meta_points_at_the_data(void) {
    char source[PATH_MAX], map[2][64], text[PATH_MAX] = "";
    CHECK(mkdir("layer", 0700) == 0 && rename("source", "layer/source") == 0, "a layer");
    CHECK(realpath("layer/source", source), "its path");
    snprintf(map[0], sizeof map[0], "u %u %u 1", geteuid(), geteuid());
    snprintf(map[1], sizeof map[1], "g %u %u 1", getegid(), getegid());
    struct plan_arg args[] = {
        {.data = "meta"}, {.data = "merged"}, {.data = source}, {.data = map[0]}, {.data = map[1]}};
    struct plan_op op = {PLAN_TREE_META, 5, args};
    struct stat one, other;
    tree_meta(&op);
    CHECK(stat("meta/etc/hard", &one) == 0 && stat("meta/etc/passwd", &other) == 0, "every name is there");
    CHECK(one.st_ino == other.st_ino && one.st_size == 4 && (one.st_mode & 07777) == 04711,
          "size and mode stay");
    CHECK(stat("meta/holes", &one) == 0 && one.st_blocks <= 8, "there is no data");
    CHECK(getxattr("meta/etc/passwd", "user.overlay.metacopy", text, sizeof text) == 0, "it is marked so");
    CHECK(getxattr("meta/holes", "user.overlay.redirect", text, sizeof text) == 19, "and points at the data");
    CHECK(strcmp(text, "/layer/source/holes") == 0, "from two directories above");
}

static void make_deep(void) {
    int before = open(".", O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < DEPTH; i++)
        CHECK(mkdir("d", 0700) == 0 && chdir("d") == 0, "a deep tree");
    CHECK(chmod(".", 0) == 0, "a directory without permissions");
    CHECK(fchdir(before) == 0 && close(before) == 0, "back");
}

static void remove_takes_everything(void) {
    struct stat status;
    make("outside", 0700);
    write_text("outside/kept", "");
    make("gone", 0700);
    CHECK(symlink("../outside", "gone/link") == 0 && symlink("outside", "alias") == 0, "links");
    make("gone/locked", 0700);
    write_text("gone/locked/file", "");
    CHECK(chmod("gone/locked", 0) == 0 && chdir("gone") == 0, "a directory without permissions");
    make_deep();
    CHECK(chdir("..") == 0, "back");
    tree_remove("gone");
    CHECK(lstat("gone", &status) < 0 && errno == ENOENT, "the tree is gone");
    tree_remove("alias");
    CHECK(lstat("alias", &status) < 0, "a link is removed itself");
    CHECK(stat("outside/kept", &status) == 0, "what links point at is kept");
    tree_remove("gone");
}

static void make_large(void) {
    char path[64];
    make("large", 0755);
    for (int folder = 0; folder < 40; folder++) {
        snprintf(path, sizeof path, "large/%d", folder);
        make(path, 0755);
        for (int file = 0; file < 50; file++) {
            snprintf(path, sizeof path, "large/%d/%d", folder, file);
            write_text(path, "");
        }
    }
    CHECK(chmod("large/7", 0500) == 0 && chmod("large/30", 0) == 0, "directories without permissions");
}

static void two_remove_what_one_does(void) {
    struct stat status;
    for (int round = 0; round < 10; round++) {
        make_large();
        tree_remove_by_two("large");
        CHECK(lstat("large", &status) < 0 && errno == ENOENT, "a large tree is removed");
        CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "the second process has ended");
    }
    make_source();
    tree_remove_by_two("source");
    CHECK(lstat("source", &status) < 0, "so is a small one");
    tree_remove_by_two("source");
}

static void settling_leaves_what_a_layer_holds(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "upper/socket"};
    struct stat status;
    make("upper", 0700);
    make("upper/new", 0755);
    write_text("upper/new/file", "text");
    write_text("upper/.wh.name", "");
    CHECK(symlink("nowhere", "upper/link") == 0, "a link to nowhere");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && close(fd) == 0, "socket");
    CHECK(setxattr("upper/new", "user.overlay.origin", "x", 1, 0) == 0, "a note of overlayfs");
    CHECK(setxattr("upper/new", "user.overlay.opaque", "y", 1, 0) == 0, "an opaque directory");
    make("upper/.wh.folder", 0755);
    write_text("upper/.wh.folder/file", "x");
    tree_settle("upper", PLAN_TREE_TIMES_SET, 12345);
    CHECK(lstat("upper/socket", &status) < 0, "sockets go");
    CHECK(lstat("upper/.wh.name", &status) < 0, "so do names that mean a whiteout");
    CHECK(lstat("upper/.wh.folder", &status) < 0, "with what is below them");
    CHECK(getxattr("upper/new", "user.overlay.origin", NULL, 0) < 0, "overlayfs's notes go");
    CHECK(getxattr("upper/new", "user.overlay.opaque", NULL, 0) == 1, "but opaque directories stay so");
    const char *names[] = {"upper", "upper/new", "upper/new/file", "upper/link"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK(lstat(names[i], &status) == 0 && status.st_mtim.tv_sec == 12345 && status.st_mtim.tv_nsec == 0,
              names[i]);
}

static void owners_are_told(void) {
    make("mine", 0755);
    make("mine/folder", 0755);
    CHECK(symlink("/", "mine/folder/link") == 0, "a link to what is root's");
    CHECK(tree_is_own("mine"), "a tree of one's own");
    CHECK(!tree_is_own("missing") && !tree_is_own("/proc/1"), "what is missing, or somebody else's");
    CHECK(chmod("mine/folder", 0) == 0, "a directory that cannot be read");
    CHECK(tree_is_own("mine") == (geteuid() == 0), "what cannot be read may be anybody's");
    CHECK(chmod("mine/folder", 0755) == 0, "a directory that can be read");
    int deep = open("mine", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int level = 0; level < 100; level++) {
        CHECK(mkdirat(deep, "d", 0755) == 0, "a directory in the last one");
        int next = openat(deep, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(deep);
        deep = next;
    }
    close(deep);
    CHECK(!tree_is_own("mine"), "too deep to be looked at");
}

int main(void) {
    char directory[] = "/tmp/tspod-tree-XXXXXX";
    CHECK(mkdtemp(directory) && chdir(directory) == 0, "a temporary directory");
    umask(022);
    make_source();
    sizes_count_hard_links_once();
    copy_up_fills_an_empty_volume();
    copy_up_stays_inside_the_root();
    chown_restores_the_mode();
    meta_points_at_the_data();
    settling_leaves_what_a_layer_holds();
    owners_are_told();
    remove_takes_everything();
    two_remove_what_one_does();
    tree_remove(directory);
    return 0;
}
