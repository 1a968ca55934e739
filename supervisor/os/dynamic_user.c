#include "supervisor/os/dynamic_user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/user.h"

enum { ATTEMPTS = 128, RANGE = DYNAMIC_USER_LAST - DYNAMIC_USER_FIRST + 1, PATH_SIZE = 512 };

bool dynamic_user_is_one(uid_t uid)
{
	return uid >= DYNAMIC_USER_FIRST && uid <= DYNAMIC_USER_LAST;
}

/* FNV-1a: the same name leads to the same number each time. */
static uint32_t hash(const char *name)
{
	uint32_t value = 2166136261U;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 16777619U;
	return value;
}

static bool is_somebody(uid_t uid)
{
	char number[16];
	struct user user;

	snprintf(number, sizeof number, "%u", uid);
	return user_find(number, &user, NULL) == 0 && user.name[0];
}

/* -EAGAIN: somebody else has it. */
static int lock(const char *directory, uid_t uid)
{
	char path[PATH_SIZE];
	struct stat status;

	if (is_somebody(uid))
		return -EAGAIN;
	snprintf(path, sizeof path, "%s/%u", directory, uid);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return -errno;
	/* Whoever had it may have removed the file between our two calls. */
	int r = flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &status) < 0 || status.st_nlink == 0 ? -EAGAIN : 0;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

static int make_directory(const char *directory)
{
	char parent[PATH_SIZE];
	size_t length = strlen(directory);
	const char *slash = strrchr(directory, '/');

	if (length >= sizeof parent || !slash)
		return -ENAMETOOLONG;
	memcpy(parent, directory, (size_t)(slash - directory));
	parent[slash - directory] = '\0';
	if (mkdir(parent, 0755) < 0 && errno != EEXIST)
		return -errno;
	return mkdir(directory, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

int dynamic_user_take(const char *directory, const char *name, uid_t preferred, uid_t *uid, struct cause *cause)
{
	uint32_t start = hash(name);
	int r = make_directory(directory);

	if (r < 0)
		return cause_set_errno(cause, -r, "%s", directory);
	r = -EAGAIN;
	if (dynamic_user_is_one(preferred)) {
		*uid = preferred;
		r = lock(directory, preferred);
	}
	for (uint32_t i = 0; r == -EAGAIN && i < ATTEMPTS; i++) {
		*uid = (uid_t)(DYNAMIC_USER_FIRST + (start + i * 2654435761U) % RANGE);
		r = lock(directory, *uid);
	}
	if (r == -EAGAIN)
		return cause_set(cause, EUSERS, "no number is free for the user \"%s\"", name);
	return r < 0 ? cause_set_errno(cause, -r, "%s/%u", directory, *uid) : r;
}

void dynamic_user_release(const char *directory, uid_t uid, int fd)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/%u", directory, uid);
	(void)unlink(path);
	close(fd);
}
