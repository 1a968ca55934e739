/* svinit: options, wiring, loop. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/container/container_init.h"
#include "supervisor/emergency.h"
#include "supervisor/machine_boot.h"
#include "supervisor/manager.h"
#include "supervisor/options.h"
#include "supervisor/os/runtime_directory.h"
#include "supervisor/os/systemd_marker.h"
#include "supervisor/takeover.h"

enum { EXIT_USAGE = 2 };

static char **arguments; /* argv */

/* svlog, svkeeper and svexec stand beside svinit, or where make install puts them. */
static const char *find_program(const char *name, char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length > 0) {
		path[length] = '\0';
		char *slash = strrchr(path, '/');
		if (slash) {
			snprintf(slash + 1, (size_t)(path + PATH_MAX - slash - 1), "%s", name);
			if (access(path, X_OK) == 0)
				return path;
		}
	}
	snprintf(path, PATH_MAX, SVINIT_LIBEXECDIR "/%s", name);
	return path;
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

/* Whether there is a unit to run beside a main process without --units being given. */
static bool has_units(const char *directory)
{
	char **names = NULL;

	if (loader_list_directory(directory, &names, NULL) < 0)
		return false;
	bool any = names[0] != NULL;
	string_list_free(names);
	return any;
}

static struct manager_options wanted_from(const struct supervisor_options *options)
{
	static char logger[PATH_MAX], keeper[PATH_MAX], sandbox[PATH_MAX];
	bool user_mode = geteuid() != 0;

	return (struct manager_options){
		.unit_directories =
			options->unit_directories ? options->unit_directories : default_unit_directories(user_mode),
		.search_defaults = !options->unit_directories,
		.runtime_directory = options->runtime_directory,
		.log_directory = options->log_directory,
		.log_forward = options->log_forward,
		.target = options->target,
		.log_json = options->log_json,
		.log_max_bytes = options->log_max_bytes,
		.log_to_console = options->log_to_console,
		.log_to_files = options->log_to_files,
		.color = !options->no_color && !getenv("NO_COLOR") && isatty(STDOUT_FILENO),
		.user_mode = user_mode,
		.logger_program = find_program("svlog", logger),
		.keeper_program = find_program("svkeeper", keeper),
		.sandbox_program = find_program("svexec", sandbox),
		.no_cgroups = options->no_cgroups,
	};
}

/* The lock on RDIR, -1 when svinit goes on without RDIR, or -EBUSY: somebody else has it. */
static int take_runtime_directory(struct manager_options *wanted)
{
	struct cause cause = { .text = "there is no runtime directory: XDG_RUNTIME_DIR is not set; try --runtime-dir" };
	int lock = -1;

	if (wanted->runtime_directory)
		lock = runtime_directory_open(wanted->runtime_directory, wanted->user_mode, &cause);
	if (lock == -EBUSY) {
		fprintf(stderr, "svinit: %s\n", cause.text);
		return lock;
	}
	if (lock < 0) {
		fprintf(stderr, "svinit: %s; going on without a control socket\n", cause.text);
		wanted->runtime_directory = NULL;
		return -1;
	}
	return lock;
}

/* svlog would keep all in its memory otherwise, and give up what does not fit. */
static void check_log_directory(struct manager_options *wanted)
{
	struct cause cause = { 0 };

	if (!wanted->log_to_files || directory_make_writable(wanted->log_directory, &cause) >= 0)
		return;
	fprintf(stderr, "svinit: %s; logs go to the console only, until it can be written to\n", cause.text);
	wanted->log_to_console = true;
	wanted->log_files_later = true;
}

/* A machine, or a container that is like one, where others may ask whether systemctl answers. */
static void mark_as_systemd(const struct manager_options *wanted)
{
	if (getpid() != 1 || wanted->user_mode || !wanted->search_defaults || wanted->command)
		return;
	int result = systemd_marker_make();
	if (result < 0)
		fprintf(stderr, "svinit: /run/systemd/system: %s; packages will not find systemctl\n",
			strerror(-result));
}

