#include "common/exit_status_name.h"

#include <stddef.h>
#include <string.h>

#include "common/parse.h"

static const char *const names[256] = {
	[0] = "SUCCESS",
	[1] = "FAILURE",
	/* LSB, init script actions */
	[2] = "INVALIDARGUMENT",
	[3] = "NOTIMPLEMENTED",
	[4] = "NOPERMISSION",
	[5] = "NOTINSTALLED",
	[6] = "NOTCONFIGURED",
	[7] = "NOTRUNNING",
	/* sysexits.h */
	[64] = "USAGE",
	[65] = "DATAERR",
	[66] = "NOINPUT",
	[67] = "NOUSER",
	[68] = "NOHOST",
	[69] = "UNAVAILABLE",
	[70] = "SOFTWARE",
	[71] = "OSERR",
	[72] = "OSFILE",
	[73] = "CANTCREAT",
	[74] = "IOERR",
	[75] = "TEMPFAIL",
	[76] = "PROTOCOL",
	[77] = "NOPERM",
	[78] = "CONFIG",
	/* the step of setting a process up that failed */
	[200] = "CHDIR",
	[201] = "NICE",
	[202] = "FDS",
	[203] = "EXEC",
	[204] = "MEMORY",
	[205] = "LIMITS",
	[206] = "OOM_ADJUST",
	[207] = "SIGNAL_MASK",
	[208] = "STDIN",
	[209] = "STDOUT",
	[210] = "CHROOT",
	[211] = "IOPRIO",
	[212] = "TIMERSLACK",
	[213] = "SECUREBITS",
	[214] = "SETSCHEDULER",
	[215] = "CPUAFFINITY",
	[216] = "GROUP",
	[217] = "USER",
	[218] = "CAPABILITIES",
	[219] = "CGROUP",
	[220] = "SETSID",
	[221] = "CONFIRM",
	[222] = "STDERR",
	[224] = "PAM",
	[225] = "NETWORK",
	[226] = "NAMESPACE",
	[227] = "NO_NEW_PRIVILEGES",
	[228] = "SECCOMP",
	[229] = "SELINUX_CONTEXT",
	[230] = "PERSONALITY",
	[231] = "APPARMOR_PROFILE",
	[232] = "ADDRESS_FAMILIES",
	[233] = "RUNTIME_DIRECTORY",
	[235] = "CHOWN",
	[236] = "SMACK_PROCESS_LABEL",
	[237] = "KEYRING",
	[238] = "STATE_DIRECTORY",
	[239] = "CACHE_DIRECTORY",
	[240] = "LOGS_DIRECTORY",
	[241] = "CONFIGURATION_DIRECTORY",
	[242] = "NUMA_POLICY",
	[243] = "CREDENTIALS",
	[245] = "BPF",
};

const char *exit_status_name(int status)
{
	return status >= 0 && status < 256 ? names[status] : NULL;
}

int exit_status_from_name(const char *text)
{
	uint64_t number;

	if (parse_unsigned(text, 255, &number) == 0)
		return (int)number;
	return parse_name(text, names, sizeof names / sizeof *names);
}
