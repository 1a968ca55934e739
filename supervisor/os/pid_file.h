/* PIDFile= of a forking service: a file that the service wrote, and so to be read with care. */
#ifndef SVINIT_OS_PID_FILE_H
#define SVINIT_OS_PID_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/cause.h"

/*
 * Reads the pid. `trusted` tells whether the file is root's or our own: if not, the pid is only to be believed when the
 * process belongs to the unit, as with systemd. A symbolic link somebody else owns is refused. 0; -ENOENT: not there
 * yet; -EAGAIN: empty, it is being written; or another -errno. Whether the process exists is not looked at.
 */
int pid_file_read(const char *path, pid_t *pid, bool *trusted, struct cause *cause);

#endif
