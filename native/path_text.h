/* The path of the place where a walk is: "/a/b". */
#ifndef TSPOD_PATH_TEXT_H
#define TSPOD_PATH_TEXT_H

#include <stddef.h>

struct path_text {
    char *text; /* NULL at the top */
    size_t length, room;
};

/* Adds "/NAME". Dies with status 125 when memory is short. */
void path_text_push(struct path_text *path, const char *name);

/* Takes the last name away. */
void path_text_pop(struct path_text *path);

#endif
