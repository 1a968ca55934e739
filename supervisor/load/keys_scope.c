/* [Scope]: systemd.scope(5). Known, so that such files load; units of this type do not run yet. */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char not_run[] = "units of this type do not run yet";
static const struct key keys[] = {
	{ "OOMPolicy", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 251 },
	{ "RuntimeMaxSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 229 },
	{ "RuntimeRandomizedExtraSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 250 },
	{ "TimeoutStopSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
};

const struct key_list scope_keys = { keys, sizeof keys / sizeof *keys };
