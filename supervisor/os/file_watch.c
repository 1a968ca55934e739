#include "supervisor/os/file_watch.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

int file_watch_open(void)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	return watch < 0 ? -errno : watch;
}

int file_watch_add(int watch, const char *path)
{
	int result = inotify_add_watch(watch, path,
				       IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY | IN_ATTRIB |
					       IN_DELETE_SELF | IN_MOVE_SELF);

	return result < 0 ? -errno : 0;
}

bool file_watch_has_changed(int watch)
{
	char event[sizeof(struct inotify_event) + 256];

	return read(watch, event, sizeof event) >= 0 || errno != EAGAIN;
}
