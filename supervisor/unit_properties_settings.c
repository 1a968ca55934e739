/* Properties that only repeat what the files say, of keys that are seldom asked for. */
#include <sched.h>
#include <stdio.h>

#include "supervisor/unit_property.h"

#define OPTIONS(field)            offsetof(struct unit_options, field)
#define SERVICE(field)            offsetof(struct service_options, field)
#define EXEC(field)               offsetof(struct exec_options, field)
#define FIELD(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

/* As ioprio_set(2) packs them. */
enum { IO_CLASS_SHIFT = 13, IO_LEVEL_MASK = 7 };

static void write_default_dependencies(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, view->definition->default_dependencies);
}

static void write_job_mode(struct property_view *view, uint64_t offset)
{
	enum job_mode mode = FIELD(enum job_mode, view->definition->options, offset);

	write_string(view->to, mode < JOB_MODE_COUNT ? job_mode_names[mode] : NULL);
}

static void write_service_list(struct property_view *view, uint64_t offset)
{
	write_strings(view->to, FIELD(char **, view->service->options, offset));
}

/* As the file has it. */
static void write_open_files(struct property_view *view, uint64_t argument)
{
	static const char *const words[] = { "", ":read-only", ":append", "", ":truncate" };
	const struct service_options *options = view->service->options;
	char text[4096];

	(void)argument;
	write_begin_array(view->to);
	for (unsigned i = 0; i < options->open_file_count; i++) {
		const struct open_file *file = &options->open_files[i];
		const char *way = words[file->flags & (OPEN_FILE_READ_ONLY | OPEN_FILE_APPEND | OPEN_FILE_TRUNCATE)];
		bool graceful = file->flags & OPEN_FILE_GRACEFUL;
		snprintf(text, sizeof text, "%s:%s%s%s", file->path, file->name, way,
			 !graceful ? ""
			 : *way    ? ",graceful"
				   : ":graceful");
		write_string(view->to, text);
	}
	write_end_array(view->to);
}

static void write_text(struct property_view *view, uint64_t offset)
{
	write_string(view->to, FIELD(char *, view->service->exec, offset));
}

static void write_list(struct property_view *view, uint64_t offset)
{
	write_strings(view->to, FIELD(char **, view->service->exec, offset));
}

static void write_flag(struct property_view *view, uint64_t offset)
{
	write_boolean(view->to, FIELD(bool, view->service->exec, offset));
}

static void write_unsigned(struct property_view *view, uint64_t offset)
{
	write_integer(view->to, FIELD(unsigned, view->service->exec, offset));
}

static void write_span(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, FIELD(usec, view->service->exec, offset));
}

static void write_bytes(struct property_view *view, uint64_t offset)
{
	write_usec(view->to, FIELD(uint64_t, view->service->exec, offset));
}

static void write_cpu_scheduling(struct property_view *view, uint64_t priority)
{
	const struct exec_options *exec = view->service->exec;

	if (!exec->cpu_scheduling_set)
		write_null(view->to);
	else
		write_integer(view->to, priority ? exec->cpu_scheduling_priority : exec->cpu_scheduling_policy);
}

static void write_io_scheduling(struct property_view *view, uint64_t level)
{
	const struct exec_options *exec = view->service->exec;

	if (!exec->io_priority_set)
		write_null(view->to);
	else
		write_integer(view->to,
			      level ? exec->io_priority & IO_LEVEL_MASK : exec->io_priority >> IO_CLASS_SHIFT);
}

static void write_timer_slack(struct property_view *view, uint64_t argument)
{
	(void)argument;
	if (!view->service->exec->timer_slack_set)
		write_null(view->to);
	else
		write_integer(view->to, (int64_t)view->service->exec->timer_slack * 1000);
}

static void write_input_data(struct property_view *view, uint64_t argument)
{
	const struct stream *input = &view->service->exec->input;

	(void)argument;
	write_string(view->to, input->target == STREAM_DATA ? input->path : NULL);
}

static void write_runtime_preserve(struct property_view *view, uint64_t argument)
{
	static const char *const names[] = {
		[PRESERVE_NO] = "no",
		[PRESERVE_YES] = "yes",
		[PRESERVE_RESTART] = "restart",
	};

	(void)argument;
	write_string(view->to, names[view->service->exec->runtime_directory_preserve]);
}

static void write_log_compress(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_boolean(view->to, !view->service->exec->log_uncompressed);
}

static void write_log_format(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_string(view->to, view->service->exec->log_json ? "json" : "text");
}

const struct property_row unit_setting_rows[] = {
	{ "DefaultDependencies", write_default_dependencies, 0 },
	{ "OnFailureJobMode", write_job_mode, OPTIONS(on_failure_job_mode) },
	{ "OnSuccessJobMode", write_job_mode, OPTIONS(on_success_job_mode) },
	{ 0 },
};

const struct property_row exec_setting_rows[] = {
	{ "OpenFile", write_open_files, 0 },
	{ "ExecSearchPath", write_text, EXEC(exec_search_path) },
	{ "Sockets", write_service_list, SERVICE(sockets) },
	{ "CPUSchedulingPolicy", write_cpu_scheduling, 0 },
	{ "CPUSchedulingPriority", write_cpu_scheduling, 1 },
	{ "CPUSchedulingResetOnFork", write_flag, EXEC(cpu_scheduling_reset_on_fork) },
	{ "IOSchedulingClass", write_io_scheduling, 0 },
	{ "IOSchedulingPriority", write_io_scheduling, 1 },
	{ "TimerSlackNSec", write_timer_slack, 0 },
	{ "StandardInputData", write_input_data, 0 },
	{ "TTYReset", write_flag, EXEC(tty_reset) },
	{ "TTYVHangup", write_flag, EXEC(tty_vhangup) },
	{ "RuntimeDirectoryPreserve", write_runtime_preserve, 0 },
	{ "LogRateLimitIntervalUSec", write_span, EXEC(log_rate_limit_interval) },
	{ "LogRateLimitBurst", write_unsigned, EXEC(log_rate_limit_burst) },
	{ "LogMaxBytes", write_bytes, EXEC(log_max_bytes) },
	{ "LogMaxFiles", write_unsigned, EXEC(log_max_files) },
	{ "LogMaxAgeUSec", write_span, EXEC(log_max_age) },
	{ "LogFormat", write_log_format, 0 },
	{ "LogPrefix", write_text, EXEC(log_prefix) },
	{ "LogCompress", write_log_compress, 0 },
	{ "LogExtraFields", write_list, EXEC(log_extra_fields) },
	{ "LogFilterPatterns", write_list, EXEC(log_filter_patterns) },
	{ 0 },
};
