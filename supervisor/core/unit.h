/*
 * What a unit is: the definition that load/ makes from unit files and that never changes afterwards.
 *
 * A reload makes new definitions; who still needs the old one holds a reference. The keys behind the fields
 * are those of systemd.unit(5), systemd.service(5), systemd.exec(5) and systemd.kill(5). The three groups of
 * options are apart so that the thousands of units that set none of their keys share one static default.
 * Strings are UTF-8, owned by what points to them; string lists end with NULL and may be NULL when empty.
 */
#ifndef SVINIT_CORE_UNIT_H
#define SVINIT_CORE_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "common/sandbox.h"
#include "common/usec.h"
#include "supervisor/core/resource.h"

enum unit_type {
	UNIT_SERVICE,
	UNIT_SOCKET,
	UNIT_TARGET,
	UNIT_DEVICE,
	UNIT_MOUNT,
	UNIT_AUTOMOUNT,
	UNIT_SWAP,
	UNIT_TIMER,
	UNIT_PATH,
	UNIT_SLICE,
	UNIT_SCOPE,
	UNIT_TYPE_COUNT,
	UNIT_TYPE_INVALID = UNIT_TYPE_COUNT,
};

/* The LoadState property. */
enum load_state {
	LOAD_STATE_STUB, /* referenced, not looked for yet */
	LOAD_STATE_LOADED,
	LOAD_STATE_NOT_FOUND,
	LOAD_STATE_BAD_SETTING, /* a refused or invalid key: the unit is known but does not start; see load_error */
	LOAD_STATE_ERROR,       /* the file could not be read */
	LOAD_STATE_MASKED,
	LOAD_STATE_COUNT,
};

/* Kinds as a unit file names them; the table of the loaded units keeps the inverse of each edge too. */
enum dependency_kind {
	DEPENDENCY_REQUIRES,
	DEPENDENCY_REQUISITE,
	DEPENDENCY_WANTS,
	DEPENDENCY_BINDS_TO,
	DEPENDENCY_PART_OF,
	DEPENDENCY_UPHOLDS,
	DEPENDENCY_CONFLICTS,
	DEPENDENCY_BEFORE,
	DEPENDENCY_AFTER,
	DEPENDENCY_ON_FAILURE,
	DEPENDENCY_ON_SUCCESS,
	DEPENDENCY_PROPAGATES_RELOAD_TO,
	DEPENDENCY_RELOAD_PROPAGATED_FROM,
	DEPENDENCY_PROPAGATES_STOP_TO,
	DEPENDENCY_STOP_PROPAGATED_FROM,
	DEPENDENCY_JOINS_NAMESPACE_OF,
	DEPENDENCY_TRIGGERS,
	DEPENDENCY_KIND_COUNT,
};

struct dependency {
	uint8_t kind;  /* enum dependency_kind */
	bool implicit; /* by default dependencies or by the type, not by a key in a file */
	bool known;    /* the name is a constant of the program, not the unit's own */
	char *name;    /* full unit name */
};

/* The job modes of systemctl(1) --job-mode=. */
enum job_mode {
	JOB_MODE_REPLACE,
	JOB_MODE_FAIL,
	JOB_MODE_ISOLATE,
	JOB_MODE_FLUSH,
	JOB_MODE_REPLACE_IRREVERSIBLY,
	JOB_MODE_IGNORE_DEPENDENCIES,
	JOB_MODE_IGNORE_REQUIREMENTS,
	JOB_MODE_COUNT,
};

extern const char *const job_mode_names[JOB_MODE_COUNT + 1]; /* NULL ends them */

