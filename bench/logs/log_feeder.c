/* Prints COUNT lines of 100 bytes, PER_WRITE of them a write(2): log_feeder COUNT PER_WRITE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 100, PER_WRITE_MAX = 640 };

static void put_number(char *to, unsigned long number)
{
	for (int i = 9; i >= 0; i--, number /= 10)
		to[i] = (char)('0' + number % 10);
}

static void write_all(const char *data, size_t length)
{
	while (length > 0) {
		ssize_t count = write(STDOUT_FILENO, data, length);

		if (count < 0)
			exit(1);
		data += count;
		length -= (size_t)count;
	}
}

int main(int argc, char **argv)
{
	static char block[LINE * PER_WRITE_MAX];
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	unsigned long per_write = argc > 2 ? strtoul(argv[2], NULL, 10) : PER_WRITE_MAX;

	if (per_write < 1 || per_write > PER_WRITE_MAX)
		return 2;
	memset(block, '.', sizeof block);
	for (unsigned long i = 0; i < PER_WRITE_MAX; i++)
		block[i * LINE + LINE - 1] = '\n';
	for (unsigned long i = 0; i < count; i += per_write) {
		unsigned long now = count - i < per_write ? count - i : per_write;

		for (unsigned long j = 0; j < now; j++)
			put_number(block + j * LINE, i + j);
		write_all(block, now * LINE);
	}
	return 0;
}
