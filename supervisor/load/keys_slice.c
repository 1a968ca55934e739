/* [Slice]: systemd.slice(5). Known, so that such files load; units of this type do not run yet. */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char not_run[] = "units of this type do not run yet";
static const struct key keys[] = {
	{ "ConcurrencyHardMax", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 258 },
	{ "ConcurrencySoftMax", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 258 },
};

const struct key_list slice_keys = { keys, sizeof keys / sizeof *keys };