/* StartLimitAction=, FailureAction=, SuccessAction=, JobTimeoutAction=. */
enum emergency_action {
	EMERGENCY_ACTION_NONE,
	EMERGENCY_ACTION_REBOOT,
	EMERGENCY_ACTION_REBOOT_FORCE,
	EMERGENCY_ACTION_REBOOT_IMMEDIATE,
	EMERGENCY_ACTION_POWEROFF,
	EMERGENCY_ACTION_POWEROFF_FORCE,
	EMERGENCY_ACTION_POWEROFF_IMMEDIATE,
	EMERGENCY_ACTION_EXIT,
	EMERGENCY_ACTION_EXIT_FORCE,
	EMERGENCY_ACTION_HALT,
	EMERGENCY_ACTION_HALT_FORCE,
	EMERGENCY_ACTION_HALT_IMMEDIATE,
	EMERGENCY_ACTION_COUNT,
};

/* One Condition…= or Assert…= line. `type` indexes the table in load/condition.h's key names. */
struct condition {
	unsigned char type; /* enum condition_type, below */
	bool assertion;     /* Assert…=: the job fails; Condition…=: the unit is skipped */
	bool trigger;       /* '|': one of the triggering ones must hold */
	bool negate;        /* '!' */
	char *parameter;    /* specifiers resolved */
};

enum condition_type {
	CONDITION_ARCHITECTURE,
	CONDITION_FIRMWARE,
	CONDITION_VIRTUALIZATION,
	CONDITION_HOST,
	CONDITION_KERNEL_COMMAND_LINE,
	CONDITION_KERNEL_VERSION,
	CONDITION_CREDENTIAL,
	CONDITION_ENVIRONMENT,
	CONDITION_SECURITY,
	CONDITION_CAPABILITY,
	CONDITION_AC_POWER,
	CONDITION_NEEDS_UPDATE,
	CONDITION_FIRST_BOOT,
	CONDITION_PATH_EXISTS,
	CONDITION_PATH_EXISTS_GLOB,
	CONDITION_PATH_IS_DIRECTORY,
	CONDITION_PATH_IS_SYMBOLIC_LINK,
	CONDITION_PATH_IS_MOUNT_POINT,
	CONDITION_PATH_IS_READ_WRITE,
	CONDITION_PATH_IS_ENCRYPTED,
	CONDITION_DIRECTORY_NOT_EMPTY,
	CONDITION_FILE_NOT_EMPTY,
	CONDITION_FILE_IS_EXECUTABLE,
	CONDITION_USER,
	CONDITION_GROUP,
	CONDITION_CONTROL_GROUP_CONTROLLER,
	CONDITION_MEMORY,
	CONDITION_CPUS,
	CONDITION_CPU_FEATURE,
	CONDITION_OS_RELEASE,
	CONDITION_MEMORY_PRESSURE,
	CONDITION_CPU_PRESSURE,
	CONDITION_IO_PRESSURE,
	CONDITION_VERSION,
	CONDITION_KERNEL_MODULE_LOADED,
	CONDITION_TYPE_COUNT,
};

/* The keys of [Unit] beyond names and dependencies. */
struct unit_options {
	char **documentation;
	struct condition *conditions;
	size_t condition_count;
	usec start_limit_interval; /* 0 switches the limit off */
	unsigned start_limit_burst;
	enum emergency_action start_limit_action;
	enum emergency_action failure_action;
	enum emergency_action success_action;
	int failure_action_exit_status; /* 0 to 255; -1: that of the main process */
	int success_action_exit_status;
	usec job_timeout;         /* from queued to finished */
	usec job_running_timeout; /* from running to finished */
	enum emergency_action job_timeout_action;
	enum job_mode on_failure_job_mode;
	enum job_mode on_success_job_mode;
	bool refuse_manual_start;
	bool refuse_manual_stop;
	bool allow_isolate;
	bool ignore_on_isolate;
	bool stop_when_unneeded;
};

enum service_type {
	SERVICE_SIMPLE,
	SERVICE_EXEC,
	SERVICE_FORKING,
	SERVICE_ONESHOT,
	SERVICE_DBUS,
	SERVICE_NOTIFY,
	SERVICE_NOTIFY_RELOAD,
	SERVICE_IDLE,
	SERVICE_TYPE_COUNT,
};

