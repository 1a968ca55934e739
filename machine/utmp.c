/* The records of boot and shutdown that last(1), who(1) and uptime(1) read; utmp(5). */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <utmp.h>

#include "machine/step.h"

static struct utmp record_of(short type, const char *user)
{
	struct utmp record = { .ut_type = type, .ut_line = "~", .ut_id = "~~" };
	struct utsname kernel;
	struct timeval now;

	snprintf(record.ut_user, sizeof record.ut_user, "%s", user);
	if (uname(&kernel) == 0)
		snprintf(record.ut_host, sizeof record.ut_host, "%s", kernel.release);
	gettimeofday(&now, NULL);
	record.ut_tv.tv_sec = (int32_t)now.tv_sec;
	record.ut_tv.tv_usec = (int32_t)now.tv_usec;
	return record;
}

/* For the sessions of this run, so it begins empty. */
static int begin(void)
{
	const struct group *group = getgrnam("utmp");
	int fd = open(_PATH_UTMP, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0664);

	if (fd < 0)
		return complain("%s: %s", _PATH_UTMP, strerror(errno));
	if (group)
		(void)!fchown(fd, 0, group->gr_gid);
	(void)fchmod(fd, 0664);
	close(fd);
	return EXIT_SUCCESS;
}

static int boot(void)
{
	const struct utmp record = record_of(BOOT_TIME, "reboot");
	int status = begin();

	setutent();
	if (!pututline(&record) && status == EXIT_SUCCESS)
		status = complain("%s: %s", _PATH_UTMP, strerror(errno));
	endutent();
	updwtmp(_PATH_WTMP, &record);
	return status;
}

static int shut_down(void)
{
	const struct utmp record = record_of(RUN_LVL, "shutdown");

	updwtmp(_PATH_WTMP, &record);
	return EXIT_SUCCESS;
}

static int run(const char *argument)
{
	if (argument && strcmp(argument, "boot") == 0)
		return boot();
	if (argument && strcmp(argument, "shutdown") == 0)
		return shut_down();
	return complain("utmp: boot or shutdown");
}

const struct step step_utmp = { "utmp", "boot|shutdown", "record it in utmp(5) and wtmp", run };
