/* The preset policy of systemd.preset(5): which units are enabled when they are installed. */
#ifndef SVINIT_LOAD_PRESET_H
#define SVINIT_LOAD_PRESET_H

#include "common/cause.h"
#include "supervisor/load/unit_directories.h"

struct preset_rule {
	bool enable;
	char *pattern;
	char **instances; /* of a template; NULL: as it is */
};

struct preset_rules {
	struct preset_rule *rules;
	size_t count;
};

enum { PRESET_RULES_MAX = 16384 };

/* All rules in the order in which they count. A file that cannot be read is passed over. -ENOMEM. */
int preset_rules_read(struct preset_rules *rules, const struct unit_directories *directories);
void preset_rules_finish(struct preset_rules *rules);

/*
 * The first rule that fits decides; without one a unit is enabled, as in systemd. *instances (may be NULL) is set to
 * those that a template's rule names.
 */
bool preset_enables(const struct preset_rules *rules, const char *name, char *const **instances);

#endif
