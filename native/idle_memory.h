/* A monitor that has nothing to do for hours holds little memory. */
#ifndef TSPOD_IDLE_MEMORY_H
#define TSPOD_IDLE_MEMORY_H

/*
 * Gives back what can be had again: the pages of the program's code, which the next call reads from the page
 * cache, free memory of the heap, and the part of the stack that is not in use (madvise(2), MADV_DONTNEED).
 */
void idle_memory_release(void);

#endif
