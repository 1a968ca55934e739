#include <string.h>

#include "common/suggest.h"
#include "supervisor/load/key.h"

#define EXEC_LISTS &exec_keys, &sandbox_keys, &resource_keys, &kill_keys

const struct section sections[] = {
	{ "Unit", UNIT_TYPE_COUNT, { &unit_keys, &condition_keys } },
	{ "Install", UNIT_TYPE_COUNT, { &install_keys } },
	{ "Service", UNIT_SERVICE, { &service_keys, EXEC_LISTS } },
	{ "X-Svinit", UNIT_TYPE_COUNT, { &svinit_keys } },
	{ "Socket", UNIT_SOCKET, { &socket_keys, EXEC_LISTS } },
	{ "Timer", UNIT_TIMER, { &timer_keys } },
	{ "Path", UNIT_PATH, { &path_keys } },
	{ "Mount", UNIT_MOUNT, { &mount_keys, EXEC_LISTS } },
	{ "Automount", UNIT_AUTOMOUNT, { &automount_keys } },
	{ "Swap", UNIT_SWAP, { &swap_keys, EXEC_LISTS } },
	{ "Slice", UNIT_SLICE, { &slice_keys, &resource_keys } },
	{ "Scope", UNIT_SCOPE, { &scope_keys, &resource_keys, &kill_keys } },
};

const size_t section_count = sizeof sections / sizeof *sections;

static bool belongs(const struct section *section, enum unit_type type)
{
	return section->type == UNIT_TYPE_COUNT || section->type == type;
}

const struct section *section_find(const char *name, enum unit_type type)
{
	for (size_t i = 0; i < section_count; i++)
		if (strcmp(sections[i].name, name) == 0)
			return belongs(&sections[i], type) ? &sections[i] : NULL;
	return NULL;
}

static const struct key *find_in_list(const struct key_list *list, const char *name)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, list->keys[middle].name);
		if (order == 0)
			return &list->keys[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct key *key_find(const struct section *section, const char *name)
{
	for (size_t i = 0; i < SECTION_LISTS_MAX && section->lists[i]; i++) {
		const struct key *key = find_in_list(section->lists[i], name);
		if (key)
			return key;
	}
	return NULL;
}

const char *key_suggest(const struct section *section, const char *name)
{
	struct suggestions suggestions = SUGGESTIONS_FOR(name);

	for (size_t i = 0; i < SECTION_LISTS_MAX && section->lists[i]; i++)
		for (size_t j = 0; j < section->lists[i]->count; j++)
			suggestions_offer(&suggestions, section->lists[i]->keys[j].name);
	return suggestions.count > 0 ? suggestions.nearest[0] : NULL;
}

const char *section_suggest(const char *name, enum unit_type type)
{
	struct suggestions suggestions = SUGGESTIONS_FOR(name);

	for (size_t i = 0; i < section_count; i++)
		if (belongs(&sections[i], type))
			suggestions_offer(&suggestions, sections[i].name);
	return suggestions.count > 0 ? suggestions.nearest[0] : NULL;
}

const char *key_class_name(enum key_class class)
{
	static const char *const names[KEY_CLASS_COUNT] = {
		[KEY_SUPPORTED] = "supported",
		[KEY_NOT_ENFORCED] = "not enforced",
		[KEY_IGNORED] = "ignored",
		[KEY_REFUSED] = "refused",
	};

	return class < KEY_CLASS_COUNT ? names[class] : NULL;
}
