/* Texts of anybody's as JSON. */
#ifndef TSPOD_JSON_TEXT_H
#define TSPOD_JSON_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* A string with its quotes, with the escapes that Go writes; what is no UTF-8 becomes U+FFFD. */
void put_json_string(FILE *to, const char *text, size_t length);

#endif
