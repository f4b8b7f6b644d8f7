#include "idle_memory.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_DEPTH 131072 /* bytes that were in use below here, at most */

/* Segments that may be written hold what is nowhere else. */
static int release_code(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    uintptr_t page = *(const uintptr_t *)data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
            continue;
        uintptr_t from = (info->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t to = info->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        madvise((void *)from, to - from, MADV_DONTNEED);
    }
    return 1; /* the first is the program */
}

void idle_memory_release(void) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0) & ~(page - 1);
    malloc_trim(0);
    madvise((void *)(here - STACK_DEPTH), STACK_DEPTH - page, MADV_DONTNEED);
    dl_iterate_phdr(release_code, &page);
}
