#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ctl/words.h"

const char *exit_status_name(int status)
{
	static const char *const lsb[] = { "SUCCESS",      "FAILURE",      "INVALIDARGUMENT", "NOTIMPLEMENTED",
					   "NOPERMISSION", "NOTINSTALLED", "NOTCONFIGURED",   "NOTRUNNING" };
	static const char *const systemd[] = {
		"CHDIR",
		"NICE",
		"FDS",
		"EXEC",
		"MEMORY",
		"LIMITS",
		"OOM_ADJUST",
		"SIGNAL_MASK",
		"STDIN",
		"STDOUT",
		"CHROOT",
		"IOPRIO",
		"TIMERSLACK",
		"SECUREBITS",
		"SETSCHEDULER",
		"CPUAFFINITY",
		"GROUP",
		"USER",
		"CAPABILITIES",
		"CGROUP",
		"SETSID",
		"CONFIRM",
		"STDERR",
		NULL,
		"PAM",
		"NETWORK",
		"NAMESPACE",
		"NO_NEW_PRIVILEGES",
		"SECCOMP",
		"SELINUX_CONTEXT",
		"PERSONALITY",
		"APPARMOR",
		"ADDRESS_FAMILIES",
		"RUNTIME_DIRECTORY",
		NULL,
		"CHOWN",
		"SMACK_PROCESS_LABEL",
		"KEYRING",
		"STATE_DIRECTORY",
		"CACHE_DIRECTORY",
		"LOGS_DIRECTORY",
		"CONFIGURATION_DIRECTORY",
		"NUMA_POLICY",
		"CREDENTIALS",
	};
	if (status >= 0 && status < (int)(sizeof(lsb) / sizeof(*lsb)))
		return lsb[status];
	if (status >= 200 && status < 200 + (int)(sizeof(systemd) / sizeof(*systemd)))
		return systemd[status - 200];
	return NULL;
}

char *words_exit(char to[WORDS_MAX], int code, int status)
{
	char name[WORDS_MAX];
	const char *status_name = exit_status_name(status);
	if (code == CLD_EXITED)
		snprintf(to, WORDS_MAX, "code=exited, status=%d%s%s", status, status_name ? "/" : "",
			 status_name ? status_name : "");
	else if (code == CLD_KILLED || code == CLD_DUMPED) {
		words_signal(name, status);
		snprintf(to, WORDS_MAX, "code=%s, signal=%s", code == CLD_KILLED ? "killed" : "dumped",
			 strncmp(name, "SIG", 3) == 0 ? name + 3 : name);
	} else
		snprintf(to, WORDS_MAX, "code=unknown");
	return to;
}

/* Signals that the kernel raises for what a process itself does. */
static bool signal_is_own_fault(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGABRT ||
	       number == SIGSYS || number == SIGTRAP || number == SIGXCPU || number == SIGXFSZ || number == SIGPIPE;
}

static void signal_end(char to[WORDS_MAX], const char *result, int code, int status)
{
	char name[WORDS_MAX];
	bool stopped = strcmp(result, "success") == 0;
	words_signal(name, status);
	if (stopped)
		snprintf(to, WORDS_MAX, "ended by %s, as a stop does", name);
	else if (code == CLD_DUMPED || signal_is_own_fault(status))
		snprintf(to, WORDS_MAX, "died of its own %s%s", name, code == CLD_DUMPED ? " (core dumped)" : "");
	else
		snprintf(to, WORDS_MAX, "killed by somebody else's %s", name);
}

/* What svinit itself decided; NULL when it did not. */
static const char *result_words(const char *result)
{
	static const struct {
		const char *result, *words;
	} table[] = {
		{ "timeout", "a time-out passed and svinit ended it" },
		{ "watchdog", "its watchdog was not fed in time and svinit ended it" },
		{ "oom-kill", "killed by the kernel, out of memory" },
		{ "start-limit-hit", "started too often (start limit hit)" },
		{ "protocol", "did not do what its Type= asks for" },
		{ "resources", "could not be set up" },
		{ "exec-condition", "skipped by ExecCondition=" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].result, result) == 0)
			return table[i].words;
	return NULL;
}

char *words_end(char to[WORDS_MAX], const char *result, int code, int status)
{
	const char *decided = result ? result_words(result) : NULL;
	const char *name = exit_status_name(status);
	if (decided)
		snprintf(to, WORDS_MAX, "%s", decided);
	else if (code == CLD_EXITED)
		snprintf(to, WORDS_MAX, "exited with status %d%s%s", status, name ? "/" : "", name ? name : "");
	else if (code == CLD_KILLED || code == CLD_DUMPED)
		signal_end(to, result ? result : "signal", code, status);
	else
		snprintf(to, WORDS_MAX, "%s", result ? result : "unknown");
	return to;
}
