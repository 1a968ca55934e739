#include "supervisor/unit_runtime_record.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "supervisor/unit_runtime.h"

enum runtime_field {
	RUNTIME_STARTING = 1,
	RUNTIME_MAIN_IDENTITY,
	RUNTIME_CONTROL_IDENTITY,
	RUNTIME_OUTPUT, /* descriptors + 1 */
	RUNTIME_ERROR,
	RUNTIME_OUTPUT_INODE,
	RUNTIME_ERROR_INODE,
	RUNTIME_INVOCATION,
	RUNTIME_OOM_KILLS,
	RUNTIME_CONTAINED,
	RUNTIME_KILLED,
	RUNTIME_MAIN_LEADER,
	RUNTIME_CONTROL_LEADER,
	RUNTIME_KEEPER, /* each with the process whose end it reports behind it */
	RUNTIME_KEEPER_MAIN,
};

static uint64_t inode_of(int fd)
{
	struct stat status;

	return fd >= 0 && fstat(fd, &status) == 0 ? status.st_ino : 0;
}

void unit_runtime_pack(const struct manager *manager, unit_id unit, struct pack *pack)
{
	const struct unit_runtime *runtime = unit_runtime_find(manager, unit);

	if (!runtime)
		return;
	pack_integer(pack, RUNTIME_STARTING, runtime->starting);
	pack_integer(pack, RUNTIME_MAIN_IDENTITY, runtime->identities[ROLE_MAIN]);
	pack_integer(pack, RUNTIME_CONTROL_IDENTITY, runtime->identities[ROLE_CONTROL]);
	for (unsigned i = 0; i < 2; i++) {
		pack_integer(pack, RUNTIME_OUTPUT + i, (uint64_t)((int64_t)runtime->log_pipes[i] + 1));
		pack_integer(pack, RUNTIME_OUTPUT_INODE + i, inode_of(runtime->log_pipes[i]));
	}
	pack_text(pack, RUNTIME_INVOCATION, runtime->invocation_id);
	pack_integer(pack, RUNTIME_OOM_KILLS, runtime->oom_kills);
	pack_integer(pack, RUNTIME_CONTAINED, runtime->containment.name != NULL);
	pack_integer(pack, RUNTIME_KILLED, runtime->containment.killed);
	pack_integer(pack, RUNTIME_MAIN_LEADER, (uint64_t)runtime->containment.leader[ROLE_MAIN]);
	pack_integer(pack, RUNTIME_CONTROL_LEADER, (uint64_t)runtime->containment.leader[ROLE_CONTROL]);
	for (unsigned i = 0; i < runtime->containment.keeper_count; i++) {
		pack_integer(pack, RUNTIME_KEEPER, (uint64_t)runtime->containment.keepers[i].pid);
		pack_integer(pack, RUNTIME_KEEPER_MAIN, (uint64_t)runtime->containment.keepers[i].main);
	}
}

static int take_keeper(struct saved_runtime *runtime, unsigned number, uint64_t value)
{
	if (value > INT_MAX || (number == RUNTIME_KEEPER_MAIN && runtime->keeper_count == 0))
		return -EINVAL;
	if (number == RUNTIME_KEEPER_MAIN)
		runtime->keepers[runtime->keeper_count - 1].main = (pid_t)value;
	else if (runtime->keeper_count < SAVED_KEEPERS_MAX)
		runtime->keepers[runtime->keeper_count++].pid = (pid_t)value;
	return 0;
}

static int take_integer(struct saved_runtime *runtime, unsigned number, uint64_t value)
{
	bool fits = value <= INT_MAX;

	switch (number) {
	case RUNTIME_STARTING:
		runtime->starting = (uint8_t)value;
		return value <= ROLE_COUNT ? 0 : -EINVAL;
	case RUNTIME_MAIN_IDENTITY:
	case RUNTIME_CONTROL_IDENTITY:
		runtime->identities[number - RUNTIME_MAIN_IDENTITY] = value;
		return 0;
	case RUNTIME_OUTPUT:
	case RUNTIME_ERROR:
		runtime->log_pipes[number - RUNTIME_OUTPUT] = (int)value - 1;
		return fits ? 0 : -EINVAL;
	case RUNTIME_OUTPUT_INODE:
	case RUNTIME_ERROR_INODE:
		runtime->log_inodes[number - RUNTIME_OUTPUT_INODE] = value;
		return 0;
	case RUNTIME_OOM_KILLS:
		runtime->oom_kills = value;
		return 0;
	case RUNTIME_CONTAINED:
		runtime->contained = value;
		return 0;
	case RUNTIME_KILLED:
		runtime->killed = value;
		return 0;
	case RUNTIME_MAIN_LEADER:
	case RUNTIME_CONTROL_LEADER:
		runtime->leader[number - RUNTIME_MAIN_LEADER] = (pid_t)value;
		return fits ? 0 : -EINVAL;
	case RUNTIME_KEEPER:
	case RUNTIME_KEEPER_MAIN:
		return take_keeper(runtime, number, value);
	default:
		return -EINVAL;
	}
}

static int take_invocation(struct saved_runtime *runtime, const struct packed_field *field)
{
	if (field->number != RUNTIME_INVOCATION || field->size != sizeof runtime->invocation_id - 1)
		return -EINVAL;
	for (size_t i = 0; i < field->size; i++)
		if (!memchr("0123456789abcdef", field->bytes[i], 16))
			return -EINVAL;
	memcpy(runtime->invocation_id, field->bytes, field->size);
	runtime->invocation_id[field->size] = '\0';
	return 0;
}

int unit_runtime_unpack(const struct bytes *record, struct saved_runtime *runtime)
{
	struct packed packed = { record->at, record->at + record->size, false };
	struct packed_field field;
	int result = 0;

	*runtime = (struct saved_runtime){ .log_pipes = { -1, -1 } };
	while (result == 0 && packed_next(&packed, &field))
		result = field.is_bytes ? take_invocation(runtime, &field)
					: take_integer(runtime, field.number, field.integer);
	return packed.bad ? -EINVAL : result;
}
