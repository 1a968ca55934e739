/* RDIR: svinit's own directory, and the lock that keeps a second svinit out of it. */
#ifndef SVINIT_OS_RUNTIME_DIRECTORY_H
#define SVINIT_OS_RUNTIME_DIRECTORY_H

#include <stdbool.h>

#include "common/cause.h"

/*
 * Makes the directory (mode 0755, or 0700 for an ordinary user's svinit) with its parents and takes the lock in it. The
 * lock's descriptor, which holds the lock for as long as it is open, or -errno; -EBUSY: another svinit has it, the
 * cause says which.
 */
int runtime_directory_open(const char *path, bool user_mode, struct cause *cause);

/* Makes `path` and what is above it, if missing. 0, or -errno with the cause: nothing could be made in there. */
int directory_make_writable(const char *path, struct cause *cause);

#endif
