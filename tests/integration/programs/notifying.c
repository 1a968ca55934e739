/*
 * A service by script: each argument is a step. send:TEXT to NOTIFY_SOCKET (\n becomes a new line), sleep:MS, say:TEXT,
 * exit:STATUS, fork (the rest is done by a child), pause, die:SIGNAL, touch:PATH.
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void send_message(char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = path ? strlen(path) : 0;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char *mark;

	while ((mark = strstr(text, "\\n"))) {
		*mark = '\n';
		memmove(mark + 1, mark + 2, strlen(mark + 2) + 1);
	}
	if (length == 0 || length >= sizeof(address.sun_path))
		exit(90);
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	if (fd < 0 || sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, size) < 0)
		exit(91);
	close(fd);
}

static void step(char *word)
{
	char *argument = strchr(word, ':');
	int fd;

	if (argument)
		*argument++ = '\0';
	if (!strcmp(word, "pause"))
		for (;;)
			pause();
	if (!strcmp(word, "fork")) {
		if (fork() != 0)
			for (;;)
				pause();
		return;
	}
	if (!argument)
		exit(92);
	if (!strcmp(word, "send"))
		send_message(argument);
	else if (!strcmp(word, "sleep"))
		usleep((useconds_t)strtoul(argument, NULL, 10) * 1000);
	else if (!strcmp(word, "say"))
		puts(argument);
	else if (!strcmp(word, "exit"))
		exit(atoi(argument));
	else if (!strcmp(word, "die"))
		raise(atoi(argument));
	else if (!strcmp(word, "touch") && (fd = open(argument, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)) >= 0)
		close(fd);
	else
		exit(93);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		step(argv[i]);
	return 0;
}
