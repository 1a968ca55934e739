/* svctl: shows and commands what svinit supervises. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/connection.h"
#include "ctl/help.h"
#include "ctl/options.h"
#include "ctl/pager.h"
#include "ctl/remote.h"
#include "ctl/verbs.h"

/* The verb that a link's name stands for: poweroff and its like, and journalctl for logs. */
static const struct verb *verb_of_program(const char *program)
{
	static const struct verb *const links[] = { &verb_poweroff, &verb_reboot, &verb_halt, NULL };
	for (const struct verb *const *link = links; *link; link++)
		if (strcmp((*link)->name, program) == 0)
			return *link;
	return strcmp(program, "journalctl") == 0 ? verb_find("logs") : NULL;
}

static const char *runtime_directory(const struct context *context, char buffer[PATH_MAX])
{
	const char *directory = context->runtime_directory;
	if (!directory)
		directory = getenv("SVINIT_RUNTIME_DIR");
	return directory && *directory ? directory : default_runtime_directory(buffer);
}

static int finish_output(int status)
{
	bool written = fflush(stdout) == 0;
	return pager_end() || written ? status : complain("cannot write the output");
}

static int run_verb(struct context *context)
{
	char buffer[PATH_MAX];
	const char *host = option_value(context, "host");
	if (option_is_given(context, "help")) {
		help_print(context->verb);
		return finish_output(STATUS_OK);
	}
	if (option_is_given(context, "version")) {
		puts("svctl " SVINIT_VERSION);
		return finish_output(STATUS_OK);
	}
	if (host)
		return remote_run(context, host);
	context->runtime_directory = runtime_directory(context, buffer);
	context->terminal = terminal_of(stdout);
	if (option_is_given(context, "full"))
		context->terminal.width = 0;
	pager_begin(context);
	int status = context->verb->run(context);
	return finish_output(status);
}

/* A closed standard descriptor would become the socket, and what is printed a message on it. */
static void open_standard_descriptors(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct context context = { 0 };
	const char *program = argc > 0 ? basename(argv[0]) : "svctl";
	int status = STATUS_FAILURE;
	open_standard_descriptors();
	if (argc > 0 && options_parse(&context, verb_of_program(program), argc, argv)) {
		if (!context.verb)
			context.verb = strcmp(program, "systemctl") == 0 ? &verb_list_units : &verb_list;
		status = run_verb(&context);
	}
	connection_close(&context);
	options_finish(&context);
	return status;
}