/* Where our program stands, even if another file has taken its place since; NULL: nobody knows. */
static const char *find_own_path(void)
{
	static const char deleted[] = " (deleted)";
	static char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

	if (length <= 0)
		return NULL;
	path[length] = '\0';
	size_t end = strlen(deleted);
	if ((size_t)length > end && strcmp(path + length - end, deleted) == 0)
		path[(size_t)length - end] = '\0';
	return path;
}

static void note_departure(struct manager *manager, struct machine_departure *departure)
{
	*departure = (struct machine_departure){
		.ran = true,
		.leave = manager->leave_kind,
		.new_root = manager->new_root,
		.new_init = manager->new_init,
	};
	manager->new_root = manager->new_init = NULL;
}

static int supervise(const struct machine_boot *machine, const struct supervisor_options *options,
		     const struct main_process_options *command)
{
	struct manager manager;
	struct machine_departure departure = { 0 };
	struct cause cause = { 0 };
	struct manager_options wanted = wanted_from(options);
	int status = EXIT_FAILURE;

	wanted.command = command;
	wanted.program = find_own_path();
	wanted.arguments = arguments;
	machine_boot_adapt(machine, options, &wanted);
	int lock = takeover_lock() >= 0 ? takeover_lock() : take_runtime_directory(&wanted);
	if (lock == -EBUSY)
		return EXIT_FAILURE;
	wanted.lock = lock;
	if (takeover_announced() == TAKEOVER_EMERGENCY)
		return emergency_run(&wanted);
	/* A machine's root can be written to when its own units have run, not now. */
	if (!machine->is_machine)
		check_log_directory(&wanted);
	mark_as_systemd(&wanted);
	if (manager_open(&manager, &wanted, &cause) < 0) {
		fprintf(stderr, "svinit: %s\n", cause.text);
		takeover_try_again(arguments);
	} else {
		status = manager_run(&manager);
		note_departure(&manager, &departure);
	}
	manager_close(&manager);
	machine_boot_end(machine, &departure);
	if (lock >= 0)
		close(lock);
	return status;
}

static int run_supervisor(const struct machine_boot *machine, int argc, char **argv,
			  const struct main_process_options *command)
{
	struct supervisor_options options;
	struct cause cause;
	int status = 0;

	if (supervisor_options_parse(argc, argv, &options, &cause) < 0) {
		fprintf(stderr, "svinit: %s\n", cause.text);
		takeover_try_again(arguments);
		status = EXIT_USAGE;
	} else if (options.outcome == OPTIONS_HELP) {
		fputs(supervisor_options_help(), stdout);
	} else if (options.outcome == OPTIONS_VERSION) {
		puts("svinit " SVINIT_VERSION);
	} else if (command->outcome == MAIN_PROCESS_NONE) {
		status = supervise(machine, &options, NULL);
	} else if (options.unit_directories || has_units(default_unit_directories(geteuid() != 0)[0])) {
		status = supervise(machine, &options, command);
	} else {
		status = container_init_run(command);
	}
	supervisor_options_finish(&options);
	return status;
}

static int run(const struct machine_boot *machine, int argc, char **argv)
{
	struct main_process_options command;
	struct cause cause;
	int checked = takeover_check();

	if (checked >= 0)
		return checked;
	arguments = argv;
	takeover_read_environment();
	if (dialect_parse(argc, argv, environ, supervisor_options_long(), &command, &cause) < 0) {
		fprintf(stderr, "svinit: %s\n", cause.text);
		takeover_try_again(arguments);
		return dialect_usage_status(command.dialect);
	}
	if (command.dialect != DIALECT_SVINIT)
		return container_init_run(&command);
	return run_supervisor(machine, command.supervisor_argc, argv, &command);
}

int main(int argc, char **argv)
{
	static const struct machine_departure could_not_run;
	struct machine_boot machine;

	machine_boot_begin(&machine);
	argc = machine_boot_arguments(&machine, argc, argv);
	int status = run(&machine, argc, argv);
	machine_boot_end(&machine, &could_not_run);
	return status;
}
