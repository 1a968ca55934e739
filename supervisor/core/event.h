/*
 * What the world tells the core. The shell makes one of these of every kernel event and every request and
 * gives it to core_step(). Pointers in an event are borrowed for the length of that call.
 */
#ifndef SVINIT_CORE_EVENT_H
#define SVINIT_CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/usec.h"
#include "supervisor/core/unit.h"

/* Index of a unit in the table of loaded units; stays the same as long as the unit is loaded. */
typedef uint32_t unit_id;
#define UNIT_ID_NONE UINT32_MAX

typedef uint32_t job_id;

/* A unit has at most one process of each role at a time. */
enum process_role {
	ROLE_MAIN,
	ROLE_CONTROL, /* a command of any phase but EXEC_START (of a forking service: EXEC_START too) */
	ROLE_COUNT,
};

enum request_verb {
	REQUEST_START,
	REQUEST_STOP,
	REQUEST_RESTART,     /* stop and start; starts what was not running */
	REQUEST_TRY_RESTART, /* only what is running */
	REQUEST_RELOAD,
	REQUEST_RELOAD_OR_RESTART,
	REQUEST_RELOAD_OR_TRY_RESTART,
	REQUEST_VERIFY_ACTIVE,
	REQUEST_CANCEL, /* the job of the unit; job_id picks one */
	REQUEST_RESET_FAILED,
	REQUEST_SHUTDOWN, /* stop all in order, then ACTION_LEAVE; unit is ignored */
	REQUEST_HURRY,    /* every pending stop time-out becomes now */
	REQUEST_COUNT,
};

/* How svinit itself is to end. */
enum leave_kind {
	LEAVE_EXIT,
	LEAVE_HALT,
	LEAVE_POWEROFF,
	LEAVE_REBOOT,
	LEAVE_KEXEC,
	LEAVE_REEXEC,
	LEAVE_SWITCH_ROOT,
	LEAVE_KIND_COUNT,
};

enum event_kind {
	EVENT_REQUEST,
	EVENT_SPAWNED,       /* answers ACTION_SPAWN: the program was executed */
	EVENT_SPAWN_FAILED,  /* answers ACTION_SPAWN */
	EVENT_EXITED,        /* a main or control process was reaped (or an adopted one is seen to be gone) */
	EVENT_EMPTY,         /* no process of the unit is left */
	EVENT_NOTIFY,        /* sd_notify(3) */
	EVENT_MAIN_PROCESS,  /* answers ACTION_FIND_MAIN_PROCESS; pid 0: there is none (yet) */
	EVENT_CONDITIONS,    /* answers ACTION_CHECK_CONDITIONS */
	EVENT_DEADLINE,      /* the clock has reached core_next_deadline(): all that is due is done */
	EVENT_SIGNAL_FAILED, /* ACTION_SIGNAL could not be carried out for want of something that may be there soon */
	EVENT_OOM_KILLED,    /* the kernel killed a process of the unit for memory */
	EVENT_TIMER_FACTS,   /* answers ACTION_TIMER_FACTS */
	EVENT_SOCKETS,       /* answers ACTION_OPEN_SOCKETS */
	EVENT_CONNECTION,    /* a socket that is watched has something to read */
	EVENT_CLOCK,         /* the realtime clock was set, or the time zone changed; unit is ignored */
	EVENT_KIND_COUNT,
};

enum conditions_outcome { CONDITIONS_HOLD, CONDITIONS_SKIP, CONDITIONS_ASSERT_FAILED };

enum notify_flags {
	NOTIFY_READY = 1 << 0,
	NOTIFY_RELOADING = 1 << 1,
	NOTIFY_STOPPING = 1 << 2,
	NOTIFY_WATCHDOG = 1 << 3,         /* WATCHDOG=1 */
	NOTIFY_WATCHDOG_TRIGGER = 1 << 4, /* WATCHDOG=trigger */
	NOTIFY_STATUS = 1 << 5,
	NOTIFY_ERRNO = 1 << 6,
	NOTIFY_MAIN_PID = 1 << 7,
	NOTIFY_WATCHDOG_USEC = 1 << 8,
	NOTIFY_EXTEND_TIMEOUT = 1 << 9,
	NOTIFY_MONOTONIC = 1 << 10,
};

enum notify_sender {
	SENDER_MAIN,
	SENDER_CONTROL,
	SENDER_OTHER,
	SENDER_SUPERVISOR, /* svinit itself has seen it, such as the bus name of Type=dbus */
};

struct event {
	enum event_kind kind;
	unit_id unit;
	union {
		struct {
			enum request_verb verb;
			uint64_t request; /* the shell's number: ACTION_ANSWER carries it; 0: nobody waits */
			enum job_mode mode;
			job_id job;            /* CANCEL: 0 for any */
			bool more;             /* others follow at once: no job runs before the last of them */
			bool by_user;          /* RefuseManualStart=/Stop= apply */
			enum leave_kind leave; /* SHUTDOWN */
			int exit_status;       /* SHUTDOWN */
		} request;
		struct {
			enum process_role role;
			int32_t pid;
		} spawned;
		struct {
			enum process_role role;
			const char *step; /* "chdir", "exec", …: static string */
			int error;        /* errno */
			int exit_status;  /* as in systemd.exec(5): 200 to 243 */
			const char *text; /* "STEP: what went wrong"; may be NULL */
		} spawn_failed;
		struct {
			enum process_role role;
			int32_t pid;
			int code;   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0: unknown (adopted, not ours to reap) */
			int status; /* exit status or signal number */
			bool empty; /* no process of the unit is left */
		} exited;
		struct {
			unsigned flags; /* enum notify_flags */
			enum notify_sender sender;
			bool main_pid_ok; /* the shell has checked that main_pid belongs to the unit */
			int32_t main_pid;
			int error;
			usec watchdog;
			usec extend_timeout;
			usec monotonic;
			const char *status; /* printable, bounded by the shell */
		} notify;
		struct {
			int32_t pid;
			const char *why_not; /* pid 0: what is wrong with the PID file, or NULL */
			bool final;          /* pid 0: looking again is of no use */
		} main_process;
		struct {
			usec next;       /* monotonic, of the first OnCalendar= that elapses; USEC_INFINITY: none */
			usec stamp;      /* realtime of the last time, as kept on disk; 0: none */
			uint64_t random; /* the same at each boot of this machine, for FixedRandomDelay= */
			usec boot;       /* monotonic: when the machine, or the container, was booted */
			usec startup;    /* monotonic: when svinit began */
		} timer_facts;
		struct {
			int error;        /* errno; 0: all are open */
			const char *text; /* what went wrong */
		} sockets;
		struct {
			bool zone; /* the time zone, not the clock */
		} clock;
		struct {
			enum conditions_outcome outcome;
			const char *failed; /* "ConditionPathExists=/x" of the first that does not hold */
		} conditions;
	};
};

#endif
