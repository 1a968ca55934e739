#include "supervisor/machine_boot.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/machine.h"
#include "supervisor/os/read_file.h"

static const char helper[] = SVINIT_LIBEXECDIR "/svmachine";

void machine_boot_begin(struct machine_boot *machine)
{
	char text[KERNEL_COMMAND_LINE_MAX] = "";

	*machine = (struct machine_boot){ .is_machine = machine_is_ours() };
	if (!machine->is_machine)
		return;
	machine_mount_kernel_file_systems();
	machine_open_console();
	machine_take_keyboard();
	machine->initramfs = machine_is_in_initramfs();
	(void)read_file_at(AT_FDCWD, "/proc/cmdline", text, sizeof text);
	kernel_command_line_parse(text, machine->initramfs, &machine->line);
	if (!machine->initramfs)
		machine_want_logins();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
	machine_say(5, "svinit " SVINIT_VERSION " is PID 1%s", machine->initramfs ? " of the initramfs" : "");
}

int machine_boot_arguments(const struct machine_boot *machine, int argc, char **argv)
{
	int first = 1;

	if (!machine->is_machine)
		return argc;
	while (first < argc && strncmp(argv[first], "--", 2) != 0)
		first++;
	for (int i = first; i <= argc; i++)
		argv[1 + i - first] = argv[i];
	return argc - first + 1;
}

static void choose_log_target(const struct machine_boot *machine, struct manager_options *wanted)
{
	const char *target = machine->line.log_target;

	/* The console is where people log in; svinit's own notices reach it through the kernel's log. */
	wanted->log_to_console = strcmp(target, "console") == 0 || strcmp(target, "both") == 0;
	wanted->log_to_files = strcmp(target, "console") != 0;
}

void machine_boot_adapt(const struct machine_boot *machine, const struct supervisor_options *options,
			struct manager_options *wanted)
{
	if (!machine->is_machine)
		return;
	wanted->machine_init = true;
	if (!options->target && machine->line.target[0])
		wanted->target = machine->line.target;
	if (!options->log_target_given)
		choose_log_target(machine, wanted);
	if (machine->initramfs || !wanted->log_directory) {
		wanted->log_directory = NULL;
		wanted->log_to_files = false;
		wanted->log_to_console = true;
	}
}

static enum machine_end end_of(enum leave_kind leave)
{
	switch (leave) {
	case LEAVE_HALT:
		return MACHINE_HALT;
	case LEAVE_REBOOT:
		return MACHINE_REBOOT;
	case LEAVE_KEXEC:
		return MACHINE_KEXEC;
	default:
		return MACHINE_POWEROFF;
	}
}

void machine_boot_end(const struct machine_boot *machine, const struct machine_departure *departure)
{
	struct cause cause = { 0 };

	if (!machine->is_machine)
		return;
	if (!departure->ran) {
		machine_say(2, "cannot run; a shell takes my place, and its end is a reboot");
		machine_rescue();
	}
	if (departure->leave == LEAVE_SWITCH_ROOT) {
		machine_switch_root(departure->new_root, departure->new_init, &cause);
		machine_say(2, "%s; a shell takes my place, and its end is a reboot", cause.text);
		machine_rescue();
	}
	machine_end(end_of(departure->leave), helper);
}
