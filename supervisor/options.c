#include "supervisor/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/parse.h"

enum {
	OPTION_UNITS = 256,
	OPTION_RUNTIME,
	OPTION_LOG_DIR,
	OPTION_TARGET,
	OPTION_FORMAT,
	OPTION_LOG_TARGET,
	OPTION_LOG_MAX_BYTES,
	OPTION_LOG_FORWARD,
	OPTION_NO_COLOR,
	OPTION_NO_CGROUPS,
	OPTION_VERSION,
	OPTION_HELP
};

static const struct option long_options[] = {
	{ "units", required_argument, NULL, OPTION_UNITS },
	{ "runtime-dir", required_argument, NULL, OPTION_RUNTIME },
	{ "log-dir", required_argument, NULL, OPTION_LOG_DIR },
	{ "target", required_argument, NULL, OPTION_TARGET },
	{ "log-format", required_argument, NULL, OPTION_FORMAT },
	{ "log-target", required_argument, NULL, OPTION_LOG_TARGET },
	{ "log-max-bytes", required_argument, NULL, OPTION_LOG_MAX_BYTES },
	{ "log-forward", required_argument, NULL, OPTION_LOG_FORWARD },
	{ "no-color", no_argument, NULL, OPTION_NO_COLOR },
	{ "no-cgroups", no_argument, NULL, OPTION_NO_CGROUPS },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

const struct option *supervisor_options_long(void)
{
	return long_options;
}

const char *supervisor_options_help(void)
{
	return "svinit [OPTIONS]                        supervise units\n"
	       "svinit [OPTIONS] -- COMMAND [ARG...]    COMMAND is the main process; units, if any, are its sidecars\n"
	       "\n"
	       "      --units DIR          start every unit in DIR (may be given several times)\n"
	       "      --runtime-dir DIR    control socket and state (root: /run/svinit; else $XDG_RUNTIME_DIR/svinit)\n"
	       "      --log-dir DIR        logs (root: /var/log/svinit; else $XDG_STATE_HOME/svinit/log); none: "
	       "console only\n"
	       "      --target UNIT        what to bring up (default.target, else all of the run directories)\n"
	       "      --log-format text|json\n"
	       "      --log-target console|file|both\n"
	       "      --log-forward SERVER  syslog server: udp:ADDRESS[:PORT], tcp:ADDRESS[:PORT] or unix:PATH\n"
	       "      --log-max-bytes SIZE  cap over all log files (a tenth of the file system, at most 4G)\n"
	       "      --no-color\n"
	       "      --no-cgroups         hold units by keepers even where cgroups could be made\n"
	       "      --version, --help\n"
	       "\n"
	       "With COMMAND also: -s -g -p SIGNAL -e CODE -w -v (tini), -c -r FROM:TO (dumb-init), -P (catatonit).\n"
	       "svinit(8) has the details, svinit.unit(5) the unit files, svctl(1) the command that talks to it.\n";
}

static int parse_log_target(struct supervisor_options *options, const char *value, struct cause *cause)
{
	options->log_to_console = strcmp(value, "file") != 0;
	options->log_to_files = strcmp(value, "console") != 0;
	options->log_target_given = true;
	if (strcmp(value, "file") == 0 || strcmp(value, "console") == 0 || strcmp(value, "both") == 0)
		return 0;
	return cause_set(cause, EINVAL, "--log-target %s: it is console, file or both", value);
}

static int parse_format(struct supervisor_options *options, const char *value, struct cause *cause)
{
	options->log_json = strcmp(value, "json") == 0;
	if (options->log_json || strcmp(value, "text") == 0)
		return 0;
	return cause_set(cause, EINVAL, "--log-format %s: it is text or json", value);
}

static int parse_max_bytes(struct supervisor_options *options, const char *value, struct cause *cause)
{
	if (parse_size(value, &options->log_max_bytes) < 0 || options->log_max_bytes == 0)
		return cause_set(cause, EINVAL, "--log-max-bytes %s: it is a size, as 500M or 2G", value);
	return 0;
}

/* The rest of it svlog checks, and tells. */
static int parse_forward(struct supervisor_options *options, const char *value, struct cause *cause)
{
	static const char *const forms[] = { "udp:", "tcp:", "unix:/" };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (strncmp(value, forms[i], strlen(forms[i])) == 0) {
			options->log_forward = value;
			return 0;
		}
	}
	return cause_set(cause, EINVAL, "--log-forward %s: it is udp:ADDRESS[:PORT], tcp:ADDRESS[:PORT] or unix:PATH",
			 value);
}

