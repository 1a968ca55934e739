/* svmachine: the steps of a machine's way up and down that need no PID 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/step.h"
#include "machine/tmpfiles.h"

static const struct step *const steps[] = {
	&step_hostname, &step_loopback,      &step_machine_id, &step_modules,    &step_sysctl,
	&step_root,     &step_mounts,        &step_swap,       &step_tmpfiles,   &step_random_seed,
	&step_utmp,     &step_user_sessions, &step_shell,      &step_mount_root, &step_unmount,
};
enum { STEP_COUNT = sizeof steps / sizeof *steps, EXIT_USAGE = 2 };

static void print_help(FILE *to)
{
	fputs("svmachine STEP [ARGUMENT]\n\n", to);
	for (size_t i = 0; i < STEP_COUNT; i++) {
		char left[64];
		snprintf(left, sizeof left, "%s %s", steps[i]->name, steps[i]->argument ? steps[i]->argument : "");
		fprintf(to, "  %-28s %s\n", left, steps[i]->summary);
	}
	fputs("\nThe units in " SVINIT_LIBEXECDIR "/machine run these; svmachine(8) has the details.\n", to);
}

static const struct step *find(const char *name)
{
	for (size_t i = 0; i < STEP_COUNT; i++)
		if (strcmp(steps[i]->name, name) == 0)
			return steps[i];
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc > 0 && strcmp(basename(argv[0]), "systemd-tmpfiles") == 0)
		return tmpfiles_command(argc, argv);
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help(stdout);
		return EXIT_SUCCESS;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("svmachine " SVINIT_VERSION);
		return EXIT_SUCCESS;
	}
	const struct step *step = argc >= 2 ? find(argv[1]) : NULL;
	if (!step || argc > (step->argument ? 3 : 2)) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	return step->run(argc > 2 ? argv[2] : NULL);
}
