#include <stdio.h>
#include "hello.h"
int main(void) {
    puts(GREETING " " VERSION);
    return 0;
}
