/* [Path]: systemd.path(5). Known, so that such files load; units of this type do not run yet. */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char not_run[] = "units of this type do not run yet";
static const struct key keys[] = {
	{ "DirectoryMode", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "DirectoryNotEmpty", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "MakeDirectory", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "PathChanged", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "PathExists", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "PathExistsGlob", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "PathModified", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "TriggerLimitBurst", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "TriggerLimitIntervalSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "Unit", read_triggered, NULL, NULL, 0, PLACE_NONE, KEY_SUPPORTED, 0, 0 },
};

const struct key_list path_keys = { keys, sizeof keys / sizeof *keys };
