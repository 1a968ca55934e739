#include "supervisor/load/condition_name.h"

#include <string.h>

#include "supervisor/load/key.h"

const char *condition_key_name(enum condition_type type, bool assertion)
{
	for (size_t i = 0; i < condition_keys.count; i++) {
		const struct key *key = &condition_keys.keys[i];
		if (key->offset == type && (strncmp(key->name, "Assert", 6) == 0) == assertion)
			return key->name;
	}
	return NULL;
}
