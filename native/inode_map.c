#include "inode_map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

struct inode_slot {
    dev_t device;
    ino_t inode;
    char *text; /* NULL: free */
};

static struct inode_slot *slot_of(const struct inode_map *map, dev_t device, ino_t inode) {
    size_t at = (size_t)((inode ^ device << 20) * UINT64_C(0x9E3779B97F4A7C15) >> 16);
    for (;; at++) {
        struct inode_slot *slot = &map->slots[at & (map->room - 1)];
        if (!slot->text || (slot->device == device && slot->inode == inode))
            return slot;
    }
}

static void grow(struct inode_map *map) {
    struct inode_map larger = {.room = map->room ? map->room * 2 : 64, .used = map->used};
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (!larger.slots)
        die(125, "remembering hard links: out of memory");
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].text)
            *slot_of(&larger, map->slots[i].device, map->slots[i].inode) = map->slots[i];
    free(map->slots);
    *map = larger;
}

const char *inode_map_put(struct inode_map *map, const struct stat *status, const char *text) {
    if (map->used * 2 >= map->room)
        grow(map);
    struct inode_slot *slot = slot_of(map, status->st_dev, status->st_ino);
    if (slot->text)
        return slot->text;
    *slot = (struct inode_slot){status->st_dev, status->st_ino, strdup(text)};
    if (!slot->text)
        die(125, "remembering hard links: out of memory");
    map->used++;
    return NULL;
}

void inode_map_free(struct inode_map *map) {
    for (size_t i = 0; i < map->room; i++)
        free(map->slots[i].text);
    free(map->slots);
    *map = (struct inode_map){0};
}
