/* Copying files between this machine and containers, or to and from archives. All die with status 125. */
#ifndef TSPOD_COPY_H
#define TSPOD_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "id_maps.h"
#include "path_text.h"
#include "plan.h"

/* One end of a copy: a path of this machine, or inside the root of a container. */
struct copy_place {
    const char *container; /* its name; NULL: this machine */
    int root;              /* of the container, O_PATH */
    const char *path;      /* absolute, without "." and ".." */
    const char *typed;     /* for messages */
    bool slash, dot;       /* whether it was typed with "/" or "/." behind it */
    bool running;          /* the container changes its files meanwhile */
    struct id_maps maps;   /* of a source: from ids of files to those of the container; of a target: back */
};

/* What a path leads to, links followed; where there is nothing, where it would be. */
struct copy_found {
    int fd; /* O_PATH; -1: there is nothing */
    struct stat status;
    int parent; /* O_PATH, the directory that holds it; -1 for "/" */
    char *name; /* in there */
};

/* How the new files are to be. */
struct copy_rules {
    bool overwrite; /* a directory may take the place of a file, and a file that of a directory */
    bool chown;     /* to these */
    uid_t uid;
    gid_t gid;
    bool to_host; /* device files are left out */
    const struct id_maps *from, *to;
};

/* What a walk meets. */
struct copy_entry {
    int fd; /* of a directory readable, else O_PATH */
    struct stat status;
    int directory; /* for its attributes: name in an open directory; "." for directories */
    const char *name;
    const char *path; /* of the copy, relative, for names in archives and messages */
};

enum copy_moment { COPY_ENTER, COPY_LEAVE, COPY_FILE };

/* For COPY_ENTER false: the directory is passed over. */
typedef bool copy_visitor(const struct copy_entry *entry, enum copy_moment moment, void *context);

/* Fills a place in from op COPY_FROM or COPY_TO. */
void copy_place_read(struct copy_place *place, const struct plan_op *op);

/* A path of the place; links stay in the root of a container. -1 with errno when it is not there. */
int copy_place_open(const struct copy_place *place, const char *path, int flags);

/* Dies where not even the directory that would hold it is there. */
void copy_place_find(const struct copy_place *place, struct copy_found *found);

_Noreturn void copy_place_missing(const struct copy_place *place, int error);

/*
 * Visits what was found, as `name`, and what is below it, sorted; with an empty name only what is below it.
 * Mounts are crossed, but the container's /dev, /proc and /sys are passed over, as is what vanishes.
 */
void copy_walk(const struct copy_place *place, const struct copy_found *found, const char *name,
               copy_visitor *visit, void *context);

/* Whether it is in /proc or /sys, whose files have other sizes than they say. */
bool copy_is_of_kernel(int fd);

/* Readable, without waiting for the other end of a FIFO. -1 with errno. */
int copy_open_data(const struct copy_entry *entry);

/* A directory of that name in an open one, made where it is missing: its descriptor. */
int copy_make_directory(const struct copy_rules *rules, int parent, const char *name, const char *path);

/* A new, empty regular file in the place of what was there. */
int copy_make_file(const struct copy_rules *rules, int parent, const char *name, const char *path);

/* Makes the place of that name free for what is no directory. */
void copy_make_room(const struct copy_rules *rules, int parent, const char *name, const char *path);

/* The owner that a copy gets, in `status`. */
void copy_owner(const struct copy_rules *rules, struct stat *status, const char *path);

/* Gives a new symbolic link or FIFO in `parent` its owner, mode and times. */
void copy_finish_special(int parent, const char *name, const struct stat *status, const char *path);

/* Gives an open file or directory owner, mode and times; attributes come between (tree_attributes.h). */
void copy_finish_owner(int fd, const struct stat *status, const char *path);
void copy_finish_times(int fd, const struct stat *status, const char *path);

/* The copy itself: from a place to a directory, to standard output as an archive, from records on standard
 * input (src/container/copy/record-writer.ts) to a directory. */
void copy_to_tree(const struct copy_place *from, const struct copy_found *source, const char *name,
                  int directory, const struct copy_rules *rules);
void copy_to_archive(const struct copy_place *from, const struct copy_found *source,
                     const struct copy_rules *rules);
void copy_from_records(const struct copy_place *to, const struct copy_rules *rules);

#endif