enum service_restart {
	RESTART_NO,
	RESTART_ON_SUCCESS,
	RESTART_ON_FAILURE,
	RESTART_ON_ABNORMAL,
	RESTART_ON_WATCHDOG,
	RESTART_ON_ABORT,
	RESTART_ALWAYS,
	RESTART_COUNT,
};

enum restart_mode { RESTART_MODE_NORMAL, RESTART_MODE_DIRECT, RESTART_MODE_COUNT };
enum exit_type { EXIT_TYPE_MAIN, EXIT_TYPE_CGROUP, EXIT_TYPE_COUNT };
enum notify_access {
	NOTIFY_ACCESS_NONE,
	NOTIFY_ACCESS_MAIN,
	NOTIFY_ACCESS_EXEC,
	NOTIFY_ACCESS_ALL,
	NOTIFY_ACCESS_COUNT
};
enum kill_mode { KILL_MODE_CONTROL_GROUP, KILL_MODE_MIXED, KILL_MODE_PROCESS, KILL_MODE_NONE, KILL_MODE_COUNT };
enum oom_policy { OOM_POLICY_CONTINUE, OOM_POLICY_STOP, OOM_POLICY_KILL, OOM_POLICY_COUNT };
enum timeout_failure_mode { TIMEOUT_TERMINATE, TIMEOUT_ABORT, TIMEOUT_KILL, TIMEOUT_FAILURE_MODE_COUNT };

/* A set of exit statuses 0 to 255 and of signals 1 to 64. */
struct exit_status_set {
	uint64_t statuses[4]; /* bit s%64 of word s/64 */
	uint64_t signals;     /* bit n-1 for signal n */
};

enum open_file_flags {
	OPEN_FILE_READ_ONLY = 1 << 0,
	OPEN_FILE_APPEND = 1 << 1,
	OPEN_FILE_TRUNCATE = 1 << 2,
	OPEN_FILE_GRACEFUL = 1 << 3, /* the service starts without it when it cannot be opened */
};

/* One OpenFile=. */
struct open_file {
	char *path; /* absolute */
	char *name; /* among the descriptors the service is given */
	unsigned flags;
};

/* The keys of [Service] that steer the state machine, and those of systemd.kill(5). Times in µs. */
struct service_options {
	enum service_restart restart;
	enum restart_mode restart_mode;
	usec restart_delay;                  /* RestartSec= */
	unsigned restart_steps;              /* RestartSteps=; 0: none */
	usec restart_max_delay;              /* RestartMaxDelaySec=; USEC_INFINITY: none */
	struct exit_status_set success_exit; /* SuccessExitStatus=, beside 0 and the clean signals */
	struct exit_status_set restart_prevent_exit;
	struct exit_status_set restart_force_exit;
	usec timeout_start;
	usec timeout_stop;
	usec timeout_abort; /* 0: as timeout_stop */
	usec runtime_max;
	usec watchdog; /* 0: none */
	enum timeout_failure_mode timeout_start_failure_mode;
	enum timeout_failure_mode timeout_stop_failure_mode;
	enum exit_type exit_type;
	enum notify_access notify_access; /* as the file and Type= give it */
	enum kill_mode kill_mode;
	enum oom_policy oom_policy;
	int kill_signal;
	int restart_kill_signal; /* 0: as kill_signal */
	int final_kill_signal;
	int watchdog_signal;
	int reload_signal; /* of Type=notify-reload */
	bool send_sighup;
	bool send_sigkill;
	bool remain_after_exit;
	bool guess_main_pid;
	bool root_directory_start_only;
	char *pid_file; /* absolute, or NULL */
	char *bus_name;
	unsigned file_descriptor_store_max;
	struct open_file *open_files;
	unsigned open_file_count;
	unsigned references; /* of the definitions that share it; 0: one's own, or the default */
	char **sockets;      /* Sockets= */
};

