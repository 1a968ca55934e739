/* Paths as the service will see them: no link and no ".." leads out of its root. openat2(2). */
#ifndef SVEXEC_ROOT_PATH_H
#define SVEXEC_ROOT_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* An O_PATH descriptor, with its path below the root (links resolved) in `resolved` if that is not NULL; or -errno. */
int root_path_open(int root_fd, const char *path, char *resolved, size_t size);
/* Makes what is missing of it: directories, and a file at the end if `is_file`. 0 or -errno. */
int root_path_make(int root_fd, const char *path, bool is_file);

#endif
