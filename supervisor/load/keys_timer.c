/* [Timer]: systemd.timer(5). Known, so that such files load; units of this type do not run yet. */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char not_run[] = "units of this type do not run yet";
static const struct key keys[] = {
	{ "AccuracySec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "DeferReactivation", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 257 },
	{ "FixedRandomDelay", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 247 },
	{ "OnActiveSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "OnBootSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "OnCalendar", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "OnClockChange", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 242 },
	{ "OnStartupSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "OnTimezoneChange", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 242 },
	{ "OnUnitActiveSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "OnUnitInactiveSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "Persistent", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 212 },
	{ "RandomizedDelaySec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 229 },
	{ "RandomizedOffsetSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 258 },
	{ "RemainAfterElapse", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 228 },
	{ "Unit", read_triggered, NULL, NULL, 0, PLACE_NONE, KEY_SUPPORTED, 0, 0 },
	{ "WakeSystem", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 212 },
};

const struct key_list timer_keys = { keys, sizeof keys / sizeof *keys };
