/* Whether anything changed at some paths, asked when somebody wants to know: no event wakes anybody. */
#ifndef SVINIT_OS_FILE_WATCH_H
#define SVINIT_OS_FILE_WATCH_H

#include <stdbool.h>

/* A descriptor of inotify(7), close-on-exec, or -errno. */
int file_watch_open(void);
/* A file or a directory with its entries; links are followed. 0 or -errno; ENOENT for what is not there. */
int file_watch_add(int watch, const char *path);
/* Whether something changed since the watch was opened, and everything behind it stays unsaid: then it is worth no
 * more. */
bool file_watch_has_changed(int watch);

#endif
