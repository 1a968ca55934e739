/* A service that knows when it is ready: tells so on NOTIFY_SOCKET after some work, as sd_notify(3) describes. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int notify(const char *message)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = path ? strlen(path) : 0;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	ssize_t sent;
	int fd;

	if (length == 0 || length >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	sent = sendto(fd, message, strlen(message), 0, (struct sockaddr *)&address, size);
	close(fd);
	return sent < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	long work_ms = argc > 1 ? strtol(argv[1], NULL, 10) : 300;
	struct timespec work = { work_ms / 1000, work_ms % 1000 * 1000000 };

	if (notify("STATUS=warming up the cache") < 0) {
		fprintf(stderr, "nobody listens on NOTIFY_SOCKET\n");
		return 1;
	}
	nanosleep(&work, NULL);
	notify("READY=1\nSTATUS=serving");
	for (;;)
		pause();
}
