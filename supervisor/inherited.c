#include "supervisor/inherited.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* By descriptor; NULL: nothing was inherited. */
static bool *open_then;
static int limit;

static bool note(int fd)
{
	int wanted = limit ? limit : 256;

	while (wanted <= fd)
		wanted *= 2;
	if (wanted > limit) {
		bool *grown = reallocarray(open_then, (size_t)wanted, sizeof *grown);
		if (!grown)
			return false;
		for (int i = limit; i < wanted; i++)
			grown[i] = false;
		open_then = grown;
		limit = wanted;
	}
	open_then[fd] = true;
	return true;
}

void inherited_list(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory)) != NULL) {
		int fd = atoi(entry->d_name);
		if (fd > STDERR_FILENO && fd != dirfd(directory) && !note(fd))
			break;
	}
	closedir(directory);
}

bool inherited_claim(int fd)
{
	if (fd <= STDERR_FILENO || fd >= limit || !open_then[fd])
		return false;
	open_then[fd] = false;
	return true;
}

void inherited_close_rest(void)
{
	for (int fd = STDERR_FILENO + 1; fd < limit; fd++)
		if (open_then[fd])
			close(fd);
	free(open_then);
	open_then = NULL;
	limit = 0;
}

int inherited_limit(void)
{
	return limit;
}

void inherited_keep_open(void)
{
	for (int fd = STDERR_FILENO + 1; fd < limit; fd++)
		(void)fcntl(fd, F_SETFD, open_then[fd] ? 0 : FD_CLOEXEC);
}
