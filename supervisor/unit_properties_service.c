/* The properties of services: their state, the keys of [Service] and those of systemd.kill(5). */
#include <stdlib.h>
#include <string.h>

#include "supervisor/os/read_file.h"
#include "supervisor/unit_property.h"

#define UNIT(field)               offsetof(struct unit, field)
#define OPTIONS(field)            offsetof(struct service_options, field)
#define FIELD(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

static const char *const type_names[SERVICE_TYPE_COUNT] = {
	[SERVICE_SIMPLE] = "simple",
	[SERVICE_EXEC] = "exec",
	[SERVICE_FORKING] = "forking",
	[SERVICE_ONESHOT] = "oneshot",
	[SERVICE_DBUS] = "dbus",
	[SERVICE_NOTIFY] = "notify",
	[SERVICE_NOTIFY_RELOAD] = "notify-reload",
	[SERVICE_IDLE] = "idle",
};
static const char *const restart_names[RESTART_COUNT] = {
	[RESTART_NO] = "no",
	[RESTART_ON_SUCCESS] = "on-success",
	[RESTART_ON_FAILURE] = "on-failure",
	[RESTART_ON_ABNORMAL] = "on-abnormal",
	[RESTART_ON_WATCHDOG] = "on-watchdog",
	[RESTART_ON_ABORT] = "on-abort",
	[RESTART_ALWAYS] = "always",
};
static const char *const restart_mode_names[RESTART_MODE_COUNT] = { "normal", "direct" };
static const char *const exit_type_names[EXIT_TYPE_COUNT] = { "main", "cgroup" };
static const char *const notify_access_names[NOTIFY_ACCESS_COUNT] = { "none", "main", "exec", "all" };
static const char *const kill_mode_names[KILL_MODE_COUNT] = { "control-group", "mixed", "process", "none" };
static const char *const oom_policy_names[OOM_POLICY_COUNT] = { "continue", "stop", "kill" };
static const char *const failure_mode_names[TIMEOUT_FAILURE_MODE_COUNT] = { "terminate", "abort", "kill" };

/* The settings that are one word of a list. */
static const struct {
	size_t offset;
	unsigned count;
	const char *const *names;
} words[] = {
#define WORDS(field, list)                                                                                             \
	{                                                                                                              \
		offsetof(struct service_options, field), sizeof(list) / sizeof((list)[0]), (list)                      \
	}
	WORDS(restart, restart_names),
	WORDS(restart_mode, restart_mode_names),
	WORDS(exit_type, exit_type_names),
	WORDS(notify_access, notify_access_names),
	WORDS(kill_mode, kill_mode_names),
	WORDS(oom_policy, oom_policy_names),
	WORDS(timeout_start_failure_mode, failure_mode_names),
	WORDS(timeout_stop_failure_mode, failure_mode_names),
#undef WORDS
};

static void write_option_word(struct property_view *view, uint64_t offset)
{
	unsigned value = FIELD(unsigned, view->service->options, offset);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (words[i].offset == offset) {
			write_string(view->to, value < words[i].count ? words[i].names[value] : NULL);
			return;
		}
	}
	write_null(view->to);
}

static void write_option_usec(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, FIELD(usec, view->service->options, offset));
}

static void write_option_unsigned(struct property_view *view, uint64_t offset)
{
	write_integer(view->to, FIELD(unsigned, view->service->options, offset));
}

static void write_option_flag(struct property_view *view, uint64_t offset)
{
	write_boolean(view->to, FIELD(bool, view->service->options, offset));
}

static void write_option_text(struct property_view *view, uint64_t offset)
{
	write_string(view->to, FIELD(char *, view->service->options, offset));
}

static void write_type(struct property_view *view, uint64_t argument)
{
	enum service_type type = view->service->type;

	(void)argument;
	write_string(view->to, type < SERVICE_TYPE_COUNT ? type_names[type] : NULL);
}

/* A time that follows another one where the file is silent. */
static void write_timeout_abort(struct property_view *view, uint64_t argument)
{
	const struct service_options *options = view->service->options;

	(void)argument;
	write_usec(view->to, options->timeout_abort ? options->timeout_abort : options->timeout_stop);
}

