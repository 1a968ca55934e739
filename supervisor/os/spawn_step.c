#include "supervisor/os/spawn.h"

static const struct {
	const char *name;
	int exit_status; /* systemd.exec(5), "Process Exit Codes" */
} steps[SPAWN_STEP_COUNT] = {
	[SPAWN_STEP_NONE] = { "none", 0 },
	[SPAWN_STEP_FORK] = { "fork", 1 },
	[SPAWN_STEP_CGROUP] = { "cgroup", 219 },
	[SPAWN_STEP_SIGNAL_MASK] = { "signal-mask", 207 },
	[SPAWN_STEP_SETSID] = { "setsid", 220 },
	[SPAWN_STEP_STDIN] = { "stdin", 208 },
	[SPAWN_STEP_STDOUT] = { "stdout", 209 },
	[SPAWN_STEP_STDERR] = { "stderr", 222 },
	[SPAWN_STEP_OOM_ADJUST] = { "oom-adjust", 206 },
	[SPAWN_STEP_NICE] = { "nice", 201 },
	[SPAWN_STEP_SCHEDULER] = { "setscheduler", 214 },
	[SPAWN_STEP_COREDUMP_FILTER] = { "coredump-filter", 205 },
	[SPAWN_STEP_AFFINITY] = { "cpu-affinity", 215 },
	[SPAWN_STEP_NUMA_POLICY] = { "numa-policy", 242 },
	[SPAWN_STEP_PERSONALITY] = { "personality", 230 },
	[SPAWN_STEP_IO_PRIORITY] = { "ioprio", 211 },
	[SPAWN_STEP_TIMER_SLACK] = { "timerslack", 212 },
	[SPAWN_STEP_DIRECTORY] = { "runtime-directory", 233 },
	[SPAWN_STEP_LIMITS] = { "limits", 205 },
	[SPAWN_STEP_CHROOT] = { "chroot", 210 },
	[SPAWN_STEP_GROUP] = { "group", 216 },
	[SPAWN_STEP_CAPABILITIES] = { "capabilities", 218 },
	[SPAWN_STEP_SECUREBITS] = { "securebits", 213 },
	[SPAWN_STEP_USER] = { "user", 217 },
	[SPAWN_STEP_CHDIR] = { "chdir", 200 },
	[SPAWN_STEP_NO_NEW_PRIVILEGES] = { "no-new-privileges", 227 },
	[SPAWN_STEP_FDS] = { "fds", 202 },
	[SPAWN_STEP_CREDENTIALS] = { "credentials", 243 },
	[SPAWN_STEP_KEYRING] = { "keyring", 237 },
	[SPAWN_STEP_NETWORK] = { "network", 225 },
	[SPAWN_STEP_CGROUP_FILTER] = { "cgroup-filter", 245 },
	[SPAWN_STEP_NAMESPACE] = { "namespace", 226 },
	[SPAWN_STEP_SECURITY_LABEL] = { "security-label", 231 },
	[SPAWN_STEP_SYSTEM_CALLS] = { "seccomp", 228 },
	[SPAWN_STEP_SANDBOX] = { "sandbox", 203 },
	[SPAWN_STEP_EXEC] = { "exec", 203 },
};

static bool is_step(enum spawn_step step)
{
	return (unsigned)step < SPAWN_STEP_COUNT;
}

const char *spawn_step_name(enum spawn_step step)
{
	return is_step(step) ? steps[step].name : "unknown";
}

int spawn_step_exit_status(enum spawn_step step)
{
	return is_step(step) ? steps[step].exit_status : 1;
}