enum stream_target {
	STREAM_DEFAULT, /* input: null; output: the log; error: as output */
	STREAM_INHERIT,
	STREAM_NULL,
	STREAM_TTY,
	STREAM_TTY_FORCE,
	STREAM_TTY_FAIL,
	STREAM_LOG, /* journal, syslog, kmsg: svlog */
	STREAM_LOG_AND_CONSOLE,
	STREAM_FILE,
	STREAM_APPEND,
	STREAM_TRUNCATE,
	STREAM_SOCKET,
	STREAM_FD,
	STREAM_DATA,
	STREAM_KMSG, /* svlog, which also tells the kernel */
	STREAM_KMSG_AND_CONSOLE,
	STREAM_TARGET_COUNT,
};

struct stream {
	enum stream_target target;
	char *path; /* of FILE, APPEND, TRUNCATE; the name of FD; the data of DATA (data_size bytes) */
	size_t data_size;
};

enum exec_directory_kind {
	DIRECTORY_RUNTIME,
	DIRECTORY_STATE,
	DIRECTORY_CACHE,
	DIRECTORY_LOGS,
	DIRECTORY_CONFIGURATION,
	DIRECTORY_KIND_COUNT,
};

struct exec_directory {
	char **names; /* relative paths, "NAME" or "NAME:SYMLINK" */
	mode_t mode;  /* 0755 by default */
};

enum preserve_mode { PRESERVE_NO, PRESERVE_YES, PRESERVE_RESTART };

/* One Limit…= key. */
struct resource_limit {
	bool set;
	struct rlimit value;
};

enum { PLACEMENT_CPU_WORDS = 128, PLACEMENT_NODE_WORDS = 16 };

/* CPUAffinity=, NUMAPolicy=, Personality= and the like, which few units set. Bit n of a set is CPU or node n. */
struct placement_options {
	bool cpus_set, cpus_of_nodes, all_nodes, personality_set, coredump_filter_set;
	uint64_t cpus[PLACEMENT_CPU_WORDS];
	int numa_policy; /* MPOL_*; -1: unset */
	uint64_t nodes[PLACEMENT_NODE_WORDS];
	unsigned personality; /* PER_* */
	uint64_t coredump_filter;
};

/* The keys of systemd.exec(5) and [X-Svinit]: how a process of the unit is set up. */
struct exec_options {
	char *user; /* name or number; NULL: svinit's own */
	char *group;
	char **supplementary_groups;
	bool dynamic_user;
	char *working_directory; /* absolute, "~" for the home directory, or NULL: / (home with a user service) */
	bool working_directory_missing_ok;
	char *root_directory;
	char *exec_search_path; /* like PATH, where programs named without a directory are looked for; NULL: the default
				 */
	mode_t umask;           /* 0022 by default */
	bool nice_set, oom_score_adjust_set, ignore_sigpipe;
	int nice;
	int oom_score_adjust;
	bool cpu_scheduling_set, cpu_scheduling_reset_on_fork, io_priority_set;
	int cpu_scheduling_policy, cpu_scheduling_priority;
	int io_priority; /* class and level as ioprio_set(2) wants them */
	struct resource_limit limits[RLIM_NLIMITS];
	char **environment;       /* NAME=VALUE, in order, specifiers resolved */
	char **environment_files; /* absolute globs; '-' in front: may be missing */
	char **pass_environment;
	char **unset_environment; /* NAME or NAME=VALUE */
	struct stream input, output, error;
	char *tty_path; /* NULL: /dev/console */
	bool tty_reset, tty_vhangup, tty_vt_disallocate;
	unsigned tty_rows, tty_columns;      /* 0: as they are */
	struct placement_options *placement; /* NULL: nothing of it */
	char *syslog_identifier;
	int syslog_level; /* 0 to 7; 6 (info) by default */
	int syslog_facility;
	bool syslog_level_prefix;
	int log_level_max;            /* 0 to 7; -1: unset */
	usec log_rate_limit_interval; /* USEC_INFINITY: svlog's default */
	unsigned log_rate_limit_burst;
	uint64_t log_max_bytes; /* [X-Svinit] LogMaxBytes=; 0: svlog's default; likewise below */
	unsigned log_max_files;
	usec log_max_age;
	bool log_json, log_uncompressed;
	char *log_prefix;
	char **log_extra_fields;    /* FIELD=VALUE */
	char **log_filter_patterns; /* '~' in front: what matches is left out */
	struct exec_directory directories[DIRECTORY_KIND_COUNT];
	enum preserve_mode runtime_directory_preserve;
	bool bounding_set_given;
	uint64_t bounding_set; /* bit n: capability n is kept */
	uint64_t ambient_set;
	int secure_bits; /* SECBIT_*; -1: unset */
	bool no_new_privileges;
	bool non_blocking;
	int timer_slack_set;
	usec timer_slack; /* ns would overflow nothing here: µs, rounded up */
	bool delegate;
	bool keeper; /* [X-Svinit] Keeper=: where there are no cgroups; true by default */
	char *slice;
	struct sandbox *sandbox; /* NULL: none of its keys was set */
	bool remove_ipc;
	char **not_enforced; /* "Key=": sandbox and resource keys that were set and do not hold here */
};