/* The path as it will be understood from everywhere: svlog and svctl have working directories of their own. */
static char *absolute(const char *path)
{
	char *directory, *joined = NULL;

	if (*path == '/')
		return strdup(path);
	directory = getcwd(NULL, 0);
	if (!directory)
		return NULL;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (asprintf(&joined, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory, path) < 0)
		joined = NULL;
	free(directory);
	return joined;
}

static int replace(char **to, char *value, struct cause *cause)
{
	if (!value)
		return cause_set(cause, ENOMEM, "out of memory");
	free(*to);
	*to = value;
	return 0;
}

/* Takes `value` over. */
static int add_unit_directory(struct supervisor_options *options, char *value, struct cause *cause)
{
	size_t count = 0;

	if (!value)
		return cause_set(cause, ENOMEM, "out of memory");
	while (options->unit_directories && options->unit_directories[count])
		count++;
	char **list = reallocarray(options->unit_directories, count + 2, sizeof *list);
	if (!list) {
		free(value);
		return cause_set(cause, ENOMEM, "out of memory");
	}
	list[count] = value;
	list[count + 1] = NULL;
	options->unit_directories = list;
	return 0;
}

static int take_option(struct supervisor_options *options, int option, char *value, struct cause *cause)
{
	switch (option) {
	case OPTION_UNITS:
		return add_unit_directory(options, absolute(value), cause);
	case OPTION_RUNTIME:
		return replace(&options->runtime_directory, absolute(value), cause);
	case OPTION_LOG_DIR:
		return replace(&options->log_directory, strcmp(value, "none") == 0 ? strdup(value) : absolute(value),
			       cause);
	case OPTION_TARGET:
		options->target = value;
		return 0;
	case OPTION_FORMAT:
		return parse_format(options, value, cause);
	case OPTION_LOG_TARGET:
		return parse_log_target(options, value, cause);
	case OPTION_LOG_FORWARD:
		return parse_forward(options, value, cause);
	case OPTION_LOG_MAX_BYTES:
		return parse_max_bytes(options, value, cause);
	case OPTION_NO_COLOR:
		options->no_color = true;
		return 0;
	case OPTION_NO_CGROUPS:
		options->no_cgroups = true;
		return 0;
	case OPTION_VERSION:
		options->outcome = OPTIONS_VERSION;
		return 0;
	case OPTION_HELP:
		options->outcome = OPTIONS_HELP;
		return 0;
	default:
		return -EINVAL;
	}
}

/* $VARIABLE/BELOW, or $HOME/FALLBACK/BELOW; NULL when neither is set or memory is short. */
static char *user_directory(const char *variable, const char *fallback, const char *below)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");
	char *path = NULL;

	if (base && *base == '/')
		return asprintf(&path, "%s/%s", base, below) < 0 ? NULL : path;
	if (!fallback || !home || *home != '/')
		return NULL;
	return asprintf(&path, "%s/%s/%s", home, fallback, below) < 0 ? NULL : path;
}

static void fill_defaults(struct supervisor_options *options)
{
	bool root = geteuid() == 0;

	if (!options->runtime_directory)
		options->runtime_directory =
			root ? strdup("/run/svinit") : user_directory("XDG_RUNTIME_DIR", NULL, "svinit");
	if (!options->log_directory)
		options->log_directory = root ? strdup("/var/log/svinit")
					      : user_directory("XDG_STATE_HOME", ".local/state", "svinit/log");
	if (options->log_directory && strcmp(options->log_directory, "none") == 0) {
		free(options->log_directory);
		options->log_directory = NULL;
	}
	if (!options->log_directory) {
		options->log_to_files = false;
		options->log_to_console = true;
	}
}

int supervisor_options_parse(int argc, char **argv, struct supervisor_options *options, struct cause *cause)
{
	*options = (struct supervisor_options){ .log_to_console = true, .log_to_files = true };
	optind = 0;
	opterr = 0;
	for (;;) {
		int option = getopt_long(argc, argv, "+:hV", long_options, NULL);
		if (option == -1)
			break;
		if (option == ':')
			return cause_set(cause, EINVAL, "%s needs a value; see svinit --help", argv[optind - 1]);
		if (option == '?')
			return cause_set(cause, EINVAL, "%s: no such option; see svinit --help", argv[optind - 1]);
		if (option == 'h' || option == 'V')
			option = option == 'h' ? OPTION_HELP : OPTION_VERSION;
		int result = take_option(options, option, optarg, cause);
		if (result < 0)
			return result;
	}
	options->command = optind;
	fill_defaults(options);
	return 0;
}

void supervisor_options_finish(struct supervisor_options *options)
{
	for (char **directory = options->unit_directories; directory && *directory; directory++)
		free(*directory);
	free(options->unit_directories);
	free(options->runtime_directory);
	free(options->log_directory);
	*options = (struct supervisor_options){ 0 };
}
