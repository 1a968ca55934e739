/* The one process that compresses an old file, if any: svlog-compress. */
#ifndef SVINIT_LOGGER_COMPRESSION_H
#define SVINIT_LOGGER_COMPRESSION_H

#include <stdbool.h>
#include <sys/types.h>

struct compression {
	pid_t pid; /* 0: none runs */
	int pid_fd;
	bool unavailable; /* it could not be started; not tried again */
};

static inline bool compression_is_running(const struct compression *compression)
{
	return compression->pid != 0;
}

/* Starts it on the file `name` of an open directory. Its end shows at pid_fd, which becomes readable. 0 or -errno. */
int compression_start(struct compression *compression, int directory, const char *name);
/* Collects what has ended. */
void compression_ended(struct compression *compression);
/* Ends one that still runs; what it did so far is of no use to anybody. */
void compression_cancel(struct compression *compression);

#endif