static void write_restart_kill_signal(struct property_view *view, uint64_t argument)
{
	const struct service_options *options = view->service->options;

	(void)argument;
	write_integer(view->to, options->restart_kill_signal ? options->restart_kill_signal : options->kill_signal);
}

static void write_exit_statuses(struct property_view *view, uint64_t offset)
{
	const struct exit_status_set *set = &FIELD(struct exit_status_set, view->service->options, offset);

	write_begin_object(view->to);
	write_key(view->to, "statuses");
	write_begin_array(view->to);
	for (int status = 0; status < 256; status++)
		if (exit_status_set_has_status(set, status))
			write_integer(view->to, status);
	write_end_array(view->to);
	write_key(view->to, "signals");
	write_begin_array(view->to);
	for (int signal = 1; signal <= 64; signal++)
		if (exit_status_set_has_signal(set, signal))
			write_integer(view->to, signal);
	write_end_array(view->to);
	write_end_object(view->to);
}

static void write_result(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, unit_result_name(view->unit->result));
}

static void write_reload_result(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, view->unit->reload_failed ? "exit-code" : "success");
}

static void write_unit_integer(struct property_view *view, uint64_t offset)
{
	write_integer(view->to, FIELD(int32_t, view->unit, offset));
}

static void write_restarts(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_integer(view->to, view->unit->restarts);
}

static void write_unit_usec(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, FIELD(usec, view->unit, offset));
}

static void write_realtime(struct property_view *view, uint64_t offset)
{
	unit_write_time(view->to, view->manager, FIELD(usec, view->unit, offset));
}

static void write_monotonic(struct property_view *view, uint64_t offset)
{
	usec time = FIELD(usec, view->unit, offset);

	write_usec(view->to, time ? time : USEC_INFINITY);
}

/* When svinit starts it again by itself. */
static void write_next_restart(struct property_view *view, uint64_t argument)
{
	const char *what;

	(void)argument;
	if (view->unit->sub_state == SUB_AUTO_RESTART)
		unit_write_time(view->to, view->manager,
				core_unit_deadline(view->manager->core, view->unit->id, &what));
	else
		write_null(view->to);
}

static void write_status_text(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, view->unit->status_text);
}

/* Argument 0: CLD_*; 1: exit status or signal. Null while the main process runs, and before. */
static void write_main_exit(struct property_view *view, uint64_t argument)
{
	const struct exec_status *status = &view->unit->main_status;

	if (!status->code)
		write_null(view->to);
	else
		write_integer(view->to, argument ? status->status : status->code);
}

static void write_command(struct json_writer *to, const struct exec_command *command)
{
	write_begin_object(to);
	write_key_string(to, "path", command->path);
	write_key(to, "argv");
	write_strings(to, command->argv);
	write_key_boolean(to, "ignore_errors", command->flags & EXEC_IGNORE_FAILURE);
	write_key_boolean(to, "privileged", command->flags & EXEC_FULLY_PRIVILEGED);
	write_key_boolean(to, "no_setuid", command->flags & EXEC_NO_SETUID);
	write_key_boolean(to, "no_env_expand", command->flags & EXEC_NO_EXPAND);
	write_end_object(to);
}

static void write_commands(struct property_view *view, uint64_t phase)
{
	const struct exec_command_list *list = &view->service->phases[phase];

	write_begin_array(view->to);
	for (unsigned i = 0; i < list->count; i++)
		write_command(view->to, &list->commands[i]);
	write_end_array(view->to);
}

static const struct unit_runtime *view_runtime(const struct property_view *view)
{
	unit_id id = view->unit->id;

	return id < view->manager->runtime_count ? view->manager->runtimes[id] : NULL;
}

static void write_control_group(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, view_runtime(view) ? manager_control_group(view->manager, view->unit->id) : NULL);
}

static void write_log_directory(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, view->manager->options.log_directory);
}

#define TIMESTAMP(name, field)                                                                                         \
	{ name "Timestamp", write_realtime, offsetof(struct unit, field) },                                            \
	{                                                                                                              \
		name "TimestampMonotonic", write_monotonic, offsetof(struct unit, field)                               \
	}

