#include "supervisor/takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/control_verbs.h"
#include "supervisor/core/core_snapshot.h"
#include "supervisor/crash.h"
#include "supervisor/inherited.h"
#include "supervisor/keepsake.h"
#include "supervisor/log_line.h"
#include "supervisor/manager_record.h"
#include "supervisor/os/process.h"
#include "supervisor/survey.h"
#include "supervisor/unit_loading.h"
#include "supervisor/unit_runtime.h"
#include "supervisor/unit_runtime_record.h"
#include "supervisor/vault.h"

enum { RETRY_NSEC = 100 * 1000 * 1000, ENVIRONMENT_MAX = 1024 };

/* ---- finding it ---- */

static bool was_this_process(const struct saved_state *state)
{
	uint64_t started;

	return state->pid == getpid() && process_start_time(getpid(), &started) == 0 && started == state->start_time;
}

static bool is_of_this_world(const struct saved_state *state)
{
	const char *world = saved_state_world();

	return world && strcmp(world, state->world) == 0;
}

/* What the environment said. */
static struct {
	int state, lock, signal;
	enum takeover_kind kind;
	unsigned long when;
} announced = { .state = -1, .lock = -1 };

static char *format_number(char *to, unsigned long number)
{
	char digits[24];
	int count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (count > 0)
		*to++ = digits[--count];
	return to;
}

void takeover_format(char value[TAKEOVER_VALUE_MAX], int state, enum takeover_kind kind, int signal, int lock,
		     unsigned long when)
{
	/* A descriptor that is not there is 0: those of the standard streams are never handed over. */
	const unsigned long numbers[] = { state > 0 ? (unsigned long)state : 0,
					  (unsigned long)getpid(),
					  kind,
					  (unsigned long)signal,
					  lock > 0 ? (unsigned long)lock : 0,
					  when };
	char *to = value;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		to = format_number(to, numbers[i]);
		*to++ = ':';
	}
	to[-1] = '\0';
}

void takeover_read_environment(void)
{
	const char *value = getenv(TAKEOVER_VARIABLE);
	int state, pid, kind, signal, lock;
	unsigned long when;

	/* Whoever has the variable by mistake is another process. */
	if (value && sscanf(value, "%d:%d:%d:%d:%d:%lu", &state, &pid, &kind, &signal, &lock, &when) == 6 &&
	    pid == getpid() && kind > TAKEOVER_NONE && kind <= TAKEOVER_EMERGENCY) {
		announced.state = state > STDERR_FILENO ? state : -1;
		announced.lock = lock > STDERR_FILENO ? lock : -1;
		announced.kind = (enum takeover_kind)kind;
		announced.signal = signal;
		announced.when = when;
	}
	unsetenv(TAKEOVER_VARIABLE);
	if (announced.kind != TAKEOVER_NONE)
		inherited_list();
	if (announced.lock >= 0)
		(void)inherited_claim(announced.lock);
}

int takeover_lock(void)
{
	return announced.lock;
}

int takeover_state(void)
{
	return announced.state;
}

int takeover_signal(void)
{
	return announced.signal;
}

unsigned long takeover_when(void)
{
	return announced.when;
}

enum takeover_kind takeover_announced(void)
{
	return announced.kind;
}

static void leave_descriptors(struct manager *manager, const struct saved_state *state)
{
	for (size_t i = 0; i < state->descriptor_count; i++)
		if (inherited_claim(state->descriptors[i].fd))
			keepsake_leave(manager, state->descriptors[i].name, state->descriptors[i].fd);
}

static void read_inherited(struct manager *manager, struct takeover *takeover, int fd)
{
	struct cause cause = { 0 };

	(void)inherited_claim(fd);
	int result = saved_state_read(&takeover->state, fd, &cause);
	if (result == -ENOMEM || result == -EIO)
		takeover_try_again(manager->options.arguments);
	if (result < 0) {
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "%s; beginning afresh", cause.text);
		takeover->kind = TAKEOVER_NONE;
	} else if (!was_this_process(&takeover->state)) {
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE,
			       "the saved state is of another process; beginning afresh");
		takeover_finish(takeover);
	} else {
		leave_descriptors(manager, &takeover->state);
	}
	close(fd);
}

static void read_left(struct manager *manager, struct takeover *takeover)
{
	const char *directory = manager->options.runtime_directory;
	struct cause cause = { 0 };
	char path[4096];

	if (!directory || (size_t)snprintf(path, sizeof path, "%s/state", directory) >= sizeof path)
		return;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return;
	takeover->kind = TAKEOVER_KILLED;
	if (saved_state_read(&takeover->state, fd, &cause) < 0) {
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "%s: %s; beginning afresh", path, cause.text);
		takeover->kind = TAKEOVER_NONE;
	} else if (!is_of_this_world(&takeover->state)) {
		takeover_finish(takeover); /* of another boot, or of a container that is gone: nothing of it lives */
	}
	close(fd);
}

void takeover_try_again(char **arguments)
{
	const struct timespec pause = { .tv_nsec = RETRY_NSEC };
	static char variable[sizeof TAKEOVER_VARIABLE + TAKEOVER_VALUE_MAX] = TAKEOVER_VARIABLE "=";
	static char *environment[ENVIRONMENT_MAX + 2] = { variable };

	if (announced.state < 0 || (announced.kind != TAKEOVER_REEXEC && announced.kind != TAKEOVER_CRASH))
		return;
	/* What was begun may not be carried out: no longer all of it is as it was left. */
	takeover_format(variable + sizeof TAKEOVER_VARIABLE, announced.state, TAKEOVER_CRASH, announced.signal,
			announced.lock, announced.when);
	for (size_t i = 0; i < ENVIRONMENT_MAX && environ && environ[i]; i++)
		environment[i + 1] = environ[i];
	nanosleep(&pause, NULL);
	crash_keep_all_open();
	execve("/proc/self/exe", arguments, environment);
}

