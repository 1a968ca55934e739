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
#include "ctl/service_face.h"
#include "ctl/verbs.h"

/* The verb that a link's name stands for: poweroff and its like, systemd-escape, and journalctl for logs. */
static const struct verb *verb_of_program(const char *program)
{
	static const struct verb *const links[] = { &verb_poweroff, &verb_reboot, &verb_halt, NULL };
	for (const struct verb *const *link = links; *link; link++)
		if (strcmp((*link)->name, program) == 0)
			return *link;
	if (strcmp(program, "systemd-escape") == 0)
		return &verb_escape;
	return strcmp(program, "journalctl") == 0 ? verb_find("logs") : NULL;
}

/* Under another command's name svctl is that command, also in what it calls itself. */
static enum face face_of_program(const char *program)
{
	if (strcmp(program, "journalctl") == 0) {
		complain_as("journalctl: ");
		return FACE_JOURNALCTL;
	}
	if (strcmp(program, "systemctl") != 0 && strcmp(program, "service") != 0)
		return FACE_SVCTL;
	complain_as("");
	return FACE_SYSTEMCTL;
}

static const char *runtime_directory(const struct context *context, char buffer[PATH_MAX])
{
	const char *directory = context->runtime_directory;
	if (!directory)
		directory = getenv("SVINIT_RUNTIME_DIR");
	return directory && *directory ? directory : default_runtime_directory(context->user, buffer);
}

static int finish_output(int status)
{
	bool written = fflush(stdout) == 0;
	return pager_end() || written ? status : complain("cannot write the output");
}

/* Scripts take the number out of systemctl's first line, and ask it what they may do. */
static void print_version(const struct context *context)
{
	if (context->face == FACE_SVCTL)
		puts("svctl " SVINIT_VERSION);
	else
		puts("systemd " SYSTEMCTL_VERSION " (svinit " SVINIT_VERSION ")");
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
		print_version(context);
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

static int run(struct context *context, const char *program, int argc, char **argv)
{
	context->face = face_of_program(program);
	if (!options_parse(context, verb_of_program(program), argc, argv))
		return STATUS_FAILURE;
	if (!context->verb)
		context->verb = context->face == FACE_SYSTEMCTL ? &verb_list_units : &verb_list;
	return run_verb(context);
}

int main(int argc, char **argv)
{
	struct context context = { 0 };
	const char *program = argc > 0 ? basename(argv[0]) : "svctl";
	int status = STATUS_FAILURE;
	open_standard_descriptors();
	if (argc > 0 && strcmp(program, "service") == 0)
		argv = service_arguments(&argc, argv, &status);
	if (argc > 0 && argv)
		status = run(&context, program, argc, argv);
	connection_close(&context);
	options_finish(&context);
	return status;
}
