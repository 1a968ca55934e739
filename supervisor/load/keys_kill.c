/* systemd.kill(5). */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char *const kill_modes[KILL_MODE_COUNT] = {
	[KILL_MODE_CONTROL_GROUP] = "control-group",
	[KILL_MODE_MIXED] = "mixed",
	[KILL_MODE_PROCESS] = "process",
	[KILL_MODE_NONE] = "none",
};

static const struct key keys[] = {
	{ "FinalKillSignal", read_signal, NULL, NULL, offsetof(struct service_options, final_kill_signal),
	  PLACE_SERVICE, KEY_SUPPORTED, 0, 0 },
	{ "KillMode", read_enum, kill_modes, NULL, offsetof(struct service_options, kill_mode), PLACE_SERVICE,
	  KEY_SUPPORTED, KILL_MODE_COUNT, 0 },
	{ "KillSignal", read_signal, NULL, NULL, offsetof(struct service_options, kill_signal), PLACE_SERVICE,
	  KEY_SUPPORTED, 0, 0 },
	{ "RestartKillSignal", read_signal, NULL, NULL, offsetof(struct service_options, restart_kill_signal),
	  PLACE_SERVICE, KEY_SUPPORTED, 0, 244 },
	{ "SendSIGHUP", read_boolean, NULL, NULL, offsetof(struct service_options, send_sighup), PLACE_SERVICE,
	  KEY_SUPPORTED, 0, 0 },
	{ "SendSIGKILL", read_boolean, NULL, NULL, offsetof(struct service_options, send_sigkill), PLACE_SERVICE,
	  KEY_SUPPORTED, 0, 0 },
	{ "WatchdogSignal", read_signal, NULL, NULL, offsetof(struct service_options, watchdog_signal), PLACE_SERVICE,
	  KEY_SUPPORTED, 0, 240 },
};

const struct key_list kill_keys = { keys, sizeof keys / sizeof *keys };
