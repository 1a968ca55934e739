#include "supervisor/os/child_privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

/* The C library's own of these would ask all threads of svinit to do the same; 32-bit machines have older ones too. */
#ifdef SYS_setgroups32
enum { CALL_SETGROUPS = SYS_setgroups32, CALL_SETRESUID = SYS_setresuid32, CALL_SETRESGID = SYS_setresgid32 };
#else
enum { CALL_SETGROUPS = SYS_setgroups, CALL_SETRESUID = SYS_setresuid, CALL_SETRESGID = SYS_setresgid };
#endif

static int set_limit(const struct spawn_limit *limit)
{
	struct rlimit own, nearest = limit->value;

	if (setrlimit(limit->resource, &limit->value) == 0)
		return 0;
	if (errno != EPERM || getrlimit(limit->resource, &own) < 0)
		return -errno;
	if (nearest.rlim_max > own.rlim_max)
		nearest.rlim_max = own.rlim_max;
	if (nearest.rlim_cur > nearest.rlim_max)
		nearest.rlim_cur = nearest.rlim_max;
	return setrlimit(limit->resource, &nearest) < 0 ? -errno : 0;
}

int child_set_limits(const struct spawn_limit *limits, size_t count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = set_limit(&limits[i]);
	return r;
}

/* A user namespace without setgroups(2), where there is nothing to be dropped. */
static bool groups_are_denied(void)
{
	char text[8];

	return read_file_at(AT_FDCWD, "/proc/self/setgroups", text, sizeof text) > 0 && strncmp(text, "deny", 4) == 0;
}

int child_set_groups(gid_t gid, const gid_t *groups, size_t count)
{
	if (syscall(CALL_SETGROUPS, count, groups) < 0) {
		int error = errno;
		if (error != EPERM || count > 1 || !groups_are_denied())
			return -error;
	}
	return syscall(CALL_SETRESGID, gid, gid, gid) < 0 ? -errno : 0;
}

int child_set_user(uid_t uid)
{
	return syscall(CALL_SETRESUID, uid, uid, uid) < 0 ? -errno : 0;
}

int child_change_directory(const char *directory, bool missing_ok)
{
	return !directory || chdir(directory) == 0 || missing_ok ? 0 : -errno;
}

int child_deny_new_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

char *child_put_number(char *to, long number)
{
	char digits[24];
	int count = 0;
	unsigned long rest = number < 0 ? 0UL - (unsigned long)number : (unsigned long)number;

	if (number < 0)
		*to++ = '-';
	do
		digits[count++] = (char)('0' + rest % 10);
	while (rest /= 10);
	while (count > 0)
		*to++ = digits[--count];
	*to = '\0';
	return to;
}

void child_put_own_pid(char **variables)
{
	for (; variables && *variables; variables++) {
		char *value = strchr(*variables, '=');
		if (value)
			child_put_number(value + 1, getpid());
	}
}
