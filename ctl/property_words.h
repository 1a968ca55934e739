/* A property as `show` prints it. */
#ifndef SVCTL_PROPERTY_WORDS_H
#define SVCTL_PROPERTY_WORDS_H

#include <jansson.h>
#include <stdio.h>

/*
 * Writes a value by the rules of its name: …Timestamp is a time of day, …USec a span, booleans are yes and no, lists
 * are joined by spaces, null is nothing. Control characters become harmless.
 */
void property_print(FILE *stream, const char *name, const json_t *value);

#endif
