/*
 * The keys of unit files: one table for all of them. A row says how a key is read, where its value goes, since
 * which version of systemd it exists, and whether it holds here.
 */
#ifndef SVINIT_LOAD_KEY_H
#define SVINIT_LOAD_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "supervisor/core/unit.h"

struct unit_load;
struct key;

/* `value` may be written to. 0, or -ENOMEM; whatever is wrong with the value is reported, not returned. */
typedef int key_reader(struct unit_load *load, const struct key *key, char *value);

enum key_class {
	KEY_SUPPORTED,
	KEY_NOT_ENFORCED, /* known and wished for, but does not hold here: named in exec_options.not_enforced */
	KEY_IGNORED,      /* has no effect here and cannot hurt */
	KEY_REFUSED,      /* would silently change what the service is: the unit does not start */
	KEY_CLASS_COUNT,
};

/* What the offset counts from. */
enum key_place {
	PLACE_NONE,
	PLACE_DEFINITION,
	PLACE_UNIT,
	PLACE_SERVICE,
	PLACE_EXEC,
	PLACE_SANDBOX,
	PLACE_INSTALL,
	PLACE_SERVICE_DEFINITION,
	PLACE_TIMER,
	PLACE_SOCKET,
};

struct key {
	const char *name;
	key_reader *read;    /* NULL: nothing to read */
	const void *data;    /* the reader's own: names of an enum, … */
	const char *note;    /* why it is ignored or refused; the key to use instead of an old name; may be NULL */
	uint16_t offset;     /* of the field in its place */
	uint8_t place;       /* enum key_place */
	uint8_t class;       /* enum key_class */
	uint16_t data_count; /* of the names */
	uint16_t since;      /* version of systemd; 0: before 200, or not known; SINCE_OWN: of svinit alone */
};

enum { SINCE_OWN = UINT16_MAX };

/* Keys by name, sorted by bytes. */
struct key_list {
	const struct key *keys;
	size_t count;
};

enum { SECTION_LISTS_MAX = 5 };

struct section {
	const char *name;
	enum unit_type type; /* UNIT_TYPE_COUNT: in units of every type */
	const struct key_list *lists[SECTION_LISTS_MAX];
};

extern const struct key_list unit_keys, condition_keys, install_keys, service_keys, kill_keys, exec_keys, sandbox_keys,
	resource_keys, svinit_keys;
extern const struct key_list socket_keys, timer_keys, path_keys, mount_keys, automount_keys, swap_keys, scope_keys,
	slice_keys;

extern const struct section sections[];
extern const size_t section_count;

/* NULL: a section that units of this type do not have. */
const struct section *section_find(const char *name, enum unit_type type);
const struct key *key_find(const struct section *section, const char *name);
/* The section of a type's units that has a key of this name; NULL: none. */
const char *key_home(const char *name, enum unit_type type);
/* One that set-property takes: a limit or weight. */
bool key_is_limit(const struct key *key);
/* The name nearest to an unknown one; NULL when none is near. */
const char *key_suggest(const struct section *section, const char *name);
const char *section_suggest(const char *name, enum unit_type type);
const char *key_class_name(enum key_class class); /* "supported", "not enforced", "ignored", "refused" */

#endif
