/* number_writer COUNT SEED: the numbers from 0 on, a line each, as fast as they are taken, in pieces of all sizes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 160, BUFFER_SIZE = 64 * 1024 };

static unsigned long random_state;

static unsigned draw(unsigned limit)
{
	random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
	return (unsigned)(random_state >> 33) % limit;
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

static size_t put_line(char *to, unsigned long number)
{
	static const char dots[] = "........................................................................";

	return (size_t)snprintf(to, LINE_MAX_SIZE, "%lu %.*s\n", number, (int)draw(sizeof dots), dots);
}

int main(int argc, char **argv)
{
	static char buffer[BUFFER_SIZE + LINE_MAX_SIZE];
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	size_t length = 0, limit = 1;

	random_state = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	for (unsigned long number = 0; number < count; number++) {
		length += put_line(buffer + length, number);
		if (length < limit)
			continue;
		size_t cut = 1 + draw((unsigned)length);

		write_all(buffer, cut);
		memmove(buffer, buffer + cut, length - cut);
		length -= cut;
		limit = 1 + draw(draw(8) ? 4096 : BUFFER_SIZE);
	}
	write_all(buffer, length);
	return 0;
}
