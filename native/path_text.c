#include "path_text.h"

#include <stdlib.h>
#include <string.h>

#include "die.h"

void path_text_push(struct path_text *path, const char *name) {
    size_t length = strlen(name);
    if (path->length + length + 2 > path->room) {
        path->room = (path->length + length + 2) * 2;
        path->text = realloc(path->text, path->room);
        if (!path->text)
            die(125, "walking a tree of files: out of memory");
    }
    path->text[path->length] = '/';
    memcpy(path->text + path->length + 1, name, length + 1);
    path->length += length + 1;
}

void path_text_pop(struct path_text *path) {
    while (path->length > 0 && path->text[--path->length] != '/')
        continue;
    path->text[path->length] = '\0';
}
