/*
 * Executes a program in a state that careless parents leave behind. Words before "--":
 *   block ignore   every signal that can be, 32, 33 and the real-time ones included
 *   pending=N      signal N is pending (and blocked)
 *   close=N        descriptor N is closed
 *   full-stderr    standard error is a pipe that nobody reads and that takes no byte more
 *   broken-stderr  standard error is a pipe without a reader
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIGNAL_MAX = 64 };

static void block(uint64_t mask)
{
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, sizeof mask);
}

static void ignore_all(void)
{
	struct {
		void (*handler)(int);
		unsigned long rest[7];
	} action = { .handler = SIG_IGN };

	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof(uint64_t));
}

static void fill(int fd)
{
	static const char bytes[4096];

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	while (write(fd, bytes, sizeof bytes) > 0)
		continue;
	while (write(fd, bytes, 1) > 0)
		continue;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

static void bad_stderr(int has_reader)
{
	int ends[2];

	if (pipe(ends) < 0)
		exit(99);
	if (has_reader)
		fill(ends[1]);
	else
		close(ends[0]);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

static void obey(const char *word)
{
	if (strcmp(word, "block") == 0)
		block(UINT64_MAX);
	else if (strcmp(word, "ignore") == 0)
		ignore_all();
	else if (strncmp(word, "close=", 6) == 0)
		close(atoi(word + 6));
	else if (strcmp(word, "full-stderr") == 0)
		bad_stderr(1);
	else if (strcmp(word, "broken-stderr") == 0)
		bad_stderr(0);
	else if (strncmp(word, "pending=", 8) == 0) {
		int signal = atoi(word + 8);
		block(UINT64_C(1) << (signal - 1));
		syscall(SYS_kill, getpid(), signal);
	} else
		exit(98);
}

int main(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		obey(argv[i]);
	if (i + 1 >= argc)
		return 97;
	execv(argv[i + 1], argv + i + 1);
	return 96;
}
