/*
 * The service of the measurements: writes when it began and its pid to its slot, and pauses. `stamp FILE SLOT`; as the
 * `run` program of a service directory, which is named after its slot, it finds FILE in the environment as STAMP_FILE
 * and takes no notice of arguments.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/slots.h"

static unsigned long slot_by_directory(void)
{
	char path[PATH_MAX];
	const char *name = getcwd(path, sizeof path) ? strrchr(path, '/') : NULL;

	return name ? strtoul(name + 1, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	uint64_t began = slots_now();
	const char *file = getenv("STAMP_FILE");
	unsigned long slot = file ? slot_by_directory() : argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (!file && argc > 2)
		file = argv[1];

	if (!file || slot == 0 || slots_write(file, slot, began) < 0)
		return 1;
	for (;;)
		pause();
}
