#include "supervisor/os/child_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int lift(int *fd, int target, int end)
{
	if (*fd < 0 || *fd >= end || *fd == target)
		return 0;
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, end);
	if (moved < 0)
		return -errno;
	*fd = moved;
	return 0;
}

int child_lift_descriptors(struct child_setup *setup)
{
	int end = 3 + (int)setup->recipe->extra_fd_count;
	int r = 0;

	for (int i = 0; r == 0 && i < 3; i++)
		if (setup->recipe->streams[i].kind == SPAWN_STREAM_FD)
			r = lift(&setup->stream_fds[i], i, end);
	for (int i = 3; r == 0 && i < end; i++)
		r = lift(&setup->extra_fds[i - 3], i, end);
	/* The slots may lie where a granted descriptor has to stand. */
	if (r == 0 && end > 3)
		r = lift(&setup->null_fd, -1, end);
	return r;
}

/* dup2(2) gives a copy without close-on-exec; one that stands there already has to lose it. */
static int place(int fd, int target)
{
	if (fd == target)
		return fcntl(fd, F_SETFD, 0) < 0 ? -errno : 0;
	return dup2(fd, target) < 0 ? -errno : 0;
}

/* Opening must not wait, neither for the other end of a FIFO nor for a line's carrier. */
static int open_at(const char *path, int flags, int target)
{
	int fd = open(path, flags | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, 0666);

	if (fd < 0)
		return -errno;
	if (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags & O_APPEND) < 0)
		return -errno;
	int r = place(fd, target);
	if (fd != target)
		close(fd);
	return r;
}

static int open_null(const struct child_setup *setup, int target)
{
	return setup->null_fd >= 0 ? place(setup->null_fd, target) : open_at("/dev/null", O_RDWR, target);
}

int child_open_stream(struct child_setup *setup, int number)
{
	const struct spawn_stream *stream = &setup->recipe->streams[number];

	switch (stream->kind) {
	case SPAWN_STREAM_FD:
		return place(setup->stream_fds[number], number);
	case SPAWN_STREAM_NULL:
		return open_null(setup, number);
	case SPAWN_STREAM_TTY:
		return open_at(stream->path, O_RDWR, number);
	case SPAWN_STREAM_OPEN:
		return open_at(stream->path, stream->open_flags, number);
	case SPAWN_STREAM_SAME:
		return place(number - 1, number);
	case SPAWN_STREAM_KEEP:
		return place(number, number);
	}
	return -EINVAL;
}

int child_place_extra_descriptors(struct child_setup *setup)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < setup->recipe->extra_fd_count; i++)
		r = place(setup->extra_fds[i], 3 + (int)i);
	return r;
}
