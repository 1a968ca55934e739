/* The descriptors that a service is started with from 3 on, and how it learns of them (sd_listen_fds(3)). */
#ifndef SVINIT_GRANTED_DESCRIPTORS_H
#define SVINIT_GRANTED_DESCRIPTORS_H

#include "common/cause.h"
#include "supervisor/core/unit.h"

/* A zeroed value holds none. */
struct granted_descriptors {
	int *fds;
	size_t count;
	char *names; /* of all, joined with colons */
};

/* Takes the descriptor over, also when it fails. -ENOMEM. */
int granted_descriptors_add(struct granted_descriptors *granted, int fd, const char *name);

/* Opens what OpenFile= names. 0, or -errno with the path in the cause; finish it in either case. */
int granted_descriptors_open(struct granted_descriptors *granted, const struct service_options *options,
			     struct cause *cause);
/* Sets LISTEN_FDS=, LISTEN_FDNAMES= and room for LISTEN_PID=, if there are any. -ENOMEM. */
int granted_descriptors_announce(const struct granted_descriptors *granted, char ***environment);
void granted_descriptors_finish(struct granted_descriptors *granted);

#endif
