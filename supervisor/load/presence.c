/*
 * Units that stand for what others have put there: a device is up when its file is there, a mount when something is
 * mounted. So what is bound to them starts where they are, and says what is missing where they are not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"
#include "supervisor/load/loader_internal.h"

/* "/dev/ttyS0" of "dev-ttyS0.device"; the caller frees. */
static char *path_of(const char *name)
{
	char prefix[UNIT_NAME_MAX + 1];
	const char *suffix = unit_name_suffix(name);
	size_t length = (size_t)(suffix - name);

	memcpy(prefix, name, length);
	prefix[length] = '\0';
	return unit_name_unescape_path(prefix);
}

static int assert_path(struct unit_load *load, enum condition_type type)
{
	struct unit_options *options = unit_definition_own_options(load->definition);
	struct condition condition = { .type = (unsigned char)type, .assertion = true };

	if (!options)
		return -ENOMEM;
	condition.parameter = path_of(load->definition->name);
	int r = condition.parameter ? load_append_condition(options, &condition) : -ENOMEM;
	if (r < 0)
		free(condition.parameter);
	return r;
}

int load_device(struct unit_load *load)
{
	load->definition->load_state = LOAD_STATE_LOADED;
	load->definition->default_dependencies = false;
	return assert_path(load, CONDITION_PATH_EXISTS);
}

/* Nobody ever unmounts it. */
int load_root_mount(struct unit_load *load)
{
	load->definition->load_state = LOAD_STATE_LOADED;
	load->definition->default_dependencies = false;
	return 0;
}

int load_mount_presence(struct unit_load *load)
{
	return assert_path(load, CONDITION_PATH_IS_MOUNT_POINT);
}
