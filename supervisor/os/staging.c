#include "supervisor/os/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

/* Above this the copying that is saved is not worth the slots. */
enum { BASE_MAX = 128 };

static int base = -1; /* slot 0 always holds /dev/null; the others do while they are not used */
static int used;      /* slots 1 … used hold something */
static int last_put;  /* what the last of them holds: stdout and stderr often are the same */
static bool tried;

static void give_back(int null, int first, int last)
{
	for (int fd = first; fd <= last; fd++)
		if (fd != null)
			close(fd);
}

/* Finds a row of free numbers by taking copies until STAGING_SLOTS of them follow each other. */
static int reserve_row(int null)
{
	int first = null, last = null;

	while (last - first + 1 < STAGING_SLOTS) {
		int next = fcntl(null, F_DUPFD_CLOEXEC, last + 1);
		if (next < 0) {
			int error = errno;
			give_back(null, first, last);
			return -error;
		}
		if (next != last + 1) {
			give_back(null, first, last);
			first = next;
		}
		last = next;
		if (last > BASE_MAX) {
			give_back(null, first, last);
			return -EMFILE;
		}
	}
	return first;
}

bool staging_reserve(void)
{
	if (tried)
		return base >= 0;
	tried = true;
	/* A range that ends before it begins: only asks whether the call is there. */
	if (syscall(SYS_close_range, 1, 0, CLOSE_RANGE_UNSHARE) < 0 && errno != EINVAL)
		return false;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (null < 0)
		return false;
	base = reserve_row(null);
	if (base != null)
		close(null);
	return base >= 0;
}

int staging_null(void)
{
	return base;
}

int staging_end(void)
{
	return base + STAGING_SLOTS;
}

int staging_put(int fd)
{
	if (fd < staging_end())
		return fd;
	if (used > 0 && fd == last_put)
		return base + used;
	if (used + 1 >= STAGING_SLOTS || dup3(fd, base + used + 1, O_CLOEXEC) < 0)
		return -1;
	last_put = fd;
	return base + ++used;
}

void staging_clear(void)
{
	while (used > 0)
		(void)dup3(base, base + used--, O_CLOEXEC);
}

int staging_unshare_in_child(void)
{
	unsigned first = (unsigned)staging_end();

	return syscall(SYS_close_range, first, UINT_MAX, CLOSE_RANGE_UNSHARE) < 0 ? -errno : 0;
}
