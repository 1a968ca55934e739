#include "supervisor/os/systemd_marker.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const program_directories[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
						   "/usr/bin",        "/sbin",          "/bin" };

/* The first systemctl that a shell would find. */
static bool systemctl_is_ours(void)
{
	char path[PATH_MAX], target[PATH_MAX];

	for (size_t i = 0; i < sizeof program_directories / sizeof *program_directories; i++) {
		snprintf(path, sizeof path, "%s/systemctl", program_directories[i]);
		ssize_t length = readlink(path, target, sizeof target - 1);
		if (length < 0 && access(path, X_OK) < 0)
			continue;
		if (length < 0)
			return false;
		target[length] = '\0';
		return strcmp(basename(target), "svctl") == 0;
	}
	return false;
}

int systemd_marker_make(void)
{
	if (!systemctl_is_ours())
		return 0;
	/* /var/lock of Debian; programs take it for granted, and a /run that is mounted afresh has none. */
	if (mkdir("/run/lock", 0755) == 0)
		(void)chmod("/run/lock", 01777);
	if (mkdir("/run/systemd", 0755) < 0 && errno != EEXIST)
		return -errno;
	return mkdir("/run/systemd/system", 0755) < 0 && errno != EEXIST ? -errno : 0;
}
