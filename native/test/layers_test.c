/* Layers: changes, copies and archives of them, in a temporary directory. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "tree.h"
#include "tree_changes.h"
#include "tree_layer.h"
#include "tree_tar.h"

static void write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0, path);
}

static void make(const char *path) {
    CHECK(mkdir(path, 0755) == 0, path);
}

static bool set(const char *path, const char *name, const char *value) {
    return setxattr(path, name, value, strlen(value), 0) == 0;
}

/* The lower layer has etc/{a,b}, old/x and gone; the upper one changes each in its way. */
static void make_layers(void) {
    make("lower"), make("lower/etc"), make("lower/old"), make("upper"), make("upper/etc"), make("upper/old");
    write_text("lower/etc/a", "1"), write_text("lower/etc/b", "1");
    write_text("lower/old/x", "1"), write_text("lower/gone", "1");
    write_text("upper/etc/a", "22"), write_text("upper/etc/.wh.b", "");
    write_text("upper/.wh.gone", ""), write_text("upper/old/new", "3");
    CHECK(link("upper/old/new", "upper/link") == 0, "hard link");
    CHECK(truncate("upper/etc/a", 3 << 20) == 0, "a hole");
    CHECK(set("upper/old", "user.fuseoverlayfs.opaque", "y"), "opaque directory");
    CHECK(set("upper/old/new", "user.kept", "v") && set("upper/old/new", "user.overlay.origin", "v"),
          "attributes");
}

static const struct layer layers[] = {{.path = "upper", .dot_whiteouts = true}, {.path = "lower"}};
static const struct layer lower_only[] = {{.path = "lower"}};

/* What a function prints, NULs as spaces. */
static const char *printed(void (*print)(void)) {
    static char text[4096];
    FILE *file = tmpfile();
    CHECK(file != NULL, "temporary file");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fileno(file), 1);
        print();
        _exit(0);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0, "the printing ends well");
    ssize_t length = pread(fileno(file), text, sizeof text - 1, 0);
    CHECK(length >= 0 && fclose(file) == 0, "what was printed");
    for (ssize_t i = 0; i < length; i++)
        text[i] = text[i] ? text[i] : ' ';
    text[length] = '\0';
    return text;
}

static void print_changes(void) {
    tree_changes_of_layer(layers, 2);
}

static void print_back(void) {
    tree_changes_between(layers, 2, lower_only, 1);
}

static void changes_are_told(void) {
    const char *text = printed(print_changes);
    CHECK(strstr(text, "C/etc/a ") && strstr(text, "D/etc/b ") && strstr(text, "D/gone "),
          "changed and gone");
    CHECK(strstr(text, "C/etc ") && strstr(text, "C/etc ") < strstr(text, "D/etc/b "),
          "the parent is before");
    CHECK(strstr(text, "D/old ") && strstr(text, "A/old/new ") && !strstr(text, "/old/x"), "made anew");
    CHECK(strstr(text, "A/link "), "added");
    text = printed(print_back);
    CHECK(strstr(text, "A/gone ") && strstr(text, "A/old/x ") && strstr(text, "D/old/new "), "the way back");
    CHECK(strstr(text, "D/link ") && strstr(text, "A/etc/b ") && strstr(text, "C/etc/a "), "all of it");
}

