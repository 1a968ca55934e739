/*
 * One of several sellers with one stock of tickets in a file. The lock makes reading, deciding and writing one step, so
 * that no ticket is sold twice, also when a seller is killed in the middle of a sale.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* Takes one ticket out of the stock. Returns its number, 0 when there is none left, -1 on an error. */
static long sell_one(int stock)
{
	char text[32] = "";
	long left;
	int length;

	if (flock(stock, LOCK_EX) < 0)
		return -1;
	if (pread(stock, text, sizeof(text) - 1, 0) < 0)
		return -1;
	left = strtol(text, NULL, 10);
	if (left > 0) {
		length = snprintf(text, sizeof(text), "%-16ld\n", left - 1);
		if (pwrite(stock, text, (size_t)length, 0) != length)
			return -1;
	}
	flock(stock, LOCK_UN);
	return left;
}

int main(int argc, char **argv)
{
	long sold = 0, ticket;
	int stock;

	if (argc != 3) {
		fprintf(stderr, "usage: ticket_seller STOCK NAME\n");
		return 2;
	}
	stock = open(argv[1], O_RDWR | O_CLOEXEC);
	if (stock < 0) {
		perror(argv[1]);
		return 1;
	}
	while ((ticket = sell_one(stock)) > 0) {
		printf("seller %s sold ticket %ld\n", argv[2], ticket);
		fflush(stdout);
		sold++;
		usleep(1000);
	}
	if (ticket < 0) {
		perror(argv[1]);
		return 1;
	}
	printf("seller %s: sold out after %ld\n", argv[2], sold);
	return 0;
}