const struct property_row service_property_rows[] = {
	{ "Type", write_type, 0 },
	{ "Result", write_result, 0 },
	{ "ReloadResult", write_reload_result, 0 },
	{ "MainPID", write_unit_integer, UNIT(main_pid) },
	{ "ControlPID", write_unit_integer, UNIT(control_pid) },
	{ "NRestarts", write_restarts, 0 },
	{ "NextRestartTimestamp", write_next_restart, 0 },
	{ "StatusText", write_status_text, 0 },
	{ "StatusErrno", write_unit_integer, UNIT(notify_errno) },
	{ "ExecMainPID", write_unit_integer, UNIT(main_status.pid) },
	{ "ExecMainCode", write_main_exit, 0 },
	{ "ExecMainStatus", write_main_exit, 1 },
	TIMESTAMP("ExecMainStart", main_status.start),
	TIMESTAMP("ExecMainExit", main_status.exit),
	{ "ExecCondition", write_commands, EXEC_CONDITION },
	{ "ExecStartPre", write_commands, EXEC_START_PRE },
	{ "ExecStart", write_commands, EXEC_START },
	{ "ExecStartPost", write_commands, EXEC_START_POST },
	{ "ExecReload", write_commands, EXEC_RELOAD },
	{ "ExecReloadPost", write_commands, EXEC_RELOAD_POST },
	{ "ExecStop", write_commands, EXEC_STOP },
	{ "ExecStopPost", write_commands, EXEC_STOP_POST },
	{ "Restart", write_option_word, OPTIONS(restart) },
	{ "RestartMode", write_option_word, OPTIONS(restart_mode) },
	{ "RestartUSec", write_option_usec, OPTIONS(restart_delay) },
	{ "RestartSteps", write_option_unsigned, OPTIONS(restart_steps) },
	{ "RestartMaxDelayUSec", write_option_usec, OPTIONS(restart_max_delay) },
	{ "SuccessExitStatus", write_exit_statuses, OPTIONS(success_exit) },
	{ "RestartPreventExitStatus", write_exit_statuses, OPTIONS(restart_prevent_exit) },
	{ "RestartForceExitStatus", write_exit_statuses, OPTIONS(restart_force_exit) },
	{ "TimeoutStartUSec", write_option_usec, OPTIONS(timeout_start) },
	{ "TimeoutStopUSec", write_option_usec, OPTIONS(timeout_stop) },
	{ "TimeoutAbortUSec", write_timeout_abort, 0 },
	{ "TimeoutStartFailureMode", write_option_word, OPTIONS(timeout_start_failure_mode) },
	{ "TimeoutStopFailureMode", write_option_word, OPTIONS(timeout_stop_failure_mode) },
	{ "RuntimeMaxUSec", write_option_usec, OPTIONS(runtime_max) },
	{ "WatchdogUSec", write_unit_usec, UNIT(watchdog) },
	TIMESTAMP("Watchdog", watchdog_last),
	{ "RemainAfterExit", write_option_flag, OPTIONS(remain_after_exit) },
	{ "GuessMainPID", write_option_flag, OPTIONS(guess_main_pid) },
	{ "RootDirectoryStartOnly", write_option_flag, OPTIONS(root_directory_start_only) },
	{ "ExitType", write_option_word, OPTIONS(exit_type) },
	{ "NotifyAccess", write_option_word, OPTIONS(notify_access) },
	{ "PIDFile", write_option_text, OPTIONS(pid_file) },
	{ "BusName", write_option_text, OPTIONS(bus_name) },
	{ "FileDescriptorStoreMax", write_option_unsigned, OPTIONS(file_descriptor_store_max) },
	{ "KillMode", write_option_word, OPTIONS(kill_mode) },
	{ "KillSignal", write_option_unsigned, OPTIONS(kill_signal) },
	{ "RestartKillSignal", write_restart_kill_signal, 0 },
	{ "FinalKillSignal", write_option_unsigned, OPTIONS(final_kill_signal) },
	{ "WatchdogSignal", write_option_unsigned, OPTIONS(watchdog_signal) },
	{ "ReloadSignal", write_option_unsigned, OPTIONS(reload_signal) },
	{ "SendSIGHUP", write_option_flag, OPTIONS(send_sighup) },
	{ "SendSIGKILL", write_option_flag, OPTIONS(send_sigkill) },
	{ "OOMPolicy", write_option_word, OPTIONS(oom_policy) },
	{ "ControlGroup", write_control_group, 0 },
	{ "LogDirectory", write_log_directory, 0 },
	{ 0 },
};
