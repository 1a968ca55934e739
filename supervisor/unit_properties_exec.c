/* The properties of services that come from systemd.exec(5). */
#include <sys/resource.h>

#include "supervisor/unit_property.h"

#define EXEC(field)               offsetof(struct exec_options, field)
#define FIELD(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

static const char *const stream_names[STREAM_TARGET_COUNT] = {
	[STREAM_INHERIT] = "inherit",
	[STREAM_NULL] = "null",
	[STREAM_TTY] = "tty",
	[STREAM_TTY_FORCE] = "tty-force",
	[STREAM_TTY_FAIL] = "tty-fail",
	[STREAM_LOG] = "journal",
	[STREAM_LOG_AND_CONSOLE] = "journal+console",
	[STREAM_KMSG] = "kmsg",
	[STREAM_KMSG_AND_CONSOLE] = "kmsg+console",
	[STREAM_FILE] = "file",
	[STREAM_APPEND] = "append",
	[STREAM_TRUNCATE] = "truncate",
	[STREAM_SOCKET] = "socket",
	[STREAM_FD] = "fd",
	[STREAM_DATA] = "data",
};

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

static void write_number(struct property_view *view, uint64_t offset)
{
	write_integer(view->to, FIELD(int, view->service->exec, offset));
}

/* A level that may be unset: -1. */
static void write_level(struct property_view *view, uint64_t offset)
{
	int level = FIELD(int, view->service->exec, offset);

	if (level < 0)
		write_null(view->to);
	else
		write_integer(view->to, level);
}

static void write_umask(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_integer(view->to, view->service->exec->umask);
}

static void write_nice(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_integer(view->to, view->service->exec->nice_set ? view->service->exec->nice : 0);
}

static void write_oom_score_adjust(struct property_view *view, uint64_t argument)
{
	(void)argument;
	if (view->service->exec->oom_score_adjust_set)
		write_integer(view->to, view->service->exec->oom_score_adjust);
	else
		write_null(view->to);
}

/* Capabilities as a bit mask, as systemd has it; null: all. */
static void write_bounding_set(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_usec(view->to,
		   view->service->exec->bounding_set_given ? view->service->exec->bounding_set : USEC_INFINITY);
}

static void write_ambient_set(struct property_view *view, uint64_t argument)
{
	(void)argument;
	write_usec(view->to, view->service->exec->ambient_set);
}

/* Argument: the stream's offset. Where the file is silent: null, the log, and for errors as the output. */
static void write_stream(struct property_view *view, uint64_t offset)
{
	const struct stream *stream = &FIELD(struct stream, view->service->exec, offset);
	const char *otherwise = offset == EXEC(input) ? "null" : offset == EXEC(output) ? "journal" : "inherit";
	enum stream_target target = stream->target;

	if (target == STREAM_DEFAULT || target >= STREAM_TARGET_COUNT)
		write_string(view->to, otherwise);
	else
		write_string(view->to, stream_names[target]);
}

static void write_stream_path(struct property_view *view, uint64_t offset)
{
	const struct stream *stream = &FIELD(struct stream, view->service->exec, offset);

	write_string(view->to, stream->target == STREAM_DATA ? NULL : stream->path);
}

static void write_directory(struct property_view *view, uint64_t kind)
{
	write_strings(view->to, view->service->exec->directories[kind].names);
}

static void write_directory_mode(struct property_view *view, uint64_t kind)
{
	write_integer(view->to, view->service->exec->directories[kind].mode);
}

/* Argument: the resource, and bit 8 for the soft one. Null: no limit, or as svinit's own where none is set. */
enum { SOFT = 1 << 8 };

static void write_limit(struct property_view *view, uint64_t argument)
{
	const struct resource_limit *limit = &view->service->exec->limits[argument & (SOFT - 1)];
	struct rlimit value = limit->value;

	if (!limit->set && getrlimit((int)(argument & (SOFT - 1)), &value) < 0)
		value.rlim_cur = value.rlim_max = RLIM_INFINITY;
	write_usec(view->to, argument & SOFT ? value.rlim_cur : value.rlim_max);
}

