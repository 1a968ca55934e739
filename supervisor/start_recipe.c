#include "supervisor/start_recipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/load/expand.h"
#include "supervisor/log_line.h"
#include "supervisor/os/cgroup.h"
#include "supervisor/os/limits.h"
#include "supervisor/placement_recipe.h"
#include "supervisor/sandbox_state.h"
#include "supervisor/service_environment.h"
#include "supervisor/socket_units.h"
#include "supervisor/unit_resources.h"

/* What is known while a recipe is made. */
struct context {
	struct manager *manager;
	const struct unit *unit;
	const struct service_definition *service;
	const struct exec_options *exec;
	const struct exec_command *command;
	struct unit_runtime *runtime;
	enum exec_phase phase;
	struct start_recipe *recipe;
	struct spawn_error *error;
	struct cause *cause;
	bool as_user; /* User= and Group= apply to this command */
};

static int fail(const struct context *context, enum spawn_step step, int error)
{
	*context->error =
		(struct spawn_error){ .step = step, .error = error, .exit_status = spawn_step_exit_status(step) };
	return -error;
}

/* The name of a made-up user: User=, else the unit's own. One that there is already is taken as it is. */
static int make_dynamic_user(struct context *context, const char *given)
{
	struct start_recipe *recipe = context->recipe;
	char name[sizeof recipe->user.name];
	const char *unit = context->unit->definition->name;

	snprintf(name, sizeof name, "%s", given ? given : unit);
	if (!given)
		name[strcspn(name, "@.:")] = '\0';
	if (user_find(name, &recipe->user, NULL) == 0)
		return 0;
	recipe->user = (struct user){ .home = "/", .shell = "/usr/sbin/nologin" };
	memcpy(recipe->user.name, name, sizeof name);
	recipe->dynamic_user = true;
	int result = sandbox_state_take_user(context->manager, context->unit, name, &recipe->user.uid, context->cause);
	recipe->user.gid = recipe->user.uid;
	return result;
}

static int make_user(struct context *context)
{
	struct start_recipe *recipe = context->recipe;
	const struct exec_options *exec = context->exec;
	gid_t gid;

	bool dynamic = exec->dynamic_user && !context->manager->options.user_mode;

	if (!context->as_user || (!exec->user && !exec->group && !exec->supplementary_groups && !dynamic))
		return 0;
	int result = dynamic      ? make_dynamic_user(context, exec->user)
		     : exec->user ? user_find(exec->user, &recipe->user, context->cause)
				  : 0;
	if (result == -ESRCH)
		recipe->unknown_user = exec->user;
	else if (result < 0)
		return fail(context, SPAWN_STEP_USER, -result);
	if (!exec->user && !dynamic)
		recipe->user = (struct user){ .uid = geteuid(), .gid = getegid() };
	result = exec->group ? group_find(exec->group, &recipe->user.gid, context->cause) : 0;
	if (result == -ESRCH)
		recipe->unknown_group = exec->group;
	result = result == -ESRCH ? 0 : result;
	for (char **name = exec->supplementary_groups; name && *name && result >= 0; name++) {
		result = group_find(*name, &gid, context->cause);
		if (result >= 0 && recipe->user.group_count < USER_GROUPS_MAX)
			recipe->user.groups[recipe->user.group_count++] = gid;
	}
	if (result < 0)
		return fail(context, SPAWN_STEP_GROUP, -result);
	/* Without a user of its own, a group alone is ours to set; svexec sets what it has to find first. */
	recipe->spawn.set_ids = !recipe->unknown_user || exec->group;
	recipe->spawn.uid = recipe->user.uid;
	recipe->spawn.gid = recipe->user.gid;
	/* What was not found is not what fails. */
	if (recipe->unknown_user || recipe->unknown_group)
		*context->cause = (struct cause){ 0 };
	recipe->spawn.groups = recipe->user.groups;
	recipe->spawn.group_count = recipe->user.group_count;
	return 0;
}

/* Only the program itself is given descriptors. */
static int make_descriptors(struct context *context)
{
	struct start_recipe *recipe = context->recipe;

	if (context->phase != EXEC_START)
		return 0;
	int result = socket_units_grant(context->manager, context->unit, &recipe->granted);
	if (result < 0)
		cause_set_errno(context->cause, -result, "sockets");
	else
		result = granted_descriptors_open(&recipe->granted, context->service->options, context->cause);
	if (result < 0)
		return fail(context, SPAWN_STEP_FDS, -result);
	recipe->spawn.extra_fds = recipe->granted.fds;
	recipe->spawn.extra_fd_count = recipe->granted.count;
	return 0;
}

