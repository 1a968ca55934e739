#include "supervisor/granted_descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/load/expand.h"
#include "supervisor/os/open_file.h"

static int open_flags(const struct open_file *file)
{
	if (file->flags & OPEN_FILE_READ_ONLY)
		return O_RDONLY;
	return O_RDWR | (file->flags & OPEN_FILE_APPEND ? O_APPEND : 0) |
	       (file->flags & OPEN_FILE_TRUNCATE ? O_TRUNC : 0);
}

static int append_name(struct granted_descriptors *granted, const char *name)
{
	size_t length = granted->names ? strlen(granted->names) : 0;
	char *grown = realloc(granted->names, length + strlen(name) + 2);

	if (!grown)
		return -ENOMEM;
	granted->names = grown;
	sprintf(grown + length, "%s%s", granted->count > 0 ? ":" : "", name);
	return 0;
}

int granted_descriptors_add(struct granted_descriptors *granted, int fd, const char *name)
{
	int *grown = realloc(granted->fds, (granted->count + 1) * sizeof *grown);

	if (grown)
		granted->fds = grown;
	if (!grown || append_name(granted, name) < 0) {
		close(fd);
		return -ENOMEM;
	}
	grown[granted->count++] = fd;
	return 0;
}

int granted_descriptors_open(struct granted_descriptors *granted, const struct service_options *options,
			     struct cause *cause)
{
	for (unsigned i = 0; i < options->open_file_count; i++) {
		const struct open_file *file = &options->open_files[i];
		int fd = open_file(file->path, open_flags(file));

		if (fd < 0 && file->flags & OPEN_FILE_GRACEFUL)
			continue;
		int r = fd < 0 ? fd : granted_descriptors_add(granted, fd, file->name);
		if (r < 0)
			return cause_set_errno(cause, -r, "OpenFile=%s", file->path);
	}
	return 0;
}

int granted_descriptors_announce(const struct granted_descriptors *granted, char ***environment)
{
	char count[32], *names;

	if (granted->count == 0)
		return 0;
	snprintf(count, sizeof count, "LISTEN_FDS=%zu", granted->count);
	if (environment_set(environment, count) < 0 || environment_set(environment, "LISTEN_PID=0000000000") < 0 ||
	    asprintf(&names, "LISTEN_FDNAMES=%s", granted->names) < 0)
		return -ENOMEM;
	int r = environment_set(environment, names);
	free(names);
	return r;
}

void granted_descriptors_finish(struct granted_descriptors *granted)
{
	for (size_t i = 0; i < granted->count; i++)
		close(granted->fds[i]);
	free(granted->fds);
	free(granted->names);
	*granted = (struct granted_descriptors){ 0 };
}
