/* The readers of values, by kind. What `data` of the key is stands with each. */
#ifndef SVINIT_LOAD_VALUES_H
#define SVINIT_LOAD_VALUES_H

#include "supervisor/load/key.h"

/* The field of a key, made on first use; NULL when out of memory. */
void *key_field(struct unit_load *load, const struct key *key);
/* Reports a value that is none of those that the key has, and names them. */
void report_choice(struct unit_load *load, const struct key *key, const char *value, const char *const *names,
		   size_t count);

key_reader read_boolean, read_unsigned, read_string, read_path, read_mode, read_time, read_signal, read_words;
key_reader read_enum;    /* data: names by value; the field is an enum */
key_reader read_timeout; /* as read_time, where 0 stands for never */
key_reader read_log_compress, read_log_fields, read_log_patterns;
key_reader read_size; /* uint64_t bytes */

key_reader read_mounts_for; /* offset: enum dependency_kind */
key_reader read_dependency; /* data: nothing; offset: enum dependency_kind */
key_reader read_condition;  /* offset: enum condition_type; place: 1 for Assert…= */
key_reader read_job_timeout, read_exit_code, read_on_failure_isolate;

key_reader read_exec; /* offset: enum exec_phase */
key_reader read_service_type, read_timeout_both, read_timeout_start, read_timeout_stop, read_timeout_abort;
key_reader read_open_file, read_search_path;
key_reader read_watchdog, read_status_set, read_pid_file, read_permissions_start_only;

key_reader read_environment, read_environment_file, read_variable_names;
key_reader read_input, read_output, read_input_text, read_input_data;
key_reader read_limit; /* data_count: enum limit_unit; offset: RLIMIT_* */
key_reader read_nice, read_oom_score_adjust, read_io_class, read_io_priority, read_cpu_policy, read_cpu_priority;
key_reader read_capabilities, read_secure_bits, read_timer_slack, read_delegate;
key_reader read_user, read_working_directory, read_directories, read_log_level, read_log_format, read_slice;
key_reader read_cpu_affinity, read_numa_policy, read_numa_mask, read_personality, read_coredump_filter;
key_reader read_preserve;

key_reader read_switch;        /* data: names by value; "no" is the first and "yes" the second; the field is an enum */
key_reader read_given_boolean; /* a bool, and behind it another one that says that it was set */
key_reader read_line;          /* the whole value, specifiers resolved, as one more of a list */
key_reader read_set_credential, read_restrict_namespaces, read_address_families, read_system_calls;
key_reader read_system_call_error, read_architectures;

key_reader read_resource, read_resource_set, read_resource_device; /* offset: enum resource_key; data_count: kind */
key_reader read_io_accounting, read_pressure_watch, read_pressure_threshold;
key_reader read_sandbox;        /* NOT_ENFORCED: a wish, unless the value says no */
key_reader read_refused_if_set; /* REFUSED: but for values that say no */
key_reader read_refused_mode, read_sandbox_required;
key_reader read_install_words; /* words with specifiers, for [Install] */
key_reader read_triggered;     /* Unit= of timers and paths, Service= of sockets */

key_reader read_timer_span; /* data_count: enum timer_base */
key_reader read_calendar;
key_reader read_listen; /* data_count: enum socket_kind */
key_reader read_accept, read_socket_name, read_ipv6_only, read_symlinks, read_socket_size, read_socket_refused;

enum resource_kind {
	RESOURCE_WEIGHT,
	RESOURCE_SHARES,       /* CPUShares=, around 1024 */
	RESOURCE_BLOCK_WEIGHT, /* BlockIOWeight=, around 500 */
	RESOURCE_QUOTA,
	RESOURCE_PERIOD,
	RESOURCE_BYTES,
	RESOURCE_COUNT,
	RESOURCE_SWITCH,
};

enum limit_unit { LIMIT_PLAIN, LIMIT_BYTES, LIMIT_SECONDS, LIMIT_USEC, LIMIT_NICE };

#endif
