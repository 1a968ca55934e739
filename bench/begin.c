/* `begin FILE PROGRAM [ARG...]`: notes the time in slot 0 of FILE and executes the program. */
#include "bench/slots.h"

int main(int argc, char **argv)
{
	if (argc < 3 || slots_write(argv[1], 0, slots_now()) < 0)
		return 1;
	execv(argv[2], argv + 2);
	return 127;
}