void takeover_find(struct manager *manager, struct takeover *takeover)
{
	bool in_place = announced.state >= 0;

	*takeover = (struct takeover){ .kind = in_place ? announced.kind : TAKEOVER_NONE, .signal = announced.signal };
	if (in_place)
		read_inherited(manager, takeover, announced.state);
	else
		read_left(manager, takeover);
	if (takeover->kind != TAKEOVER_NONE && manager_record_unpack(manager, &takeover->state.manager, in_place) < 0)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "the saved state of the manager makes no sense");
	if (takeover->kind != TAKEOVER_KILLED)
		return;
	vault_fetch(manager);
	survey_keeper_pipe(manager, &takeover->state);
}

void takeover_finish(struct takeover *takeover)
{
	saved_state_finish(&takeover->state);
	takeover->kind = TAKEOVER_NONE;
}

/* ---- applying it ---- */

static int restore_units(struct manager *manager, const struct saved_state *state, struct cause *cause)
{
	for (unit_id id = 0; state->units && id < state->unit_count; id++) {
		const char *name = state->units[id].name;
		int result = name ? core_restore_unit(manager->core, id, name) : 0;

		if (result == -ENOMEM)
			return cause_set(cause, ENOMEM, "out of memory");
		if (result < 0)
			manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "%s was not taken over: %s", name,
				       strerror(-result));
	}
	return unit_loading_close(manager, cause);
}

static void unpack_unit(struct manager *manager, unit_id id, const struct bytes *record)
{
	int result = core_unpack_unit(manager->core, record->at, record->size);

	if (result < 0)
		manager_record(manager, RECORD_ERROR, id, "not all of its state was taken over: %s", strerror(-result));
}

static int unpack(struct manager *manager, const struct saved_state *state, struct cause *cause)
{
	if (core_unpack(manager->core, state->core.at, state->core.size) < 0)
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "the saved state of the core makes no sense");
	for (unit_id id = 0; id < state->unit_count; id++)
		if (state->units[id].name && core_unit(manager->core, id))
			unpack_unit(manager, id, &state->units[id].core);
	if (core_unpack_end(manager->core, clock_monotonic()) < 0)
		return cause_set(cause, ENOMEM, "out of memory");
	return 0;
}

static void survey_units(struct manager *manager, const struct takeover *takeover, struct survivors *survivors)
{
	const struct saved_state *state = &takeover->state;

	for (unit_id id = 0; state->units && id < state->unit_count; id++) {
		struct saved_runtime runtime = { .log_pipes = { -1, -1 } };

		survivors[id].orderly = takeover->kind == TAKEOVER_REEXEC;
		if (!state->units[id].runtime.size || !core_unit(manager->core, id))
			continue;
		if (unit_runtime_unpack(&state->units[id].runtime, &runtime) < 0)
			manager_record(manager, RECORD_ERROR, id, "its processes were not taken over: a bad record");
		else
			survey_unit(manager, id, &runtime, &survivors[id]);
	}
}

static unsigned resume_units(struct manager *manager, size_t count, const struct survivors *survivors)
{
	unsigned alive = 0;

	for (unit_id id = 0; id < count; id++) {
		core_resume(manager->core, id, &survivors[id], clock_monotonic(), &manager->actions);
		alive += survivors[id].populated;
	}
	manager_feed(manager, &(struct event){ .kind = EVENT_DEADLINE });
	return alive;
}

static void tell(struct manager *manager, const struct takeover *takeover, unsigned alive)
{
	const struct saved_state *state = &takeover->state;

	manager->crashes += takeover->kind == TAKEOVER_CRASH;
	if (takeover->kind == TAKEOVER_REEXEC)
		manager_record(manager, RECORD_NOTICE, UNIT_ID_NONE,
			       "svinit %s took over from svinit %s; units with "
			       "processes: %u",
			       SVINIT_VERSION, state->program, alive);
	else if (takeover->kind == TAKEOVER_CRASH)
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE,
			       "svinit crashed (%s) and goes on from its last state; units with processes: %u",
			       strsignal(takeover->signal), alive);
	else
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE,
			       "svinit (pid %d) was killed; taking over from it; units with processes: %u",
			       (int)state->pid, alive);
}

int takeover_apply(struct manager *manager, struct takeover *takeover, struct cause *cause)
{
	struct saved_state *state = &takeover->state;
	struct survivors *survivors = calloc(state->unit_count + 1, sizeof *survivors);

	if (!survivors)
		return cause_set(cause, ENOMEM, "out of memory");
	int result = restore_units(manager, state, cause);
	if (result >= 0)
		result = unpack(manager, state, cause);
	if (result >= 0) {
		survey_units(manager, takeover, survivors);
		log_line_announce_all(manager);
		tell(manager, takeover, resume_units(manager, state->unit_count, survivors));
	}
	free(survivors);
	if (manager->control)
		control_verbs_reexecuted(manager->control);
	manager->reap_again = true; /* what ended meanwhile sent its signal to nobody */
	keepsake_close_left(manager);
	inherited_close_rest();
	return result;
}

/* ---- before there is anything to take over ---- */

int takeover_check(void)
{
	const char *value = getenv("SVINIT_CHECK_STATE");
	struct saved_state state;
	struct cause cause = { 0 };

	if (!value)
		return -1;
	if (saved_state_read(&state, atoi(value), &cause) < 0) {
		fprintf(stderr, "svinit: %s\n", cause.text);
		return EXIT_FAILURE;
	}
	saved_state_finish(&state);
	return EXIT_SUCCESS;
}
