#include "supervisor/core/exit_reason.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static bool clean_exit(int status, const struct exit_status_set *success)
{
	return status == 0 || exit_status_set_has_status(success, status);
}

static bool clean_signal(int signal, bool daemon, const struct exit_status_set *success)
{
	if (daemon && (signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE))
		return true;
	return exit_status_set_has_signal(success, signal);
}

enum unit_result exit_result(int code, int status, bool daemon, const struct exit_status_set *success)
{
	switch (code) {
	case CLD_EXITED:
		return clean_exit(status, success) ? RESULT_SUCCESS : RESULT_EXIT_CODE;
	case CLD_KILLED:
		return clean_signal(status, daemon, success) ? RESULT_SUCCESS : RESULT_SIGNAL;
	case CLD_DUMPED:
		return clean_signal(status, daemon, success) ? RESULT_SUCCESS : RESULT_CORE_DUMP;
	default:
		return RESULT_EXIT_CODE;
	}
}

void exit_describe(int code, int status, char *text, size_t size)
{
	const char *name;

	if (code == CLD_EXITED) {
		snprintf(text, size, "exited with status %d", status);
		return;
	}
	if (code != CLD_KILLED && code != CLD_DUMPED) {
		snprintf(text, size, "is gone, its exit status unknown");
		return;
	}
	name = sigabbrev_np(status);
	snprintf(text, size, "was killed by signal %d%s%s%s%s", status, name ? " (" : "", name ? name : "",
		 name ? ")" : "", code == CLD_DUMPED ? ", core dumped" : "");
}

const char *exec_phase_name(enum exec_phase phase)
{
	static const char *const names[] = {
		[EXEC_CONDITION] = "ExecCondition", [EXEC_START_PRE] = "ExecStartPre",
		[EXEC_START] = "ExecStart",         [EXEC_START_POST] = "ExecStartPost",
		[EXEC_RELOAD] = "ExecReload",       [EXEC_RELOAD_POST] = "ExecReloadPost",
		[EXEC_STOP] = "ExecStop",           [EXEC_STOP_POST] = "ExecStopPost",
	};
	_Static_assert(sizeof names / sizeof *names == EXEC_PHASE_COUNT, "a word for each phase");

	return phase < EXEC_PHASE_COUNT ? names[phase] : "unknown";
}
