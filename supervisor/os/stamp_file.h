/* Empty files whose modification time says when something last happened. */
#ifndef SVINIT_OS_STAMP_FILE_H
#define SVINIT_OS_STAMP_FILE_H

#include "common/usec.h"

/* Makes the file (and its directories, mode 0755) or gives it the present time. 0 or -errno. */
int stamp_file_touch(const char *path);
/* Realtime; 0: there is no such file. */
usec stamp_file_time(const char *path);

#endif
