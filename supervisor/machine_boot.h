/* svinit as a whole machine's PID 1: what goes before the options, what they mean there, and what comes at the end. */
#ifndef SVINIT_MACHINE_BOOT_H
#define SVINIT_MACHINE_BOOT_H

#include "supervisor/kernel_command_line.h"
#include "supervisor/manager.h"
#include "supervisor/options.h"

struct machine_boot {
	bool is_machine; /* false: nothing of this applies */
	bool initramfs;
	struct kernel_command_line line;
};

/* Finds out whether we are a machine's PID 1; if so, makes it one that programs can run on. */
void machine_boot_begin(struct machine_boot *machine);

/*
 * The kernel passes words that it does not know on to init ("single", "splash"): all in front of the first long option
 * is dropped. Returns the new argc.
 */
int machine_boot_arguments(const struct machine_boot *machine, int argc, char **argv);

/* What the options say is changed to what they mean on a machine. */
void machine_boot_adapt(const struct machine_boot *machine, const struct supervisor_options *options,
			struct manager_options *wanted);

/* How the manager ended. The strings are owned. */
struct machine_departure {
	bool ran; /* false: it could not even begin */
	enum leave_kind leave;
	char *new_root, *new_init; /* LEAVE_SWITCH_ROOT */
};

/* The manager is gone, and with it all units. Returns only if there is no machine to end. */
void machine_boot_end(const struct machine_boot *machine, const struct machine_departure *departure);

#endif
