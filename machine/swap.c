/* Swap space of fstab(5). */
#include <stdlib.h>

#include "machine/fstab.h"
#include "machine/program.h"
#include "machine/step.h"

static int count(const struct mntent *entry, void *context)
{
	(void)context;
	return fstab_is_swap(entry);
}

static int run(const char *argument)
{
	static const char *const command[] = { "swapon", "-a", NULL };

	(void)argument;
	if (fstab_each(count, NULL) == 0)
		return EXIT_SUCCESS;
	return program_run(command) == 0 ? EXIT_SUCCESS : complain("/etc/fstab: not all swap space is in use");
}

const struct step step_swap = { "swap", NULL, "use the swap space of fstab(5)", run };
