#include "supervisor/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/pack.h"
#include "supervisor/core/core_snapshot.h"
#include "supervisor/crash.h"
#include "supervisor/keepsake.h"
#include "supervisor/manager_record.h"
#include "supervisor/os/process.h"
#include "supervisor/os/state_file.h"
#include "supervisor/saved_state.h"
#include "supervisor/unit_runtime_record.h"

struct snapshot {
	struct state_file file;
	struct pack core, manager; /* as they were written last */
	struct pack record;        /* reused for each record */
	bool complained;
};

/* A record is its kind and what was packed behind it. */
static void begin(struct snapshot *snapshot, enum saved_record kind)
{
	struct pack *pack = &snapshot->record;

	pack->size = 0;
	pack_integer(pack, 1, 1); /* the first time this makes the room */
	if (pack->failed)
		return;
	pack->data[0] = (unsigned char)kind;
	pack->size = 1;
}

static void end(struct snapshot *snapshot, struct state_file *file)
{
	if (snapshot->record.failed)
		file->failed = true;
	else
		state_file_add(file, snapshot->record.data, snapshot->record.size);
	snapshot->record.failed = false;
}

static void add_header(struct snapshot *snapshot, struct state_file *file)
{
	uint64_t started = 0;

	(void)process_start_time(getpid(), &started);
	begin(snapshot, SAVED_HEADER);
	pack_integer(&snapshot->record, HEADER_VERSION, SAVED_STATE_VERSION);
	pack_text(&snapshot->record, HEADER_PROGRAM, SVINIT_VERSION);
	pack_integer(&snapshot->record, HEADER_PID, (uint64_t)getpid());
	pack_integer(&snapshot->record, HEADER_START_TIME, started);
	pack_text(&snapshot->record, HEADER_WORLD, saved_state_world());
	end(snapshot, file);
}

static void add_unit(struct manager *manager, unit_id id, struct state_file *file)
{
	struct snapshot *snapshot = manager->snapshot;
	struct pack part = { 0 };

	begin(snapshot, core_unit(manager->core, id) ? SAVED_UNIT : SAVED_GONE);
	pack_integer(&snapshot->record, SAVED_UNIT_ID, (uint64_t)id + 1);
	core_pack_unit(manager->core, id, &part);
	pack_bytes(&snapshot->record, SAVED_UNIT_CORE, part.data, part.size);
	part.size = 0;
	unit_runtime_pack(manager, id, &part);
	pack_bytes(&snapshot->record, SAVED_UNIT_RUNTIME, part.data, part.size);
	snapshot->record.failed |= part.failed;
	pack_finish(&part);
	end(snapshot, file);
}

