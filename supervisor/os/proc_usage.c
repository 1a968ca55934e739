#include "supervisor/os/proc_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

enum { STAT_MAX = 2048, IO_MAX = 512 };

static ssize_t read_of(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	ssize_t n = read_small_file_at(AT_FDCWD, path, text, size);
	return n == -ENOENT ? -ESRCH : n;
}

static uint64_t number_behind(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

int proc_add_usage(pid_t pid, struct proc_usage *sum)
{
	long long ticks[4], resident = 0;
	char text[STAT_MAX], io[IO_MAX];

	ssize_t n = read_of(pid, "stat", text, sizeof text);
	if (n < 0)
		return (int)n;
	/* From the last ')' on, for a name may hold anything: STATE is field 3, utime to cstime 14 to 17, rss 24. */
	const char *close = strrchr(text, ')');
	if (!close ||
	    sscanf(close + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld %lld %lld %*d %*d %*d %*d %*u %*u %lld",
		   &ticks[0], &ticks[1], &ticks[2], &ticks[3], &resident) != 5)
		return -EIO;
	uint64_t total = (uint64_t)(ticks[0] + ticks[1] + ticks[2] + ticks[3]);
	sum->cpu += total * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
	sum->memory += resident > 0 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
	if (read_of(pid, "io", io, sizeof io) > 0) {
		sum->read_bytes += number_behind(io, "\nread_bytes: ");
		sum->write_bytes += number_behind(io, "\nwrite_bytes: ");
	}
	return 0;
}
