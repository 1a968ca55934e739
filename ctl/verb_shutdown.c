/* exit, poweroff, reboot, halt: the end of it all. */
#include <errno.h>
#include <stdlib.h>

#include "ctl/connection.h"
#include "ctl/verbs.h"

static bool exit_status_of(const char *text, int *exit_status)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	*exit_status = (int)value;
	return *text && !*end && !errno && value >= 0 && value <= 255;
}

static int run(struct context *context)
{
	int status = STATUS_OK, exit_status = 0;
	json_t *parameters = json_pack("{s:s}", "how", context->verb->name);
	if (context->argument_count > 0) {
		if (!exit_status_of(context->arguments[0], &exit_status)) {
			json_decref(parameters);
			return complain("not an exit status (0 to 255): %s", context->arguments[0]);
		}
		json_object_set_new(parameters, "exitStatus", json_integer(exit_status));
	}
	json_decref(call_or_complain(context, "Shutdown", parameters, &status));
	return status;
}

const struct verb verb_exit = {
	.name = "exit",
	.synopsis = "[STATUS]",
	.summary = "stop everything in order, then end svinit with that exit status",
	.arguments_max = 1,
	.run = run,
};

const struct verb verb_poweroff = {
	.name = "poweroff",
	.synopsis = "",
	.summary = "stop everything in order, then switch the machine off",
	.run = run,
};

const struct verb verb_reboot = {
	.name = "reboot",
	.synopsis = "",
	.summary = "stop everything in order, then reboot",
	.run = run,
};

const struct verb verb_kexec = {
	.name = "kexec",
	.synopsis = "",
	.summary = "stop everything in order, then start the kernel that kexec(8) has loaded",
	.run = run,
};

const struct verb verb_halt = {
	.name = "halt",
	.synopsis = "",
	.summary = "stop everything in order, then halt",
	.run = run,
};
