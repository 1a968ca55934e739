/* LoadCredential=, SetCredential=, ImportCredential= of systemd.exec(5). */
#ifndef SVEXEC_CREDENTIALS_H
#define SVEXEC_CREDENTIALS_H

#include "exec/start.h"

enum { CREDENTIALS_SIZE_MAX = 1 << 20 };

struct credential {
	char *id, *data;
	size_t size;
};

/* Reads them all, while what svinit sees can still be seen. */
void credentials_load(struct start *start);
/* Writes them into the directory of the recipe, for the service's user alone. Only the first call does anything. */
void credentials_write(struct start *start, int root_fd);

#endif
