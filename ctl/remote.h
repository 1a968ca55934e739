/* The same command on another host, over ssh(1). */
#ifndef SVCTL_REMOTE_H
#define SVCTL_REMOTE_H

#include "ctl/verb.h"

/* The command line for the shell on the other host: every word quoted, --host left out. NULL: no memory. */
char *remote_command(const struct context *context);

/* Becomes ssh(1). Returns an exit status only if that fails. */
int remote_run(const struct context *context, const char *host);

#endif
