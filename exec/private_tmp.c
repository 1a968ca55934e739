#include "exec/private_tmp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ours alone, even where everybody may write beside it. */
static int make_outer(const char *path)
{
	struct stat status;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (lstat(path, &status) < 0)
		return -errno;
	return S_ISDIR(status.st_mode) && status.st_uid == geteuid() && (status.st_mode & 077) == 0 ? 0 : -EEXIST;
}

/* "OUTER/tmp". */
static int make(const char *path)
{
	char outer[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || (size_t)(slash - path) >= sizeof outer)
		return -EINVAL;
	memcpy(outer, path, (size_t)(slash - path));
	outer[slash - path] = '\0';
	int r = make_outer(outer);
	if (r < 0)
		return r;
	if (mkdir(path, 01777) < 0)
		return errno == EEXIST ? 0 : -errno;
	return chmod(path, 01777) < 0 ? -errno : 0;
}

void private_tmp_make(struct start *start)
{
	const char *const paths[] = { start->recipe.private_tmp, start->recipe.private_var_tmp };

	for (size_t i = 0; start->recipe.sandbox.private_tmp == PRIVATE_TMP_CONNECTED && i < 2; i++) {
		int r = paths[i] ? make(paths[i]) : 0;
		if (r < 0)
			start_fail(start, SPAWN_STEP_NAMESPACE, -r, "PrivateTmp=%s", paths[i]);
	}
}