static void copies_are_layers_of_the_store(void) {
    struct stat status, other;
    char text[8];
    tree_layer(&layers[0], "copy");
    CHECK(lstat("copy/gone", &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == 0, "a whiteout");
    CHECK(lstat("copy/.wh.gone", &status) < 0 && errno == ENOENT, "not in its other form");
    CHECK(getxattr("copy/old", "user.overlay.opaque", text, sizeof text) == 1, "opaque");
    CHECK(getxattr("copy/old/new", "user.kept", text, sizeof text) == 1, "attributes stay");
    CHECK(getxattr("copy/old/new", "user.overlay.origin", text, sizeof text) < 0, "overlay's do not");
    CHECK(stat("copy/old/new", &status) == 0 && stat("copy/link", &other) == 0, "both names");
    CHECK(status.st_ino == other.st_ino && status.st_mtim.tv_nsec == 0, "hard links stay, times are cut");
    CHECK(stat("copy/etc/a", &status) == 0 && status.st_blocks < 2048, "holes stay");
}

/* Whether an archive has this member, by the name in its header. */
static bool has_member(const char *archive, const char *name) {
    char block[512];
    int fd = open(archive, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0, archive);
    bool found = false;
    while (!found && read(fd, block, sizeof block) == sizeof block)
        found = memcmp(block + 257, "ustar", 6) == 0 && strncmp(block, name, 100) == 0;
    close(fd);
    return found;
}

static void archives_are_the_same_each_time(void) {
    const struct layer copy = {.path = "copy"};
    CHECK(tree_tar("one.tar", &copy, 1, PLAN_TREE_WHITEOUTS) == (3 << 20) + 1,
          "the sizes of files are added up");
    tree_tar("two.tar", &copy, 1, PLAN_TREE_WHITEOUTS);
    CHECK(system("cmp one.tar two.tar") == 0, "byte by byte");
    CHECK(has_member("one.tar", ".wh.gone") && has_member("one.tar", "etc/.wh.b"), "whiteouts");
    CHECK(has_member("one.tar", "old/.wh..wh..opq"), "opaque directories");
    struct stat status;
    CHECK(stat("one.tar", &status) == 0 && status.st_size > 3 << 20 && status.st_blocks < 2048, "holes");
    tree_tar("merged.tar", layers, 2, 0);
    CHECK(has_member("merged.tar", "etc/a") && !has_member("merged.tar", "gone"), "merged");
    CHECK(!has_member("merged.tar", "old/x") && !has_member("merged.tar", ".wh.gone"), "no whiteouts");
}

/* Names that mean a whiteout in an archive, where they are none: of files and of directories. */
static void names_of_whiteouts_are_left_out(void) {
    const struct layer odd = {.path = "odd"}, left = {.path = "left"};
    struct stat status;
    make("odd"), make("odd/.wh.folder"), make("odd/.wh.folder/below"), make("odd/d"), make("odd/d/.wh.x");
    write_text("odd/.wh.file", "1"), write_text("odd/.wh.folder/below/file", "1");
    write_text("odd/d/.wh.x/file", "1"), write_text("odd/d/file", "1"), write_text("odd/file", "1");
    tree_layer(&odd, "left");
    CHECK(lstat("left/.wh.folder", &status) < 0 && lstat("left/d/.wh.x", &status) < 0, "directories");
    CHECK(lstat("left/.wh.file", &status) < 0, "files");
    CHECK(stat("left/d/file", &status) == 0 && stat("left/file", &status) == 0, "the others are there");
    tree_tar("odd.tar", &odd, 1, PLAN_TREE_WHITEOUTS | PLAN_TREE_IMAGE);
    tree_tar("left.tar", &left, 1, PLAN_TREE_WHITEOUTS | PLAN_TREE_IMAGE);
    CHECK(system("cmp odd.tar left.tar") == 0, "the archive has the same");
}

/* Two layers as one: what was removed in the lower one and made again in the upper one hides what is below
 * both. */
static void merged_layers_hide_what_is_below(void) {
    const struct layer pair[] = {{.path = "again"}, {.path = "removed"}};
    CHECK(mkdir("again", 0755) == 0 && mkdir("again/made", 0755) == 0 && mkdir("again/opaque", 0755) == 0,
          "the upper layer");
    CHECK(mkdir("removed", 0755) == 0 && mkdir("removed/opaque", 0755) == 0, "the lower layer");
    CHECK(setxattr("removed/opaque", "user.overlay.opaque", "y", 1, 0) == 0, "an opaque directory");
    int fd = open("removed/made", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    CHECK(fd >= 0 && fsetxattr(fd, "user.overlay.whiteout", "y", 1, 0) == 0 && close(fd) == 0, "a whiteout");
    tree_tar("pair.tar", pair, 2, PLAN_TREE_WHITEOUTS);
    CHECK(has_member("pair.tar", "made/.wh..wh..opq"), "made again");
    CHECK(has_member("pair.tar", "opaque/.wh..wh..opq"), "opaque below");
}

static void capabilities_get_the_root_of_the_image(void) {
    struct plan_arg map = {.data = "u 1000 0 10"};
    struct plan_op op = {PLAN_TREE_DIRECTORY, 1, &map};
    struct id_maps maps = {0};
    struct vfs_ns_cap_data value = {.magic_etc = htole32(VFS_CAP_REVISION_3), .rootid = htole32(1000)};
    char room[XATTR_SIZE_MAX];
    memcpy(room, &value, sizeof value);
    id_maps_parse(&maps, &op, 0);
    CHECK(id_maps_shift(&maps, 'u', 1009) == 9 && id_maps_shift(&maps, 'u', 5) == NO_ID, "ids are shifted");
    ssize_t size = id_maps_shift_attribute(&maps, "security.capability", room, sizeof value);
    memcpy(&value, room, sizeof value);
    CHECK(size == XATTR_CAPS_SZ_2 && le32toh(value.magic_etc) == VFS_CAP_REVISION_2, "no root is named");
    id_maps_free(&maps);
}

int main(void) {
    char directory[] = "/tmp/tspod-layers-XXXXXX";
    CHECK(mkdtemp(directory) && chdir(directory) == 0, "a temporary directory");
    umask(022);
    make_layers();
    capabilities_get_the_root_of_the_image();
    changes_are_told();
    copies_are_layers_of_the_store();
    archives_are_the_same_each_time();
    names_of_whiteouts_are_left_out();
    merged_layers_hide_what_is_below();
    tree_remove(directory);
    return 0;
}
