/* Leaves COUNT orphans: grandchildren whose parent is gone and that end at once. Writes FILE when all were made. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_orphan(void)
{
	pid_t child;

	while ((child = fork()) < 0)
		usleep(1000);
	if (child == 0) {
		pid_t orphan;

		while ((orphan = fork()) < 0)
			usleep(1000);
		_exit(0);
	}
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return 2;
	for (long left = strtol(argv[1], NULL, 10); left > 0; left--)
		make_orphan();
	fd = open(argv[2], O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		return 1;
	close(fd);
	for (;;)
		pause();
}
