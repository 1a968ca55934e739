/* Error numbers by name: errno(3). */
#ifndef SVINIT_COMMON_ERRNO_NAME_H
#define SVINIT_COMMON_ERRNO_NAME_H

/* "EPERM" or a number up to 4095; -1: neither. */
int errno_from_name(const char *name);

#endif
