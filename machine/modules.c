/* Kernel modules by name: modules-load.d(5), and modules_load= of the kernel's command line; modprobe(8) loads them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/configuration.h"
#include "machine/program.h"
#include "machine/step.h"
#include "machine/text.h"

static int load(char *name, const char *path, unsigned number)
{
	const char *const command[] = { "modprobe", "-q", "-b", "--", name, NULL };

	if (program_run(command) == 0)
		return 0;
	complain("%s:%u: module %s cannot be loaded", path, number, name);
	return 1;
}

static int load_list(char *list)
{
	char *rest = NULL;
	int failed = 0;

	for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		failed += load(name, "/proc/cmdline", 1);
	return failed;
}

static int run(const char *argument)
{
	struct configuration files;
	char list[1024];
	int failed = 0;

	(void)argument;
	/* A kernel without modules has nothing to load. */
	if (access("/proc/modules", F_OK) < 0)
		return EXIT_SUCCESS;
	if (kernel_option("modules_load", list, sizeof list))
		failed += load_list(list);
	if (kernel_option("modules-load", list, sizeof list))
		failed += load_list(list);
	configuration_find("modules-load.d", &files);
	for (unsigned i = 0; i < files.count; i++)
		failed += text_each_line(files.paths[i], load) > 0;
	configuration_finish(&files);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct step step_modules = { "modules", NULL, "load the kernel modules of modules-load.d(5)", run };
