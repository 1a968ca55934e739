/* [Mount]: systemd.mount(5). Known, so that such files load; units of this type do not run yet. */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const char not_run[] = "units of this type do not run yet";
static const struct key keys[] = {
	{ "DirectoryMode", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "ForceUnmount", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 232 },
	{ "FsckPassNo", NULL, NULL, "no version of systemd since 209 knows it", 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "LazyUnmount", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 232 },
	{ "Options", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "ReadWriteOnly", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 246 },
	{ "SloppyOptions", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 215 },
	{ "TimeoutSec", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "Type", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "What", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
	{ "Where", NULL, NULL, not_run, 0, PLACE_NONE, KEY_IGNORED, 0, 0 },
};

const struct key_list mount_keys = { keys, sizeof keys / sizeof *keys };
