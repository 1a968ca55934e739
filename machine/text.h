/* Small files: read whole, written whole, taken line by line. */
#ifndef SVMACHINE_TEXT_H
#define SVMACHINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* At most size - 1 bytes, without the newline at the end. false: errno. */
bool text_read(const char *path, char *to, size_t size);
/* In one write(2), into a file that is there. false: errno. */
bool text_write(const char *path, const char *text);

/* Calls `act` for each line that is neither empty nor a comment (# or ;), blanks at both ends taken off. `act` may
   change the line. Returns the sum of what `act` returned, or -1 with errno. */
int text_each_line(const char *path, int (*act)(char *line, const char *path, unsigned number));

/* The value of KEY=VALUE on the kernel's command line, the last one; false: it is not there. */
bool kernel_option(const char *key, char *to, size_t size);
/* Whether the word stands on the kernel's command line. */
bool kernel_word(const char *word);

#endif
