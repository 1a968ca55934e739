#include "supervisor/os/syslog_socket.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int make_directory_of(const char *path)
{
	char copy[sizeof((struct sockaddr_un *)0)->sun_path];

	memcpy(copy, path, strlen(path) + 1);
	return mkdir(dirname(copy), 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int bind_to(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int on = 1;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int r = make_directory_of(path);
	if (r < 0)
		return r;
	(void)unlink(path);
	/* Whoever wrote it before svlog listens is known too. */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0666) < 0)
		return -errno;
	return 0;
}

int syslog_socket_open(const char *path, struct cause *cause)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return cause_set_errno(cause, errno, "cannot make a socket for syslog");
	int r = bind_to(fd, path);
	if (r < 0) {
		close(fd);
		return cause_set_errno(cause, -r, "cannot take syslog messages at %s", path);
	}
	return fd;
}