#define LIMIT(name, resource)                                                                                          \
	{ name, write_limit, resource },                                                                               \
	{                                                                                                              \
		name "Soft", write_limit, SOFT | (resource)                                                            \
	}
#define DIRECTORY(name, kind)                                                                                          \
	{ name, write_directory, kind },                                                                               \
	{                                                                                                              \
		name "Mode", write_directory_mode, kind                                                                \
	}

const struct property_row exec_property_rows[] = {
	{ "User", write_text, EXEC(user) },
	{ "Group", write_text, EXEC(group) },
	{ "SupplementaryGroups", write_list, EXEC(supplementary_groups) },
	{ "DynamicUser", write_flag, EXEC(dynamic_user) },
	{ "WorkingDirectory", write_text, EXEC(working_directory) },
	{ "RootDirectory", write_text, EXEC(root_directory) },
	{ "UMask", write_umask, 0 },
	{ "Nice", write_nice, 0 },
	{ "OOMScoreAdjust", write_oom_score_adjust, 0 },
	{ "IgnoreSIGPIPE", write_flag, EXEC(ignore_sigpipe) },
	{ "Environment", write_list, EXEC(environment) },
	{ "EnvironmentFiles", write_list, EXEC(environment_files) },
	{ "PassEnvironment", write_list, EXEC(pass_environment) },
	{ "UnsetEnvironment", write_list, EXEC(unset_environment) },
	{ "StandardInput", write_stream, EXEC(input) },
	{ "StandardOutput", write_stream, EXEC(output) },
	{ "StandardError", write_stream, EXEC(error) },
	{ "StandardOutputPath", write_stream_path, EXEC(output) },
	{ "StandardErrorPath", write_stream_path, EXEC(error) },
	{ "TTYPath", write_text, EXEC(tty_path) },
	{ "SyslogIdentifier", write_text, EXEC(syslog_identifier) },
	{ "SyslogLevel", write_number, EXEC(syslog_level) },
	{ "SyslogFacility", write_number, EXEC(syslog_facility) },
	{ "SyslogLevelPrefix", write_flag, EXEC(syslog_level_prefix) },
	{ "LogLevelMax", write_level, EXEC(log_level_max) },
	DIRECTORY("RuntimeDirectory", DIRECTORY_RUNTIME),
	DIRECTORY("StateDirectory", DIRECTORY_STATE),
	DIRECTORY("CacheDirectory", DIRECTORY_CACHE),
	DIRECTORY("LogsDirectory", DIRECTORY_LOGS),
	DIRECTORY("ConfigurationDirectory", DIRECTORY_CONFIGURATION),
	{ "CapabilityBoundingSet", write_bounding_set, 0 },
	{ "AmbientCapabilities", write_ambient_set, 0 },
	{ "SecureBits", write_level, EXEC(secure_bits) },
	{ "NoNewPrivileges", write_flag, EXEC(no_new_privileges) },
	{ "NonBlocking", write_flag, EXEC(non_blocking) },
	{ "Delegate", write_flag, EXEC(delegate) },
	LIMIT("LimitCPU", RLIMIT_CPU),
	LIMIT("LimitFSIZE", RLIMIT_FSIZE),
	LIMIT("LimitDATA", RLIMIT_DATA),
	LIMIT("LimitSTACK", RLIMIT_STACK),
	LIMIT("LimitCORE", RLIMIT_CORE),
	LIMIT("LimitRSS", RLIMIT_RSS),
	LIMIT("LimitNOFILE", RLIMIT_NOFILE),
	LIMIT("LimitAS", RLIMIT_AS),
	LIMIT("LimitNPROC", RLIMIT_NPROC),
	LIMIT("LimitMEMLOCK", RLIMIT_MEMLOCK),
	LIMIT("LimitLOCKS", RLIMIT_LOCKS),
	LIMIT("LimitSIGPENDING", RLIMIT_SIGPENDING),
	LIMIT("LimitMSGQUEUE", RLIMIT_MSGQUEUE),
	LIMIT("LimitNICE", RLIMIT_NICE),
	LIMIT("LimitRTPRIO", RLIMIT_RTPRIO),
	LIMIT("LimitRTTIME", RLIMIT_RTTIME),
	{ 0 },
};
