/*
 * The manager: owns the core, the loader, the event loop and what the kernel has of each unit, and carries events in
 * and actions out. Actions that lead to further events are queued, never recursed into.
 */
#ifndef SVINIT_MANAGER_H
#define SVINIT_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cause.h"
#include "common/log_protocol.h"
#include "supervisor/core/core.h"
#include "supervisor/load/loader.h"
#include "supervisor/os/containment.h"
#include "supervisor/os/event_loop.h"
#include "supervisor/os/process.h"

struct control_verbs;
struct main_process_options;
struct sidecar_command;
struct log_line;
struct pid_table;
struct main_process_finder;
struct pending_start;
struct sandbox_state;
struct unit_file_states;
struct socket_unit;
struct timer_clock;
struct keepsakes;
struct snapshot;
struct reexec;

/* Requests of the manager's own carry numbers from here on; those below are the control socket's. */
#define MANAGER_REQUEST_FIRST (UINT64_C(1) << 63)

/* What svinit was asked to be, from the command line. Strings are borrowed from argv or static. */
struct manager_options {
	char **unit_directories; /* run directories: every unit in them starts */
	bool search_defaults;    /* no --units: systemd's search path too, and default.target */
	const char *runtime_directory;
	const char *log_forward;   /* syslog server; NULL: none */
	const char *log_directory; /* NULL: console only */
	const char *target;        /* NULL: default.target, else all of the run directories */
	bool log_json;
	uint64_t log_max_bytes; /* of the whole log directory; 0: svlog's default */
	bool log_to_console, log_to_files;
	bool log_files_later; /* log_directory cannot be written to yet */
	bool color;
	bool user_mode;    /* not root */
	bool machine_init; /* PID 1 of a machine, not of a container */
	const struct main_process_options
		*command;            /* the container's main process, units being its sidecars; or NULL */
	const char *logger_program;  /* path of svlog */
	const char *keeper_program;  /* path of svkeeper */
	const char *sandbox_program; /* path of svexec */
	bool no_cgroups;             /* hold units by keepers even where cgroups could be made */
	const char *program;         /* our own path; NULL: unknown */
	char **arguments;            /* argv as svinit was executed with it */
	int lock;                    /* of the runtime directory; -1: none */
};

/* svlog as a svinit leaves it to the next. */
struct log_line_state {
	pid_t pid; /* 0: none */
	uint64_t identity;
	uint32_t cookie; /* of the last record */
};

/* What the kernel has of a unit; one a unit that was ever started, NULL for the others. */
struct unit_runtime {
	struct sandbox_state *sandbox; /* NULL: never started through svexec */
	struct containment containment;
	struct process processes[ROLE_COUNT];
	int log_pipes[2]; /* stdout and stderr, both ways; -1: not opened yet */
	unit_id unit;
	unsigned long oom_kills;    /* of the containment, as far as they were told */
	uint64_t logged_definition; /* content_hash of the one whose log options svlog has */
	bool invocation_is_logged;  /* svlog knows the ID */
	uint64_t resources_written; /* bit n: enum resource_key n stands in the cgroup's files */
	uint64_t resources_failed;  /* bit n: the kernel refused the unit's enum resource_key n */
	uint64_t ended_cpu;         /* ns used by those that ended, where no cgroup counts */
	bool frozen;
	char invocation_id[33];          /* of the present start; empty while down */
	uint8_t starting;                /* role + 1 of the process that is being started; 0: none */
	uint64_t identities[ROLE_COUNT]; /* of the processes: process_identity() */
};

/* What is known of the unit files on disk; see unit_freshness.h. */
enum freshness_look { FRESHNESS_UNKNOWN, FRESHNESS_ALL_FRESH, FRESHNESS_LOOK };

struct unit_freshness {
	enum freshness_look look; /* under way */
	bool watched;             /* all units were as their files, and `watch` tells whether that may have changed */
	int watch;
	unsigned directories; /* that there were then */
};