static int make_environment(struct context *context)
{
	struct environment_request request = {
		.unit = context->unit,
		.service = context->service,
		.runtime = context->runtime,
		.phase = context->phase,
		.user = context->recipe->spawn.set_ids && (context->exec->user || context->exec->dynamic_user) &&
					!context->recipe->unknown_user
				? &context->recipe->user
				: NULL,
		.granted = &context->recipe->granted,
	};
	int result = service_environment_make(context->manager, &request, &context->recipe->environment,
					      context->recipe->pid_variables, context->cause);

	if (result < 0)
		return fail(context, SPAWN_STEP_EXEC, -result);
	context->recipe->spawn.envp = context->recipe->environment;
	context->recipe->spawn.pid_variables = context->recipe->pid_variables;
	return 0;
}

static int make_argv(struct context *context)
{
	const struct exec_command *command = context->command;

	context->recipe->spawn.path = command->path;
	context->recipe->spawn.search_path = context->exec->exec_search_path;
	context->recipe->spawn.argv = command->argv;
	if (command->flags & EXEC_NO_EXPAND)
		return 0;
	int result = expand_argv(command->argv, context->recipe->environment, &context->recipe->argv, NULL);
	if (result < 0) {
		cause_set_errno(context->cause, -result, "command line");
		return fail(context, SPAWN_STEP_EXEC, -result);
	}
	context->recipe->spawn.argv = context->recipe->argv;
	return 0;
}

static int make_data(struct context *context, const struct stream *stream, struct spawn_stream *to)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	context->recipe->data_fd = fd;
	if (write(fd, stream->path, stream->data_size) != (ssize_t)stream->data_size)
		return -EIO;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	*to = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = fd };
	return 0;
}

static struct spawn_stream tty_stream(const struct exec_options *exec)
{
	return (struct spawn_stream){
		.kind = SPAWN_STREAM_TTY,
		.path = exec->tty_path ? exec->tty_path : "/dev/console",
		.open_flags = O_RDWR | O_NOCTTY,
	};
}

static int make_input(struct context *context)
{
	struct spawn_stream *to = &context->recipe->spawn.streams[0];
	const struct stream *stream = &context->exec->input;
	int result = 0;

	*to = (struct spawn_stream){ .kind = SPAWN_STREAM_NULL };
	switch (stream->target) {
	case STREAM_TTY:
	case STREAM_TTY_FORCE:
	case STREAM_TTY_FAIL:
		*to = tty_stream(context->exec);
		context->recipe->spawn.controlling_terminal = true;
		break;
	case STREAM_FILE:
	case STREAM_APPEND:
	case STREAM_TRUNCATE:
		*to = (struct spawn_stream){ .kind = SPAWN_STREAM_OPEN, .path = stream->path, .open_flags = O_RDONLY };
		break;
	case STREAM_DATA:
		result = make_data(context, stream, to);
		break;
	default:
		break;
	}
	return result < 0 ? fail(context, SPAWN_STEP_STDIN, -result) : 0;
}

static int log_stream(struct context *context, int number, struct spawn_stream *to)
{
	/* Without a logger what services print goes where svinit's own words go. */
	*to = (struct spawn_stream){ .kind = SPAWN_STREAM_KEEP };
	if (!log_line_is_open(context->manager))
		return 0;
	int result = log_line_add_unit(context->manager, context->unit->id, context->cause);
	if (result < 0)
		return fail(context, number == 1 ? SPAWN_STEP_STDOUT : SPAWN_STEP_STDERR, -result);
	*to = (struct spawn_stream){ .kind = SPAWN_STREAM_FD, .fd = context->runtime->log_pipes[number - 1] };
	return 0;
}

/* Two of the same file would write over each other: it is opened once, as systemd has it. */
static bool error_shares_output(const struct exec_options *exec)
{
	const struct stream *error = &exec->error, *output = &exec->output;

	if (output->target != STREAM_FILE && output->target != STREAM_APPEND && output->target != STREAM_TRUNCATE)
		return false;
	return error->target == STREAM_DEFAULT || (error->target == output->target && error->path && output->path &&
						   strcmp(error->path, output->path) == 0);
}

