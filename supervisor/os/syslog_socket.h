/* A socket that syslog(3) writes to. */
#ifndef SVINIT_OS_SYSLOG_SOCKET_H
#define SVINIT_OS_SYSLOG_SOCKET_H

#include "common/cause.h"

/* Binds the path, which everybody may write to; what lay there is replaced, and its directory made. fd or -errno. */
int syslog_socket_open(const char *path, struct cause *cause);

#endif
