/* The values that keys have when no file sets them, shared by all units: systemd-system.conf(5), systemd.kill(5). */
#include <signal.h>

#include "supervisor/core/unit.h"

const struct unit_options unit_options_default = {
	.start_limit_interval = 10 * USEC_PER_SEC,
	.start_limit_burst = 5,
	.failure_action_exit_status = -1,
	.success_action_exit_status = -1,
	.job_timeout = USEC_INFINITY,
	.job_running_timeout = USEC_INFINITY,
	.on_failure_job_mode = JOB_MODE_REPLACE,
	.on_success_job_mode = JOB_MODE_FAIL,
};

const struct service_options service_options_default = {
	.restart = RESTART_NO,
	.restart_delay = 100 * USEC_PER_MSEC,
	.restart_max_delay = USEC_INFINITY,
	.timeout_start = 90 * USEC_PER_SEC,
	.timeout_stop = 90 * USEC_PER_SEC,
	.runtime_max = USEC_INFINITY,
	.notify_access = NOTIFY_ACCESS_NONE,
	.kill_mode = KILL_MODE_CONTROL_GROUP,
	.oom_policy = OOM_POLICY_STOP,
	.kill_signal = SIGTERM,
	.final_kill_signal = SIGKILL,
	.watchdog_signal = SIGABRT,
	.reload_signal = SIGHUP,
	.send_sigkill = true,
	.guess_main_pid = true,
};

const struct exec_options exec_options_default = {
	.umask = 0022,
	.syslog_level = 6,
	.syslog_facility = 3,
	.syslog_level_prefix = true,
	.keeper = true,
	.log_level_max = -1,
	.log_rate_limit_interval = USEC_INFINITY,
	.directories = {
		[DIRECTORY_RUNTIME] = { .mode = 0755 },
		[DIRECTORY_STATE] = { .mode = 0755 },
		[DIRECTORY_CACHE] = { .mode = 0755 },
		[DIRECTORY_LOGS] = { .mode = 0755 },
		[DIRECTORY_CONFIGURATION] = { .mode = 0755 },
	},
	.ignore_sigpipe = true,
	.secure_bits = -1,
};