/* `number` is 1 or 2. An error stream without a target of its own goes where output goes, apart in the log. */
static int make_output(struct context *context, int number)
{
	struct spawn_stream *streams = context->recipe->spawn.streams;
	const struct stream *stream = number == 1 ? &context->exec->output : &context->exec->error;
	struct spawn_stream *to = &streams[number];

	if (number == 2 && stream->target == STREAM_DEFAULT)
		stream = &context->exec->output;
	if (number == 2 && error_shares_output(context->exec)) {
		*to = (struct spawn_stream){ .kind = SPAWN_STREAM_SAME };
		return 0;
	}
	switch (stream->target) {
	case STREAM_NULL:
		*to = (struct spawn_stream){ .kind = SPAWN_STREAM_NULL };
		return 0;
	case STREAM_TTY:
		*to = tty_stream(context->exec);
		return 0;
	case STREAM_FILE:
		*to = (struct spawn_stream){ .kind = SPAWN_STREAM_OPEN,
					     .path = stream->path,
					     .open_flags = O_WRONLY | O_CREAT };
		return 0;
	case STREAM_APPEND:
	case STREAM_TRUNCATE:
		*to = (struct spawn_stream){
			.kind = SPAWN_STREAM_OPEN,
			.path = stream->path,
			.open_flags = O_WRONLY | O_CREAT | (stream->target == STREAM_APPEND ? O_APPEND : O_TRUNC),
		};
		return 0;
	case STREAM_INHERIT:
		/* systemd.exec(5): of what comes before it, be that /dev/null, which data for standard input is too. */
		*to = (struct spawn_stream){ .kind = number == 1 && context->exec->input.target == STREAM_DATA
							     ? SPAWN_STREAM_NULL
							     : SPAWN_STREAM_SAME };
		return 0;
	default:
		return log_stream(context, number, to);
	}
}

static int make_streams(struct context *context)
{
	int result = make_input(context);

	for (int number = 1; number <= 2 && result >= 0; number++)
		result = make_output(context, number);
	return result;
}

static int make_working_directory(struct context *context)
{
	const char *wanted = context->exec->working_directory;
	struct start_recipe *recipe = context->recipe;

	recipe->spawn.working_directory = wanted ? wanted : "/";
	recipe->spawn.working_directory_missing_ok = context->exec->working_directory_missing_ok;
	if (!wanted || *wanted != '~')
		return 0;
	const char *home = recipe->user.home[0] ? recipe->user.home : environment_get(recipe->environment, "HOME");
	recipe->working_directory = strdup(home && *home ? home : "/");
	if (!recipe->working_directory)
		return fail(context, SPAWN_STEP_CHDIR, ENOMEM);
	recipe->spawn.working_directory = recipe->working_directory;
	return 0;
}

static void make_limits(struct context *context)
{
	struct start_recipe *recipe = context->recipe;
	size_t count = 0;

	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (context->exec->limits[i].set)
			recipe->limits[count++] =
				(struct spawn_limit){ .resource = i, .value = context->exec->limits[i].value };
	if (!context->exec->limits[RLIMIT_NOFILE].set)
		recipe->limits[count++] =
			(struct spawn_limit){ .resource = RLIMIT_NOFILE, .value = limits_original_descriptors() };
	recipe->spawn.limits = recipe->limits;
	recipe->spawn.limit_count = count;
}

static void make_privileges(struct context *context)
{
	const struct exec_options *exec = context->exec;
	struct spawn_recipe *spawn = &context->recipe->spawn;

	spawn->secure_bits = -1;
	context->recipe->without_sandbox = context->command->flags & EXEC_FULLY_PRIVILEGED;
	if (context->recipe->without_sandbox)
		return;
	spawn->bounding_set_given = exec->bounding_set_given;
	spawn->bounding_set = exec->bounding_set;
	spawn->ambient_set = exec->ambient_set;
	spawn->secure_bits = exec->secure_bits;
	spawn->no_new_privileges = exec->no_new_privileges;
	if (context->phase == EXEC_START || !context->service->options->root_directory_start_only)
		spawn->root_directory = exec->root_directory;
}

static void make_scheduling(struct context *context)
{
	const struct exec_options *exec = context->exec;
	struct spawn_recipe *spawn = &context->recipe->spawn;

	spawn->umask = exec->umask;
	spawn->ignore_sigpipe = exec->ignore_sigpipe;
	spawn->nice_set = exec->nice_set;
	spawn->nice = exec->nice;
	spawn->oom_score_adjust_set = exec->oom_score_adjust_set;
	spawn->oom_score_adjust = exec->oom_score_adjust;
	spawn->cpu_scheduling_set = exec->cpu_scheduling_set;
	spawn->cpu_scheduling_reset_on_fork = exec->cpu_scheduling_reset_on_fork;
	spawn->cpu_scheduling_policy = exec->cpu_scheduling_policy;
	spawn->cpu_scheduling_priority = exec->cpu_scheduling_priority;
	spawn->io_priority_set = exec->io_priority_set;
	spawn->io_priority = exec->io_priority;
	spawn->timer_slack_set = exec->timer_slack_set;
	spawn->timer_slack = exec->timer_slack * 1000;
}

