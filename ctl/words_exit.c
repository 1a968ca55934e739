#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/exit_status_name.h"
#include "common/signal_name.h"
#include "ctl/words.h"

/* "SIGKILL"; a number that is no signal stands as it is. */
static const char *signal_words(int number, char to[WORDS_MAX])
{
	const char *name = signal_name(number);
	if (name)
		return name;
	snprintf(to, WORDS_MAX, "%d", number);
	return to;
}

char *words_exit(char to[WORDS_MAX], int code, int status)
{
	char number[WORDS_MAX];
	const char *status_name = exit_status_name(status);
	if (code == CLD_EXITED)
		snprintf(to, WORDS_MAX, "code=exited, status=%d%s%s", status, status_name ? "/" : "",
			 status_name ? status_name : "");
	else if (code == CLD_KILLED || code == CLD_DUMPED) {
		const char *name = signal_words(status, number);
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
	char number[WORDS_MAX];
	const char *name = signal_words(status, number);
	bool stopped = strcmp(result, "success") == 0;
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
