#include "common/signal_name.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/parse.h"

static const char *const names[] = {
	[SIGHUP] = "SIGHUP",       [SIGINT] = "SIGINT",       [SIGQUIT] = "SIGQUIT", [SIGILL] = "SIGILL",
	[SIGTRAP] = "SIGTRAP",     [SIGABRT] = "SIGABRT",     [SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",
	[SIGKILL] = "SIGKILL",     [SIGUSR1] = "SIGUSR1",     [SIGSEGV] = "SIGSEGV", [SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE",     [SIGALRM] = "SIGALRM",     [SIGTERM] = "SIGTERM",
#ifdef SIGSTKFLT
	[SIGSTKFLT] = "SIGSTKFLT",
#endif
	[SIGCHLD] = "SIGCHLD",     [SIGCONT] = "SIGCONT",     [SIGSTOP] = "SIGSTOP", [SIGTSTP] = "SIGTSTP",
	[SIGTTIN] = "SIGTTIN",     [SIGTTOU] = "SIGTTOU",     [SIGURG] = "SIGURG",   [SIGXCPU] = "SIGXCPU",
	[SIGXFSZ] = "SIGXFSZ",     [SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF", [SIGWINCH] = "SIGWINCH",
	[SIGIO] = "SIGIO",         [SIGPWR] = "SIGPWR",       [SIGSYS] = "SIGSYS",
};

/* Counted from glibc's SIGRTMIN, 34, whatever the C library: it is what users and other inits mean. */
enum { RTMIN = 34, RTMAX = 64 };

static const char *const real_time_names[RTMAX - RTMIN + 1] = {
	"SIGRTMIN+0",  "SIGRTMIN+1",  "SIGRTMIN+2",  "SIGRTMIN+3",  "SIGRTMIN+4",  "SIGRTMIN+5",  "SIGRTMIN+6",
	"SIGRTMIN+7",  "SIGRTMIN+8",  "SIGRTMIN+9",  "SIGRTMIN+10", "SIGRTMIN+11", "SIGRTMIN+12", "SIGRTMIN+13",
	"SIGRTMIN+14", "SIGRTMIN+15", "SIGRTMIN+16", "SIGRTMIN+17", "SIGRTMIN+18", "SIGRTMIN+19", "SIGRTMIN+20",
	"SIGRTMIN+21", "SIGRTMIN+22", "SIGRTMIN+23", "SIGRTMIN+24", "SIGRTMIN+25", "SIGRTMIN+26", "SIGRTMIN+27",
	"SIGRTMIN+28", "SIGRTMIN+29", "SIGRTMIN+30",
};

const char *signal_name(int signal)
{
	if (signal > 0 && signal < (int)(sizeof names / sizeof *names))
		return names[signal];
	return signal >= RTMIN && signal <= RTMAX ? real_time_names[signal - RTMIN] : NULL;
}

static int real_time_offset(const char *text, char sign)
{
	uint64_t offset;

	if (!*text)
		return 0;
	if (*text != sign || parse_unsigned(text + 1, RTMAX - RTMIN, &offset) < 0)
		return -1;
	return (int)offset;
}

static int real_time_signal(const char *text)
{
	int offset = -1;

	if (strncasecmp(text, "RTMIN", 5) == 0 && (offset = real_time_offset(text + 5, '+')) >= 0)
		return RTMIN + offset;
	if (strncasecmp(text, "RTMAX", 5) == 0 && (offset = real_time_offset(text + 5, '-')) >= 0)
		return RTMAX - offset;
	return -1;
}

int signal_from_name(const char *text)
{
	uint64_t number;

	if (parse_unsigned(text, RTMAX, &number) == 0)
		return number > 0 ? (int)number : -1;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 1; i < sizeof names / sizeof *names; i++)
		if (names[i] && strcasecmp(names[i] + 3, text) == 0)
			return (int)i;
	if (strcasecmp(text, "POLL") == 0)
		return SIGIO;
	if (strcasecmp(text, "CLD") == 0)
		return SIGCHLD;
	if (strcasecmp(text, "IOT") == 0)
		return SIGABRT;
	return real_time_signal(text);
}
