#include "supervisor/notify_events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "supervisor/keepsake.h"
#include "supervisor/main_process_finder.h"
#include "supervisor/os/notify_message.h"
#include "supervisor/os/notify_socket.h"
#include "supervisor/pid_table.h"
#include "supervisor/unit_runtime.h"

enum { DATAGRAMS_A_TURN = 256 };

/* The core's flags are the message's fields of the same name. */
enum { CORE_FIELDS = NOTIFY_MONOTONIC * 2 - 1 };
_Static_assert((int)NOTIFY_READY == (int)NOTIFY_FIELD_READY && (int)NOTIFY_STATUS == (int)NOTIFY_FIELD_STATUS &&
		       (int)NOTIFY_MAIN_PID == (int)NOTIFY_FIELD_MAIN_PID &&
		       (int)NOTIFY_MONOTONIC == (int)NOTIFY_FIELD_MONOTONIC,
	       "notify flags stand in the same order");

static struct manager *manager_of(struct event_source *source)
{
	return (struct manager *)((char *)source - offsetof(struct manager, notify_source));
}

/* Which unit the sender belongs to, and as what. */
static unit_id find_sender(struct manager *manager, pid_t pid, enum notify_sender *sender)
{
	const struct pid_entry *entry = pid_table_find(manager->pids, pid);

	if (entry) {
		*sender = entry->role == ROLE_MAIN ? SENDER_MAIN : SENDER_CONTROL;
		return entry->unit;
	}
	*sender = SENDER_OTHER;
	struct containment *containment = pid > 0 ? containment_of(manager->containment_root, pid) : NULL;
	return containment ? unit_runtime_of(containment)->unit : UNIT_ID_NONE;
}

/* MAINPID= of a service that may say so: it must name a process of the unit, which we then hold. */
static bool check_main_pid(struct manager *manager, unit_id unit, const struct notify_message *message)
{
	struct cause cause = { 0 };

	if (!(message->fields & NOTIFY_FIELD_MAIN_PID))
		return false;
	if (main_process_adopt(manager, unit, message->main_pid, false, &cause) >= 0)
		return true;
	manager_record(manager, RECORD_WARNING, unit, "MAINPID= refused: %s", cause.text);
	return false;
}

static bool may_name_main_process(struct manager *manager, unit_id id, enum notify_sender sender)
{
	const struct unit *unit = core_unit(manager->core, id);
	enum notify_access access;

	if (!unit || !unit->definition->service)
		return false;
	access = unit->definition->service->options->notify_access;
	return access == NOTIFY_ACCESS_ALL || (access == NOTIFY_ACCESS_EXEC && sender != SENDER_OTHER) ||
	       (access == NOTIFY_ACCESS_MAIN && sender == SENDER_MAIN);
}

static void handle(struct manager *manager, const struct notify_datagram *datagram)
{
	struct notify_message message;
	enum notify_sender sender;
	unit_id unit = find_sender(manager, datagram->pid, &sender);

	if (unit == UNIT_ID_NONE) {
		manager_record(manager, RECORD_DEBUG, UNIT_ID_NONE,
			       "notify message from process %d, which is no unit's", (int)datagram->pid);
		return;
	}
	unsigned senseless = notify_message_parse(datagram->text, datagram->length, &message);
	if (senseless > 0)
		manager_record(manager, RECORD_WARNING, unit, "notify message: %u values make no sense", senseless);
	struct event event = {
		.kind = EVENT_NOTIFY,
		.unit = unit,
		.notify = {
			.flags = message.fields & CORE_FIELDS,
			.sender = sender,
			.main_pid = message.main_pid,
			.error = message.error,
			.watchdog = message.watchdog,
			.extend_timeout = message.extend_timeout,
			.monotonic = message.monotonic,
			.status = message.status,
		},
	};
	if (may_name_main_process(manager, unit, sender))
		event.notify.main_pid_ok = check_main_pid(manager, unit, &message);
	if (!event.notify.main_pid_ok)
		event.notify.flags &= ~(unsigned)NOTIFY_MAIN_PID;
	manager_feed(manager, &event);
}

void notify_events_receive(struct manager *manager)
{
	static struct notify_datagram datagram;

	if (manager->notify_source.fd < 0)
		return;
	for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
		int result = notify_socket_receive(manager->notify_source.fd, &datagram);
		if (result == 0)
			return;
		if (result < 0) {
			manager_record(manager, RECORD_DEBUG, UNIT_ID_NONE, "notify message dropped: %s",
				       strerror(-result));
			continue;
		}
		handle(manager, &datagram);
		/* A BARRIER=1 sender waits for exactly this. */
		notify_datagram_finish(&datagram);
	}
}

static void dispatch(struct event_source *source, uint32_t events)
{
	(void)events;
	notify_events_receive(manager_of(source));
}

int notify_events_open(struct manager *manager, const char *runtime_directory, struct cause *cause)
{
	char *path;

	if (asprintf(&path, "%s/notify", runtime_directory) < 0)
		return cause_set(cause, ENOMEM, "out of memory");
	int fd = keepsake_take(manager, "notify");
	if (fd < 0)
		fd = notify_socket_open(path, cause);
	if (fd < 0) {
		free(path);
		return fd;
	}
	manager->notify_path = path;
	(void)keepsake_put(manager, "notify", fd, KEEPSAKE_VAULT);
	manager->notify_source = (struct event_source){ .fd = fd, .dispatch = dispatch };
	int result = event_loop_add(&manager->loop, &manager->notify_source, EPOLLIN);
	return result < 0 ? cause_set_errno(cause, -result, "notify socket") : 0;
}

void notify_events_close(struct manager *manager)
{
	if (manager->notify_source.fd < 0)
		return;
	event_loop_remove(&manager->loop, &manager->notify_source);
	close(manager->notify_source.fd);
	manager->notify_source.fd = -1;
	unlink(manager->notify_path);
}
