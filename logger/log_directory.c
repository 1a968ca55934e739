#include "logger/log_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRY_INTERVAL USEC_PER_SEC

static void make_parents(const char *path)
{
	char prefix[sizeof((struct journal_configuration *)0)->directory];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		memcpy(prefix, path, (size_t)(slash - path));
		prefix[slash - path] = '\0';
		(void)mkdir(prefix, 0755);
	}
}

static int open_anew(struct logger *logger)
{
	static const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	const char *path = logger->configuration->directory;

	logger->directory_fd = open(path, flags);
	if (logger->directory_fd < 0 && errno == ENOENT) {
		make_parents(path);
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return -errno;
		logger->directory_fd = open(path, flags);
	}
	return logger->directory_fd < 0 ? -errno : 0;
}

/* Whether what is open is still what has the name. */
static bool is_in_place(const struct logger *logger)
{
	struct stat named, opened;

	return stat(logger->configuration->directory, &named) == 0 && fstat(logger->directory_fd, &opened) == 0 &&
	       named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

int log_directory_open(struct logger *logger)
{
	if (logger->directory_fd >= 0 && is_in_place(logger))
		return 0;
	log_directory_close(logger);
	return open_anew(logger);
}

/* access(2) tells of a file system that is read-only, too. */
static bool can_be_written_to(struct logger *logger)
{
	return log_directory_open(logger) == 0 && faccessat(logger->directory_fd, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

bool log_directory_is_used(struct logger *logger)
{
	usec now;

	if (!logger->configuration->files || !logger->waits_for_directory)
		return logger->configuration->files;
	now = logger_now();
	if (now >= logger->directory_tried && now - logger->directory_tried < RETRY_INTERVAL)
		return false;
	logger->directory_tried = now;
	logger->waits_for_directory = !can_be_written_to(logger);
	return !logger->waits_for_directory;
}

void log_directory_close(struct logger *logger)
{
	if (logger->directory_fd >= 0)
		close(logger->directory_fd);
	logger->directory_fd = -1;
}
