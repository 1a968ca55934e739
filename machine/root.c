/* The root file system: checked, and mounted again as fstab says; systemd-remount-fs.service(8). */
#include <stdlib.h>
#include <string.h>

#include "machine/fstab.h"
#include "machine/program.h"
#include "machine/step.h"
#include "machine/text.h"

static int remount(const char *options)
{
	const char *const command[] = { "mount", "-o", options, "/", NULL };

	return program_run(command) == 0 ? EXIT_SUCCESS : complain("/ cannot be mounted again with %s", options);
}

struct outcome {
	bool listed;
	int status;
};

static int take(const struct mntent *entry, void *context)
{
	struct outcome *outcome = context;

	if (strcmp(entry->mnt_dir, "/") != 0)
		return 0;
	outcome->listed = true;
	if (!check_file_system(entry))
		outcome->status = EXIT_FAILURE;
	else
		outcome->status |= remount("remount");
	return 0;
}

static int run(const char *argument)
{
	struct outcome outcome = { .status = EXIT_SUCCESS };

	(void)argument;
	(void)fstab_each(take, &outcome);
	if (!outcome.listed && kernel_word("rw"))
		return remount("remount,rw");
	return outcome.status;
}

const struct step step_root = { "root", NULL, "check the root file system and mount it again as fstab(5) says", run };
