#include "supervisor/saved_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/unit_name.h"
#include "supervisor/core/core_snapshot.h"
#include "supervisor/keepsake.h"
#include "supervisor/os/process.h"
#include "supervisor/os/read_file.h"
#include "supervisor/os/state_file.h"

const char *saved_state_world(void)
{
	static char world[160];
	char boot[64] = "";
	uint64_t first = 0;
	struct stat namespace;

	if (world[0])
		return world;
	if (read_file_at(AT_FDCWD, "/proc/sys/kernel/random/boot_id", boot, sizeof boot) <= 0 ||
	    stat("/proc/self/ns/pid", &namespace) < 0)
		return NULL;
	boot[strcspn(boot, "\n")] = '\0';
	/* The number of a namespace is given again soon; its first process's start is not. */
	(void)process_start_time(1, &first);
	snprintf(world, sizeof world, "%s %ju %ju", boot, (uintmax_t) namespace.st_ino, (uintmax_t)first);
	return world;
}

static int refuse(struct cause *cause, const char *what)
{
	return cause_set(cause, EINVAL, "the saved state %s", what);
}

static int no_memory(struct cause *cause)
{
	return cause_set(cause, ENOMEM, "out of memory");
}

static int take_text(char **to, const struct packed_field *field)
{
	free(*to);
	*to = packed_text(field);
	return *to ? 0 : -EINVAL;
}

static int read_header(struct saved_state *state, struct packed packed, struct cause *cause)
{
	struct packed_field field;
	uint64_t version = 0;
	int result = 0;

	while (result == 0 && packed_next(&packed, &field)) {
		if (field.number == HEADER_VERSION)
			version = field.integer;
		else if (field.number == HEADER_PROGRAM)
			result = take_text(&state->program, &field);
		else if (field.number == HEADER_PID)
			state->pid = (pid_t)field.integer;
		else if (field.number == HEADER_START_TIME)
			state->start_time = field.integer;
		else if (field.number == HEADER_WORLD)
			result = take_text(&state->world, &field);
	}
	if (version != SAVED_STATE_VERSION)
		return cause_set(cause, EPROTONOSUPPORT, "the saved state has version %llu, this svinit reads %d",
				 (unsigned long long)version, SAVED_STATE_VERSION);
	return result < 0 || packed.bad || state->pid <= 0 || !state->world ? refuse(cause, "has no header") : 0;
}

static int make_room(struct saved_state *state, unit_id id)
{
	size_t count = state->unit_count ? state->unit_count : 64;

	if (id < state->unit_count)
		return 0;
	if (id >= SAVED_UNITS_MAX)
		return -EINVAL;
	while (count <= id)
		count *= 2;
	struct saved_unit *units = reallocarray(state->units, count, sizeof *units);
	if (!units)
		return -ENOMEM;
	memset(units + state->unit_count, 0, (count - state->unit_count) * sizeof *units);
	state->units = units;
	state->unit_count = count;
	return 0;
}

static void forget_unit(struct saved_unit *unit)
{
	free(unit->name);
	*unit = (struct saved_unit){ 0 };
}

/* The newest record of a unit is what counts. */
static int read_unit(struct saved_state *state, struct packed packed, bool gone)
{
	struct packed_field field;
	char name[UNIT_NAME_MAX + 1];
	unit_id id;

	if (!packed_next(&packed, &field) || field.number != SAVED_UNIT_ID || field.is_bytes || field.integer == 0 ||
	    field.integer > SAVED_UNITS_MAX)
		return -EINVAL;
	unit_id place = (unit_id)(field.integer - 1);
	int result = make_room(state, place);
	if (result < 0)
		return result;
	struct saved_unit *unit = &state->units[place];
	forget_unit(unit);
	if (gone)
		return 0;
	if (!packed_next(&packed, &field) || field.number != SAVED_UNIT_CORE || !field.is_bytes ||
	    core_packed_unit(field.bytes, field.size, &id, name) < 0 || id != place)
		return -EINVAL;
	unit->core = (struct bytes){ field.bytes, field.size };
	if (packed_next(&packed, &field) && field.number == SAVED_UNIT_RUNTIME && field.is_bytes)
		unit->runtime = (struct bytes){ field.bytes, field.size };
	unit->name = strdup(name);
	return unit->name ? 0 : -ENOMEM;
}

