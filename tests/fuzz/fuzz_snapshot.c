/* Takes over from whatever comes as a saved state: read, restored, set going, and run for a while. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "supervisor/core/core_snapshot.h"
#include "supervisor/core/invariants.h"
#include "supervisor/os/state_file.h"
#include "supervisor/saved_state.h"
#include "supervisor/unit_runtime_record.h"

enum { STEPS = 8 };

/* The sums of records are made right, or none would ever get past them: each is a length of one byte and its bytes. */
static int make_file(const uint8_t *data, size_t size)
{
	struct state_file file;

	state_file_init(&file, NULL);
	for (size_t at = 0; at < size;) {
		size_t length = data[at] == 255 && at + 2 < size ? data[at + 1] * 16U : data[at];
		at++;
		if (length > size - at)
			length = size - at;
		state_file_add(&file, data + at, length);
		at += length;
	}
	int fd = state_file_rewrite(&file) < 0 ? -1 : file.fd;
	file.fd = -1;
	state_file_finish(&file);
	return fd;
}

static void run(struct core *core)
{
	struct event event = { .kind = EVENT_DEADLINE };
	struct action_queue actions = { 0 };
	struct action action;
	usec now = USEC_PER_SEC;

	for (int i = 0; i < STEPS; i++) {
		core_step(core, &event, now, &actions);
		for (int j = 0; j < 10000 && action_queue_take(&actions, &action); j++)
			action_finish(&action);
		now = core_next_deadline(core) < UINT64_MAX / 2 ? core_next_deadline(core) + 1 : now + USEC_PER_SEC;
	}
	action_queue_finish(&actions);
}

static void resume(struct core *core, const struct saved_state *state)
{
	struct action_queue actions = { 0 };
	struct action action;

	for (unit_id id = 0; id < state->unit_count; id++) {
		struct saved_runtime runtime;
		struct survivors survivors = { .begun = id & 1, .populated = id & 2 };
		if (state->units[id].runtime.size && unit_runtime_unpack(&state->units[id].runtime, &runtime) == 0)
			survivors.started = runtime.starting ? 4711 : 0;
		core_resume(core, id, &survivors, USEC_PER_SEC, &actions);
	}
	while (action_queue_take(&actions, &action))
		action_finish(&action);
	action_queue_finish(&actions);
}

static void restore(const struct saved_state *state)
{
	struct core *core = core_create(1);

	for (unit_id id = 0; id < state->unit_count; id++)
		if (state->units[id].name)
			(void)core_restore_unit(core, id, state->units[id].name);
	core_link(core);
	(void)core_unpack(core, state->core.at, state->core.size);
	for (unit_id id = 0; id < state->unit_count; id++)
		if (state->units[id].name && core_unit(core, id))
			(void)core_unpack_unit(core, state->units[id].core.at, state->units[id].core.size);
	if (core_unpack_end(core, USEC_PER_SEC) == 0) {
		resume(core, state);
		run(core);
	}
	core_destroy(core);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct saved_state state;
	struct cause cause;
	int fd = make_file(data, size);

	if (fd < 0)
		return 0;
	if (saved_state_read(&state, fd, &cause) == 0) {
		restore(&state);
		saved_state_finish(&state);
	}
	close(fd);
	return 0;
}