static int make_keeper(struct context *context)
{
	struct start_recipe *recipe = context->recipe;
	int result = containment_plan_keeper(&context->runtime->containment, context->unit->definition->name,
					     &recipe->keeper);

	if (result < 0)
		return fail(context, SPAWN_STEP_FORK, -result);
	recipe->spawn.keeper = result > 0 ? &recipe->keeper : NULL;
	return 0;
}

/* Delegate=, and what MemoryPressureWatch= is written to, belong to the service's user. */
static int hand_over(const struct context *context, int cgroup)
{
	const struct start_recipe *recipe = context->recipe;
	const struct resource_options *resources = context->unit->definition->resources;

	if (context->exec->delegate)
		containment_root_enable(context->manager->containment_root, CGROUP_CONTROLLERS_ALL);
	if (!recipe->spawn.set_ids)
		return 0;
	if (resources && resources->memory_pressure_watch)
		(void)fchownat(cgroup, "memory.pressure", recipe->user.uid, recipe->user.gid, 0);
	return context->exec->delegate ? cgroup_delegate(cgroup, recipe->user.uid, recipe->user.gid) : 0;
}

static int make_containment(struct context *context)
{
	int fd = unit_resources_place(context->manager, context->unit->id);

	if (fd < 0)
		return fail(context, SPAWN_STEP_CGROUP, -fd);
	bool made = context->runtime->containment.cgroup_fd < 0 || context->runtime->containment.killed;
	fd = containment_prepare(&context->runtime->containment, context->unit->definition->name, context->cause);

	if (fd < -1)
		return fail(context, SPAWN_STEP_CGROUP, -fd);
	context->recipe->spawn.cgroup_fd = fd;
	context->recipe->spawn.new_session = true;
	if (made)
		context->runtime->resources_written = 0;
	if (made && fd >= 0) {
		unit_resources_apply(context->manager, context->unit->id);
		int result = hand_over(context, fd);
		if (result < 0)
			return fail(context, SPAWN_STEP_CGROUP, -result);
	}
	return fd < 0 && context->exec->keeper ? make_keeper(context) : 0;
}

int start_recipe_make(struct manager *manager, const struct unit *unit, enum exec_phase phase, unsigned index,
		      struct start_recipe *recipe, struct spawn_error *error, struct cause *cause)
{
	const struct service_definition *service = unit->definition->service;
	struct context context = {
		.manager = manager,
		.unit = unit,
		.service = service,
		.exec = service->exec,
		.command = &service->phases[phase].commands[index],
		.runtime = manager->runtimes[unit->id],
		.phase = phase,
		.recipe = recipe,
		.error = error,
		.cause = cause,
	};
	int (*const steps[])(struct context *) = {
		make_user, make_containment, make_descriptors,       make_environment,
		make_argv, make_streams,     make_working_directory,
	};

	*recipe = (struct start_recipe){ .data_fd = -1,
					 .spawn = { .cgroup_fd = -1 },
					 .line = { .recipe_fd = -1, .reports = { -1, -1 } } };
	*error = (struct spawn_error){ 0 };
	context.as_user = !(context.command->flags & (EXEC_FULLY_PRIVILEGED | EXEC_NO_SETUID));
	make_scheduling(&context);
	placement_recipe_make(service->exec, recipe);
	make_privileges(&context);
	make_limits(&context);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int result = steps[i](&context);
		if (result < 0)
			return result;
	}
	return 0;
}

void start_recipe_finish(struct start_recipe *recipe)
{
	string_list_free(recipe->environment);
	string_list_free(recipe->argv);
	granted_descriptors_finish(&recipe->granted);
	free(recipe->working_directory);
	if (recipe->data_fd >= 0)
		close(recipe->data_fd);
	free(recipe->line.fds);
	for (int i = 0; i < 2; i++)
		if (recipe->line.reports[i] >= 0)
			close(recipe->line.reports[i]);
	if (recipe->line.recipe_fd >= 0)
		close(recipe->line.recipe_fd);
}