enum exec_phase {
	EXEC_CONDITION,
	EXEC_START_PRE,
	EXEC_START,
	EXEC_START_POST,
	EXEC_RELOAD,
	EXEC_RELOAD_POST,
	EXEC_STOP,
	EXEC_STOP_POST,
	EXEC_PHASE_COUNT,
};

enum exec_command_flags {
	EXEC_IGNORE_FAILURE = 1 << 0,   /* '-' */
	EXEC_ARGV0_GIVEN = 1 << 1,      /* '@' */
	EXEC_NO_EXPAND = 1 << 2,        /* ':' */
	EXEC_FULLY_PRIVILEGED = 1 << 3, /* '+' */
	EXEC_NO_SETUID = 1 << 4,        /* '!' */
	EXEC_AMBIENT = 1 << 5,          /* '!!' */
};

struct exec_command {
	char *path;          /* absolute, or a bare name that is looked up when it is started; may be argv[0] itself */
	char **argv;         /* specifiers resolved; $VAR and ${VAR} still to be expanded, see load/expand.h */
	unsigned line;       /* in the file that names it, 0 unknown */
	unsigned char flags; /* enum exec_command_flags */
};

struct exec_command_list {
	struct exec_command *commands;
	unsigned count;
};

struct service_definition {
	enum service_type type;
	const struct service_options *options; /* never NULL; may be &service_options_default */
	const struct exec_options *exec;       /* never NULL; may be &exec_options_default */
	struct exec_command_list phases[EXEC_PHASE_COUNT];
};

/* What a timer's moments are counted from; systemd.timer(5). */
enum timer_base {
	TIMER_ON_ACTIVE,        /* its own start */
	TIMER_ON_BOOT,          /* the machine's */
	TIMER_ON_STARTUP,       /* svinit's */
	TIMER_ON_UNIT_ACTIVE,   /* the triggered unit's last start */
	TIMER_ON_UNIT_INACTIVE, /* its last end */
	TIMER_ON_CALENDAR,
	TIMER_BASE_COUNT,
};

struct calendar;

struct timer_line {
	enum timer_base base;
	usec span;                 /* behind the base */
	struct calendar *calendar; /* of TIMER_ON_CALENDAR */
};

/* The keys of [Timer]; what it triggers is a dependency. */
struct timer_definition {
	struct timer_line *lines;
	size_t line_count;
	usec accuracy;
	usec randomized_delay;
	usec randomized_offset;
	bool fixed_random_delay;
	bool on_clock_change;
	bool on_timezone_change;
	bool persistent;
	bool wake_system;
	bool remain_after_elapse;
	bool defer_reactivation;
};

enum socket_kind { SOCKET_KIND_STREAM, SOCKET_KIND_DATAGRAM, SOCKET_KIND_SEQPACKET, SOCKET_KIND_FIFO };

struct socket_listen {
	enum socket_kind kind;
	char *address; /* as systemd.socket(5) has it: a path, "@name", "[ADDRESS:]PORT", "vsock:CID:PORT" */
};

