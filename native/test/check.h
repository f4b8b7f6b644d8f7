/* One line for what does not hold, and the end of the test. */
#ifndef TSPOD_TEST_CHECK_H
#define TSPOD_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition, what)                                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "not so: %s (%s, %s:%d)\n", what, #condition, __FILE__, __LINE__);               \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

#endif
