/* [Install]: systemd.unit(5). */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

static const struct key keys[] = {
	{ "Alias", read_install_words, NULL, NULL, offsetof(struct install_options, aliases), PLACE_INSTALL,
	  KEY_SUPPORTED, 0, 0 },
	{ "Also", read_install_words, NULL, NULL, offsetof(struct install_options, also), PLACE_INSTALL, KEY_SUPPORTED,
	  0, 0 },
	{ "DefaultInstance", read_string, NULL, NULL, offsetof(struct install_options, default_instance), PLACE_INSTALL,
	  KEY_SUPPORTED, 0, 215 },
	{ "RequiredBy", read_install_words, NULL, NULL, offsetof(struct install_options, required_by), PLACE_INSTALL,
	  KEY_SUPPORTED, 0, 0 },
	{ "UpheldBy", read_install_words, NULL, NULL, offsetof(struct install_options, upheld_by), PLACE_INSTALL,
	  KEY_SUPPORTED, 0, 249 },
	{ "WantedBy", read_install_words, NULL, NULL, offsetof(struct install_options, wanted_by), PLACE_INSTALL,
	  KEY_SUPPORTED, 0, 0 },
};

const struct key_list install_keys = { keys, sizeof keys / sizeof *keys };