static struct saved_descriptor *find_descriptor(struct saved_state *state, const char *name)
{
	for (size_t i = 0; i < state->descriptor_count; i++)
		if (strcmp(state->descriptors[i].name, name) == 0)
			return &state->descriptors[i];
	if (state->descriptor_count >= KEEPSAKES_MAX)
		return NULL;
	struct saved_descriptor *all =
		reallocarray(state->descriptors, state->descriptor_count + 1, sizeof *state->descriptors);
	if (!all)
		return NULL;
	state->descriptors = all;
	all[state->descriptor_count] = (struct saved_descriptor){ .name = strdup(name), .fd = -1 };
	return all[state->descriptor_count].name ? &all[state->descriptor_count++] : NULL;
}

static int read_descriptor_record(struct saved_state *state, struct packed packed)
{
	struct packed_field field;
	char *name = NULL;
	int fd = -1, result = 0;

	while (result == 0 && packed_next(&packed, &field)) {
		if (field.number == DESCRIPTOR_NAME)
			result = take_text(&name, &field);
		else if (field.number == DESCRIPTOR_NUMBER && !field.is_bytes && field.integer <= INT32_MAX)
			fd = (int)field.integer - 1;
		else
			result = -EINVAL;
	}
	struct saved_descriptor *descriptor = result == 0 && !packed.bad && name ? find_descriptor(state, name) : NULL;
	free(name);
	if (!descriptor)
		return -EINVAL;
	descriptor->fd = fd;
	return 0;
}

static int read_record(struct saved_state *state, const unsigned char *record, size_t size)
{
	const struct packed packed = { record + 1, record + size, false };
	const struct bytes bytes = { packed.at, size - 1 };

	switch (record[0]) {
	case SAVED_CORE:
		state->core = bytes;
		return 0;
	case SAVED_MANAGER:
		state->manager = bytes;
		return 0;
	case SAVED_UNIT:
	case SAVED_GONE:
		return read_unit(state, packed, record[0] == SAVED_GONE);
	case SAVED_DESCRIPTOR:
		return read_descriptor_record(state, packed);
	default:
		return -EINVAL;
	}
}

static int read_records(struct saved_state *state, struct state_reader *reader, struct cause *cause)
{
	const unsigned char *record;
	size_t size;
	int result;

	if (!state_reader_next(reader, &record, &size) || size == 0 || record[0] != SAVED_HEADER)
		return refuse(cause, "is not one");
	result = read_header(state, (struct packed){ record + 1, record + size, false }, cause);
	while (result == 0 && state_reader_next(reader, &record, &size)) {
		result = size == 0 ? -EINVAL : read_record(state, record, size);
		if (result < 0)
			result = result == -ENOMEM ? no_memory(cause)
						   : refuse(cause, "has a record that this svinit does not know");
	}
	return result;
}

int saved_state_read(struct saved_state *state, int fd, struct cause *cause)
{
	struct state_reader reader;

	*state = (struct saved_state){ 0 };
	int result = state_reader_open(&reader, fd);
	if (result < 0)
		return cause_set_errno(cause, -result, "reading the saved state");
	state->data = reader.data;
	result = read_records(state, &reader, cause);
	if (result < 0)
		saved_state_finish(state);
	return result;
}

void saved_state_finish(struct saved_state *state)
{
	for (size_t i = 0; i < state->unit_count; i++)
		free(state->units[i].name);
	for (size_t i = 0; i < state->descriptor_count; i++)
		free(state->descriptors[i].name);
	free(state->units);
	free(state->descriptors);
	free(state->program);
	free(state->world);
	free(state->data);
	*state = (struct saved_state){ 0 };
}