/* The keys of [Socket]; what it triggers is a dependency. */
struct socket_definition {
	struct socket_listen *listens;
	size_t listen_count;
	char *user, *group;    /* of sockets in the file system; NULL: svinit's own */
	char *descriptor_name; /* NULL: the unit's name */
	char *bind_to_device;
	char **symlinks;
	usec trigger_limit_interval;
	unsigned trigger_limit_burst;
	unsigned backlog;
	unsigned send_buffer, receive_buffer; /* bytes; 0: the kernel's own */
	unsigned priority, mark;              /* 0: unset */
	unsigned bind_ipv6_only;              /* 0: the kernel's default; 1: ipv6-only; 2: both */
	mode_t mode, directory_mode;
	bool reuse_port, free_bind, transparent, keep_alive, no_delay, broadcast;
	bool pass_credentials, pass_security, pass_packet_info;
	bool remove_on_stop, flush_pending;
};

/* The keys of [Install], for enable and disable. */
struct install_options {
	char **aliases, **wanted_by, **required_by, **upheld_by, **also;
	char *default_instance;
};

struct unit_definition {
	unsigned references;
	enum unit_type type;
	enum load_state load_state;
	char *name;          /* full, e.g. "nginx.service", "worker@1.service" */
	char **aliases;      /* further names under which it was found, or NULL */
	char *description;   /* NULL: the name */
	char *fragment_path; /* NULL: built in or not found */
	char **drop_in_paths;
	char *load_error;                /* "FILE:LINE: what" of the first error, or NULL */
	uint64_t loaded;                 /* realtime µs at which its files were read; 0: unknown */
	uint64_t running_hash;           /* but for limits and weights, which can change under way; 0: unknown */
	uint64_t content_hash;           /* over everything that was read; equal hash: same definition */
	struct dependency *dependencies; /* explicit and implicit; never the inverse */
	size_t dependency_count;
	bool default_dependencies;
	bool left_out;                      /* belongs to systemd: masked, and who needs it does without */
	const struct unit_options *options; /* never NULL; may be &unit_options_default */
	struct install_options *install;    /* NULL without [Install] */
	struct resource_options *resources; /* NULL: no limits and weights are set */
	struct service_definition *service; /* NULL unless type is UNIT_SERVICE */
	struct timer_definition *timer;     /* NULL unless type is UNIT_TIMER */
	struct socket_definition *socket;   /* NULL unless type is UNIT_SOCKET */
};

extern const struct unit_options unit_options_default;
extern const struct service_options service_options_default;
extern const struct exec_options exec_options_default;

/* A definition with one reference, in load state stub, no options of its own; NULL when out of memory. */
struct unit_definition *unit_definition_create(const char *name, enum unit_type type);
struct unit_definition *unit_definition_reference(struct unit_definition *definition);
/* Drops a reference; the last one frees all that it owns. NULL is accepted. */
void unit_definition_release(struct unit_definition *definition);

/* The group to write keys into: the unit's own copy, made from the default at first use; NULL when out of memory. */
struct unit_options *unit_definition_own_options(struct unit_definition *definition);
struct service_options *unit_definition_own_service_options(struct unit_definition *definition);
struct exec_options *unit_definition_own_exec_options(struct unit_definition *definition);
struct sandbox *unit_definition_own_sandbox(struct unit_definition *definition);

/*
 * Lets units that set the same keys of struct service_options to the same values share one copy, where it has no
 * strings of its own. For a definition that is complete.
 */
void unit_definition_share_options(struct unit_definition *definition);

const char *unit_type_name(enum unit_type type);             /* "service", … */
enum unit_type unit_type_from_name(const char *unit_name);   /* by suffix; UNIT_TYPE_INVALID */
const char *load_state_name(enum load_state state);          /* "loaded", "not-found", … */
const char *dependency_kind_name(enum dependency_kind kind); /* "Requires", … */

bool exit_status_set_has_status(const struct exit_status_set *set, int status);
bool exit_status_set_has_signal(const struct exit_status_set *set, int signal);

#endif
