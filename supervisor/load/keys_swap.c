/* [Swap]: systemd.swap(5). Known, so that such files load; units of this type do not run yet. */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char not_run[] = "units of this type do not run yet";
static const struct key keys[] = {
	{ "Options", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "Priority", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "TimeoutSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "What", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
};

const struct key_list swap_keys = { keys, sizeof keys / sizeof *keys };
