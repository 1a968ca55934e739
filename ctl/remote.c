#include "ctl/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Within single quotes nothing has a meaning to sh(1) but the quote itself. */
static void write_quoted(FILE *stream, const char *word)
{
	fputs(" '", stream);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", stream);
		else
			putc(*word, stream);
	putc('\'', stream);
}

static void write_option(FILE *stream, const struct given_option *given)
{
	char *word = NULL;
	if (strcmp(given->row->name, "host") == 0)
		return;
	if (asprintf(&word, "--%s%s%s", given->row->name, given->value ? "=" : "", given->value ? given->value : "") <
	    0)
		return;
	write_quoted(stream, word);
	free(word);
}

char *remote_command(const struct context *context)
{
	char *command = NULL;
	size_t length;
	FILE *stream = open_memstream(&command, &length);
	if (!stream)
		return NULL;
	fputs("svctl", stream);
	for (size_t i = 0; i < context->given_count; i++)
		write_option(stream, &context->given[i]);
	if (context->verb)
		write_quoted(stream, context->verb->name);
	if (context->argument_count > 0)
		fputs(" --", stream);
	for (size_t i = 0; i < context->argument_count; i++)
		write_quoted(stream, context->arguments[i]);
	if (fclose(stream) != 0) {
		free(command);
		return NULL;
	}
	return command;
}

int remote_run(const struct context *context, const char *host)
{
	char *command = remote_command(context);
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (!command)
		return complain("out of memory");
	/* A host that begins with a dash would be an option of ssh. */
	if (!*host || host[0] == '-') {
		free(command);
		return complain("not a host: %s", host);
	}
	execlp("ssh", "ssh", terminal ? "-t" : "-T", "--", host, command, (char *)NULL);
	free(command);
	return complain("cannot run ssh: %s", strerror(errno));
}