static bool same(const struct pack *a, const struct pack *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* A record of which there is one is written when it is not what was written last. */
static void add_single(struct snapshot *snapshot, enum saved_record kind, struct pack *fresh, struct pack *last,
		       struct state_file *file, bool always)
{
	if (!always && last->size > 0 && same(fresh, last)) {
		pack_finish(fresh);
		return;
	}
	begin(snapshot, kind);
	if (!snapshot->record.failed)
		pack_append(&snapshot->record, fresh);
	end(snapshot, file);
	pack_finish(last);
	*last = *fresh;
}

static void add_singles(struct manager *manager, struct state_file *file, bool always)
{
	struct snapshot *snapshot = manager->snapshot;
	struct pack core = { 0 }, record = { 0 };

	core_pack(manager->core, &core);
	add_single(snapshot, SAVED_CORE, &core, &snapshot->core, file, always);
	manager_record_pack(manager, &record);
	add_single(snapshot, SAVED_MANAGER, &record, &snapshot->manager, file, always);
}

struct destination {
	struct snapshot *snapshot;
	struct state_file *file;
};

static void add_descriptor(void *context, const char *name, int fd)
{
	const struct destination *to = context;

	begin(to->snapshot, SAVED_DESCRIPTOR);
	pack_text(&to->snapshot->record, DESCRIPTOR_NAME, name);
	pack_integer(&to->snapshot->record, DESCRIPTOR_NUMBER, (uint64_t)((int64_t)fd + 1));
	end(to->snapshot, to->file);
}

static void add_kept(void *context, const char *name, int fd, enum keepsake_reach reach)
{
	(void)reach;
	add_descriptor(context, name, fd);
}

static void add_everything(struct manager *manager, struct state_file *file)
{
	struct destination to = { manager->snapshot, file };
	uint32_t count = core_unit_count(manager->core);

	add_header(manager->snapshot, file);
	add_singles(manager, file, true);
	for (unit_id id = 0; id < count; id++)
		if (core_unit(manager->core, id))
			add_unit(manager, id, file);
	keepsake_each(manager, add_kept, &to);
}

int snapshot_open(struct manager *manager)
{
	const char *directory = manager->options.runtime_directory;
	struct snapshot *snapshot = calloc(1, sizeof *snapshot);
	char *path = NULL;

	if (!snapshot || (directory && asprintf(&path, "%s/state", directory) < 0)) {
		free(snapshot);
		return -ENOMEM;
	}
	int result = state_file_init(&snapshot->file, path);
	free(path);
	if (result < 0) {
		free(snapshot);
		return result;
	}
	manager->snapshot = snapshot;
	return 0;
}

static void complain(struct manager *manager, int error)
{
	struct snapshot *snapshot = manager->snapshot;

	if (!snapshot->complained)
		manager_record(
			manager, RECORD_WARNING, UNIT_ID_NONE,
			"the state cannot be saved: %s; should svinit be killed now, its services are lost to the "
			"next one",
			strerror(-error));
	snapshot->complained = true;
}

static void rewrite(struct manager *manager)
{
	struct snapshot *snapshot = manager->snapshot;

	snapshot->file.size = 0;
	snapshot->file.failed = false;
	add_everything(manager, &snapshot->file);
	int result = snapshot->file.failed ? -ENOMEM : state_file_rewrite(&snapshot->file);
	snapshot->file.failed = result < 0;
	crash_set_state(snapshot->file.fd);
	if (result < 0)
		complain(manager, result);
	else
		snapshot->complained = false;
}

static void forget_changed(void *context, const char *name, int fd)
{
	(void)context, (void)name, (void)fd;
}

void snapshot_update(struct manager *manager)
{
	struct snapshot *snapshot = manager->snapshot;
	struct destination to = { snapshot, snapshot ? &snapshot->file : NULL };
	unit_id id;

	if (!snapshot)
		return;
	if (state_file_wants_rewriting(&snapshot->file)) {
		while (core_take_touched(manager->core, &id))
			continue;
		keepsake_each_changed(manager, forget_changed, NULL);
		rewrite(manager);
		return;
	}
	while (core_take_touched(manager->core, &id))
		add_unit(manager, id, &snapshot->file);
	keepsake_each_changed(manager, add_descriptor, &to);
	add_singles(manager, &snapshot->file, false);
	if (snapshot->file.size > 0 || snapshot->file.failed)
		(void)state_file_append(&snapshot->file); /* what fails is written whole the next time */
}

int snapshot_make(struct manager *manager, struct cause *cause)
{
	struct state_file memory;

	if (!manager->snapshot)
		return cause_set(cause, ENOMEM, "out of memory");
	(void)state_file_init(&memory, NULL);
	add_everything(manager, &memory);
	int result = memory.failed ? -ENOMEM : state_file_rewrite(&memory);
	int fd = memory.fd;
	memory.fd = -1;
	state_file_finish(&memory);
	if (result < 0)
		return cause_set_errno(cause, -result, "saving the state");
	(void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	return fd;
}

int snapshot_descriptor(const struct manager *manager)
{
	return manager->snapshot ? manager->snapshot->file.fd : -1;
}

void snapshot_close(struct manager *manager, bool remove)
{
	struct snapshot *snapshot = manager->snapshot;

	if (!snapshot)
		return;
	crash_set_state(-1);
	if (remove)
		state_file_remove(&snapshot->file);
	state_file_finish(&snapshot->file);
	pack_finish(&snapshot->core);
	pack_finish(&snapshot->manager);
	pack_finish(&snapshot->record);
	free(snapshot);
	manager->snapshot = NULL;
}