struct manager {
	struct manager_options options;
	int log_intakes[LOG_INTAKE_COUNT]; /* -1: there is none */
	struct core *core;
	struct loader *loader;
	struct event_loop loop;
	struct action_queue actions;
	struct unit_runtime **runtimes; /* by unit_id */
	uint32_t runtime_count;
	struct pid_table *pids; /* pid → unit and role */
	struct containment_root *containment_root;
	struct log_line *log;          /* the line to svlog */
	struct control_verbs *control; /* NULL without a control socket */
	char *notify_path;             /* NULL without a notify socket */
	usec started;                  /* monotonic */
	struct unit_freshness freshness;
	usec reloaded;                        /* realtime, when the last reload of units began; 0: never */
	int64_t realtime_offset;              /* realtime minus monotonic, µs */
	struct sidecar_command *command;      /* NULL without a main process */
	struct socket_unit *socket_units;     /* whose sockets are open */
	struct timer_clock *timer_clock;      /* NULL until the first timer */
	struct late_answer *late_answers;     /* oldest first */
	struct bus_name_watch *bus_names;     /* services of Type=dbus that wait for their name */
	struct main_process_finder *finder;   /* who looks for PID files; NULL until the first */
	char **environment;                   /* set while svinit runs, for all services; see manager_environment.h */
	struct pending_start *pending_starts; /* that svexec has not reported on yet */
	struct unit_file_states *unit_file_states; /* while a request is answered that asks for them */
	struct event_source signal_source, notify_source;
	struct keepsakes *keepsakes;       /* descriptors that outlive this svinit */
	struct snapshot *snapshot;         /* NULL: nothing outlives it */
	struct log_line_state last_logger; /* of the svinit before this one */
	struct reexec *reexec;             /* under way; NULL: no */
	unit_id *expected_empty;           /* units whose last process is waited for, where no cgroup tells */
	size_t expected_empty_count, expected_empty_capacity;
	bool generating;       /* what is to be booted is known when the generators have run */
	uint32_t boot_pending; /* start requests of the boot that are not answered yet */
	bool booted;
	bool reap_again; /* more children may have ended than one round reaps */
	usec terminated; /* when the last SIGTERM or SIGINT came; 0: none yet */
	bool draining;
	usec finish_at; /* the end is waited for no longer than this */
	bool leaving;
	enum leave_kind leave_kind;
	char *new_root, *new_init; /* LEAVE_SWITCH_ROOT: where to; NULL until it was asked for */
	int exit_status;
	uint64_t orphans_reaped;
	uint32_t crashes; /* that svinit has survived */
};

/*
 * Turns what a user typed into a loaded unit: completes the name, loads it and what it refers to if that was not done
 * yet. -ENOENT with the nearest names in the cause when no file defines it; the unit then still exists (load state
 * not-found) if `keep_missing`. `id` may be a unit in any other load state.
 */
int manager_find_unit(struct manager *manager, const char *typed, bool keep_missing, unit_id *id, struct cause *cause);

/* Gives the core an event and performs everything that follows from it. */
void manager_feed(struct manager *manager, const struct event *event);

/* daemon-reload: reads all loaded units afresh. Units whose definition is the same keep everything. */
int manager_reload(struct manager *manager, struct cause *cause);

/* An answer to a request of the manager's own. */
void manager_answered(struct manager *manager, const struct action *action);

/* Asks for an orderly stop and what comes behind it. */
void manager_shut_down(struct manager *manager, enum leave_kind kind, int exit_status);

/*
 * Opens everything, loads the units and asks the core to start them. The runtime directory's lock is held from here on.
 * 0, or -errno with what keeps svinit from being of use.
 */
int manager_open(struct manager *manager, const struct manager_options *options, struct cause *cause);
/* Runs until svinit is to leave; returns the exit status. */
int manager_run(struct manager *manager);
/* One round of the loop: waits for events, and performs. 0 or -errno. */
int manager_turn(struct manager *manager);
void manager_close(struct manager *manager);

/* `kill` verb: -ESRCH when the unit has no such process. */
int manager_kill(struct manager *manager, unit_id unit, enum signal_scope scope, int signal, struct cause *cause);

/* `freeze` and `thaw`: -ENOTSUP without a cgroup, -ESRCH for a unit without processes. */
int manager_freeze(struct manager *manager, unit_id unit, bool frozen, struct cause *cause);

/* All processes of a unit, main and control first. Returns how many there are, fills at most max; or -errno. */
int manager_processes(struct manager *manager, unit_id unit, pid_t *pids, size_t max);

/* The path of the unit's cgroup below the cgroup mount, or NULL without cgroups. Static buffer. */
const char *manager_control_group(struct manager *manager, unit_id unit);

/* One line into svinit's own log, with the unit it is about (UNIT_ID_NONE: none). */
void manager_record(struct manager *manager, enum record_level level, unit_id unit, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
