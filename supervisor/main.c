/* svinit: options, wiring, loop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/container/container_init.h"
#include "supervisor/manager.h"
#include "supervisor/options.h"
#include "supervisor/os/descriptors.h"
#include "supervisor/os/limits.h"
#include "supervisor/os/runtime_directory.h"
#include "supervisor/os/spawn.h"
#include "supervisor/os/stderr_line.h"

/* svlog stands beside svinit, or where make install puts it. */
static const char *find_logger(void)
{
	static char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "svlog");

	if (length > 0) {
		path[length] = '\0';
		char *slash = strrchr(path, '/');
		if (slash) {
			memcpy(slash + 1, "svlog", sizeof "svlog");
			if (access(path, X_OK) == 0)
				return path;
		}
	}
	return SVINIT_LIBEXECDIR "/svlog";
}

static char **default_unit_directories(bool user_mode)
{
	static char directory[4096];
	static char *list[] = { directory, NULL };
	const char *home = getenv("HOME");
	const char *configuration = getenv("XDG_CONFIG_HOME");

	if (!user_mode)
		snprintf(directory, sizeof directory, "/etc/svinit/units");
	else if (configuration && *configuration == '/')
		snprintf(directory, sizeof directory, "%s/svinit/units", configuration);
	else
		snprintf(directory, sizeof directory, "%s/.config/svinit/units", home && *home == '/' ? home : "");
	return list;
}

static int supervise(const struct options *options)
{
	struct manager manager;
	struct cause cause = { 0 };
	bool user_mode = geteuid() != 0;
	struct manager_options wanted = {
		.unit_directories =
			options->unit_directories ? options->unit_directories : default_unit_directories(user_mode),
		.search_defaults = !options->unit_directories,
		.runtime_directory = options->runtime_directory,
		.log_directory = options->log_directory,
		.target = options->target,
		.log_json = options->log_json,
		.log_to_console = options->log_to_console,
		.log_to_files = options->log_to_files,
		.color = !options->no_color && !getenv("NO_COLOR") && isatty(STDOUT_FILENO),
		.user_mode = user_mode,
		.logger_program = find_logger(),
	};
	int lock = -1;

	if (wanted.runtime_directory) {
		lock = runtime_directory_open(wanted.runtime_directory, user_mode, &cause);
		if (lock == -EBUSY) {
			fprintf(stderr, "svinit: %s\n", cause.text);
			return 1;
		}
		if (lock < 0) {
			fprintf(stderr, "svinit: %s; going on without a control socket\n", cause.text);
			wanted.runtime_directory = NULL;
		}
	}
	int result = manager_open(&manager, &wanted, &cause);
	if (result < 0) {
		fprintf(stderr, "svinit: %s\n", cause.text);
		manager_close(&manager);
		return 1;
	}
	int status = manager_run(&manager);
	manager_close(&manager);
	if (lock >= 0)
		close(lock);
	return status;
}

static int supervise_or_explain(const struct options *options)
{
	if (options->outcome == OPTIONS_HELP)
		return fputs(options_help(), stdout) < 0;
	if (options->outcome == OPTIONS_VERSION)
		return puts("svinit " SVINIT_VERSION) < 0;
	descriptors_open_standard();
	limits_raise_descriptors();
	spawn_prepare();
	return supervise(options);
}

/* A command without units needs nothing of the supervisor, and must not inherit what that changes. */
static bool is_bare(const struct main_process_options *main_process, const struct options *options)
{
	return main_process->outcome != MAIN_PROCESS_NONE && options->outcome == OPTIONS_RUN &&
	       !options->unit_directories;
}

int main(int argc, char **argv)
{
	struct main_process_options main_process;
	struct options options;
	struct cause cause;
	int status;

	if (dialect_parse(argc, argv, environ, options_long(), &main_process, &cause) < 0) {
		stderr_line("%s", cause.text);
		return dialect_usage_status(main_process.dialect);
	}
	if (main_process.dialect != DIALECT_SVINIT)
		return container_init_run(&main_process);
	if (options_parse(main_process.supervisor_argc, argv, &options, &cause) < 0) {
		stderr_line("%s", cause.text);
		status = dialect_usage_status(DIALECT_SVINIT);
	} else if (main_process.outcome == MAIN_PROCESS_HELP) {
		status = fputs(options_help(), stdout) < 0;
	} else if (is_bare(&main_process, &options)) {
		status = container_init_run(&main_process);
	} else {
		status = supervise_or_explain(&options);
	}
	options_finish(&options);
	return status;
}
