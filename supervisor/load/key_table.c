#include <stdbool.h>
#include <string.h>

#include "common/hash.h"
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

/* All lists, so that a place in one of them is a small number. */
static const struct key_list *const all_lists[] = {
	&unit_keys,     &condition_keys, &install_keys, &service_keys, &exec_keys,  &sandbox_keys,
	&resource_keys, &kill_keys,      &svinit_keys,  &socket_keys,  &timer_keys, &path_keys,
	&mount_keys,    &automount_keys, &swap_keys,    &scope_keys,   &slice_keys,
};
enum { LIST_COUNT = sizeof all_lists / sizeof *all_lists, KEY_SLOTS = 2048, LIST_KEYS_MAX = 256 };
_Static_assert(LIST_COUNT *LIST_KEYS_MAX <= UINT16_MAX, "list and place fit a slot");

/* By the hash of the name: list and place in it, + 1; the same name may stand in several lists. Filled at first use. */
static uint16_t slots[KEY_SLOTS];

static void fill_slots(void)
{
	for (size_t i = 0; i < LIST_COUNT; i++)
		for (size_t j = 0; j < all_lists[i]->count && j < LIST_KEYS_MAX; j++) {
			uint32_t at = hash_bytes(all_lists[i]->keys[j].name, strlen(all_lists[i]->keys[j].name));
			while (slots[at % KEY_SLOTS])
				at++;
			slots[at % KEY_SLOTS] = (uint16_t)(i * LIST_KEYS_MAX + j + 1);
		}
}

static bool has_list(const struct section *section, const struct key_list *list)
{
	for (size_t i = 0; i < SECTION_LISTS_MAX && section->lists[i]; i++)
		if (section->lists[i] == list)
			return true;
	return false;
}

const struct key *key_find(const struct section *section, const char *name)
{
	static bool filled;

	if (!filled)
		fill_slots();
	filled = true;
	for (uint32_t at = hash_bytes(name, strlen(name)); slots[at % KEY_SLOTS]; at++) {
		unsigned place = slots[at % KEY_SLOTS] - 1u;
		const struct key_list *list = all_lists[place / LIST_KEYS_MAX];
		const struct key *key = &list->keys[place % LIST_KEYS_MAX];
		if (strcmp(key->name, name) == 0 && has_list(section, list))
			return key;
	}
	return NULL;
}

const char *key_home(const char *name, enum unit_type type)
{
	for (size_t i = 0; i < section_count; i++)
		if (belongs(&sections[i], type) && key_find(&sections[i], name))
			return sections[i].name;
	return NULL;
}

bool key_is_limit(const struct key *key)
{
	return key >= resource_keys.keys && key < resource_keys.keys + resource_keys.count &&
	       key->place == PLACE_DEFINITION;
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
