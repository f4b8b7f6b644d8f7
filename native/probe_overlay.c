#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "io.h"

static void make_directory(const char *name) {
    if (mkdir(name, 0700) < 0)
        probe_failed("making directories");
}

static void make_file(const char *path) {
    int autoclose fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write_full(fd, "data", 4) < 0)
        probe_failed("making files");
}

static void prepare(const char *directory) {
    probe_enter_namespaces();
    if (chdir(directory) < 0)
        probe_failed("entering the directory");
    make_directory("lower");
    make_directory("upper");
    make_directory("work");
    make_directory("merged");
}

static void mount_overlay(const char *lower) {
    char options[256];
    snprintf(options, sizeof options, "userxattr,lowerdir=%s,upperdir=upper,workdir=work", lower);
    if (mount("overlay", "merged", "overlay", 0, options) < 0)
        probe_failed("mounting it");
}

/* A file below is deleted: the whiteout must come to lie above it. */
void probe_overlay(const char *directory) {
    struct stat status;
    prepare(directory);
    make_file("lower/file");
    mount_overlay("lower");
    make_file("merged/new");
    if (unlink("merged/file") < 0)
        probe_failed("deleting a file in it");
    if (lstat("upper/file", &status) < 0 || lstat("upper/new", &status) < 0)
        probe_failed("finding what was written");
    probe_ok();
}

void probe_overlay_data(const char *directory) {
    char text[8] = "";
    prepare(directory);
    make_directory("data");
    make_file("data/file");
    make_file("lower/file");
    if (truncate("lower/file", 0) < 0 || truncate("lower/file", 4) < 0 ||
        setxattr("lower/file", "user.overlay.metacopy", "", 0, 0) < 0 ||
        setxattr("lower/file", "user.overlay.redirect", "/file", 5, 0) < 0)
        probe_failed("making a file without data");
    mount_overlay("lower::data");
    if (read_file("merged/file", text, sizeof text) < 0)
        probe_failed("reading a file through it");
    errno = ENOSYS;
    if (strcmp(text, "data") != 0)
        probe_failed("reading a file through it");
    probe_ok();
}
