#include "supervisor/manager_record.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "supervisor/log_line.h"
#include "supervisor/manager_environment.h"
#include "supervisor/os/limits.h"
#include "supervisor/sidecar_command.h"

enum manager_field {
	MANAGER_BOOTED = 1,
	MANAGER_BOOT_PENDING,
	MANAGER_STARTED,
	MANAGER_RELOADED,
	MANAGER_ORPHANS,
	MANAGER_LOGGER_PID,
	MANAGER_LOGGER_IDENTITY,
	MANAGER_LOGGER_COOKIE,
	MANAGER_COMMAND_PID,
	MANAGER_COMMAND_GROUP,
	MANAGER_COMMAND_TERMINAL,
	MANAGER_DESCRIPTORS, /* limits of descriptors as svinit found them */
	MANAGER_DESCRIPTORS_MAX,
	MANAGER_CRASHES,
	MANAGER_GENERATING,
	MANAGER_ENVIRONMENT, /* an assignment; once for each */
	MANAGER_FIELD_COUNT,
};

void manager_record_pack(const struct manager *manager, struct pack *pack)
{
	struct log_line_state logger = log_line_state(manager);
	struct sidecar_state command = sidecar_command_state(manager);

	pack_integer(pack, MANAGER_BOOTED, manager->booted);
	pack_integer(pack, MANAGER_BOOT_PENDING, manager->boot_pending);
	pack_integer(pack, MANAGER_STARTED, manager->started);
	pack_integer(pack, MANAGER_RELOADED, manager->reloaded);
	pack_integer(pack, MANAGER_ORPHANS, manager->orphans_reaped);
	pack_integer(pack, MANAGER_LOGGER_PID, (uint64_t)logger.pid);
	pack_integer(pack, MANAGER_LOGGER_IDENTITY, logger.identity);
	pack_integer(pack, MANAGER_LOGGER_COOKIE, logger.cookie);
	pack_integer(pack, MANAGER_COMMAND_PID, (uint64_t)command.pid);
	pack_integer(pack, MANAGER_COMMAND_GROUP, (uint64_t)command.group);
	pack_integer(pack, MANAGER_COMMAND_TERMINAL, command.has_terminal);
	pack_integer(pack, MANAGER_DESCRIPTORS, limits_original_descriptors().rlim_cur);
	pack_integer(pack, MANAGER_DESCRIPTORS_MAX, limits_original_descriptors().rlim_max);
	pack_integer(pack, MANAGER_CRASHES, manager->crashes);
	pack_integer(pack, MANAGER_GENERATING, manager->generating);
	for (char **assignment = manager->environment; assignment && *assignment; assignment++)
		pack_text(pack, MANAGER_ENVIRONMENT, *assignment);
}

/* One that does not fit into memory is missing in the services that start from now on, and that is all. */
static bool take_environment(struct manager *manager, const struct packed_field *field)
{
	char *assignment = field->is_bytes ? packed_text(field) : NULL;
	bool good = assignment && manager_environment_set(manager, assignment, NULL) != -EINVAL;

	free(assignment);
	return good;
}

int manager_record_unpack(struct manager *manager, const struct bytes *record, bool in_place)
{
	struct packed packed = { record->at, record->size ? record->at + record->size : record->at, false };
	struct sidecar_state command = { 0 };
	struct packed_field field;
	uint64_t values[MANAGER_FIELD_COUNT] = { 0 };

	while (packed_next(&packed, &field)) {
		if (field.number == MANAGER_ENVIRONMENT) {
			if (!take_environment(manager, &field))
				return -EINVAL;
			continue;
		}
		if (field.is_bytes || field.number == 0 || field.number >= MANAGER_FIELD_COUNT)
			return -EINVAL;
		values[field.number] = field.integer;
	}
	if (packed.bad || values[MANAGER_LOGGER_PID] > INT_MAX || values[MANAGER_COMMAND_PID] > INT_MAX ||
	    values[MANAGER_COMMAND_GROUP] > INT_MAX)
		return -EINVAL;
	if (values[MANAGER_DESCRIPTORS] > 0 && in_place)
		limits_set_original_descriptors((struct rlimit){ .rlim_cur = values[MANAGER_DESCRIPTORS],
								 .rlim_max = values[MANAGER_DESCRIPTORS_MAX] });
	manager->crashes = (uint32_t)values[MANAGER_CRASHES];
	manager->booted = values[MANAGER_BOOTED];
	manager->generating = values[MANAGER_GENERATING];
	manager->boot_pending = (uint32_t)values[MANAGER_BOOT_PENDING];
	manager->started = values[MANAGER_STARTED];
	manager->reloaded = values[MANAGER_RELOADED];
	manager->orphans_reaped = values[MANAGER_ORPHANS];
	manager->last_logger = (struct log_line_state){ .pid = (pid_t)values[MANAGER_LOGGER_PID],
							.identity = values[MANAGER_LOGGER_IDENTITY],
							.cookie = (uint32_t)values[MANAGER_LOGGER_COOKIE] };
	command.pid = (pid_t)values[MANAGER_COMMAND_PID];
	command.group = (pid_t)values[MANAGER_COMMAND_GROUP];
	command.has_terminal = values[MANAGER_COMMAND_TERMINAL];
	return command.pid > 0 ? sidecar_command_take_over(manager, &command) : 0;
}
