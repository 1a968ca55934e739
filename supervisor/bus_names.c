#include "supervisor/bus_names.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervisor/os/bus_message.h"

/* One service whose name is waited for. */
struct bus_name_watch {
	struct event_source source; /* first: the source is the watch */
	struct manager *manager;
	struct bus_name_watch *next;
	unit_id unit;
	bool greeted;
	size_t length;
	char input[BUS_MESSAGE_MAX];
};

static void destroy(struct bus_name_watch *watch)
{
	struct bus_name_watch **place = &watch->manager->bus_names;

	while (*place && *place != watch)
		place = &(*place)->next;
	if (*place)
		*place = watch->next;
	if (watch->source.fd >= 0) {
		event_loop_remove(&watch->manager->loop, &watch->source);
		close(watch->source.fd);
	}
	free(watch);
}

/* The service is up. `why` is NULL when its name was seen; else it stands in its status. */
static void tell(struct manager *manager, unit_id unit, const char *why)
{
	struct event event = {
		.kind = EVENT_NOTIFY,
		.unit = unit,
		.notify = {
			.flags = NOTIFY_READY | (why ? NOTIFY_STATUS : 0),
			.sender = SENDER_SUPERVISOR,
			.status = why,
		},
	};

	if (why)
		manager_record(manager, RECORD_NOTICE, unit, "Type=dbus: %s", why);
	manager_feed(manager, &event);
}

static void end(struct bus_name_watch *watch, const char *why)
{
	struct manager *manager = watch->manager;
	unit_id unit = watch->unit;

	destroy(watch);
	tell(manager, unit, why);
}

static const char *name_of(const struct bus_name_watch *watch)
{
	return core_unit(watch->manager->core, watch->unit)->definition->service->options->bus_name;
}

/* All whole messages that have come. True: the watch has ended. */
static bool take_messages(struct bus_name_watch *watch)
{
	size_t at = 0, taken;
	enum bus_reply reply;

	do {
		reply = bus_reply_read(watch->input + at, watch->length - at, name_of(watch), &watch->greeted, &taken);
		at += taken;
	} while (reply == BUS_REPLY_OTHER);
	if (reply == BUS_REPLY_OWNED) {
		end(watch, NULL);
		return true;
	}
	memmove(watch->input, watch->input + at, watch->length - at);
	watch->length -= at;
	if (reply != BUS_REPLY_BROKEN && watch->length < sizeof watch->input)
		return false;
	end(watch, "the message bus does not say who owns a name; counted as up, for its program runs");
	return true;
}

static void dispatch(struct event_source *source, uint32_t events)
{
	struct bus_name_watch *watch = (struct bus_name_watch *)source;
	ssize_t size =
		recv(source->fd, watch->input + watch->length, sizeof watch->input - watch->length, MSG_DONTWAIT);

	(void)events;
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		end(watch, "the message bus has gone; counted as up, for its program runs");
		return;
	}
	watch->length += (size_t)size;
	take_messages(watch);
}

/* The path in "unix:path=/x,guid=…"; false for other kinds of addresses. */
static bool take_path(const char *address, char *path, size_t size)
{
	static const char prefix[] = "unix:path=";

	if (!address || strncmp(address, prefix, sizeof prefix - 1) != 0)
		return false;
	address += sizeof prefix - 1;
	return snprintf(path, size, "%.*s", (int)strcspn(address, ",;"), address) < (int)size;
}

static bool find_bus(const struct manager *manager, char *path, size_t size)
{
	const char *directory = getenv("XDG_RUNTIME_DIR");

	if (!manager->options.user_mode)
		return take_path(getenv("DBUS_SYSTEM_BUS_ADDRESS"), path, size) ||
		       snprintf(path, size, "/run/dbus/system_bus_socket") < (int)size;
	if (take_path(getenv("DBUS_SESSION_BUS_ADDRESS"), path, size))
		return true;
	return directory && snprintf(path, size, "%s/bus", directory) < (int)size;
}

/* Connected, with the question sent; or -errno. Both fit into an empty socket, so neither waits. */
static int ask(const struct manager *manager, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char request[BUS_REQUEST_MAX];
	size_t length = bus_request_write(request, name, geteuid());

	if (length == 0)
		return -EINVAL;
	if (!find_bus(manager, address.sun_path, sizeof address.sun_path))
		return -ENOENT;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
	    send(fd, request, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length)
		return fd;
	int error = errno;
	close(fd);
	return error > 0 ? -error : -EIO;
}

static int watch_name(struct manager *manager, unit_id unit, const char *name)
{
	struct bus_name_watch *watch = calloc(1, sizeof *watch);

	if (!watch)
		return -ENOMEM;
	*watch = (struct bus_name_watch){ .source = { .fd = ask(manager, name), .dispatch = dispatch },
					  .manager = manager,
					  .unit = unit };
	int result = watch->source.fd;
	if (result >= 0)
		result = event_loop_add(&manager->loop, &watch->source, EPOLLIN);
	if (result < 0) {
		if (watch->source.fd >= 0)
			close(watch->source.fd);
		free(watch);
		return result;
	}
	watch->next = manager->bus_names;
	manager->bus_names = watch;
	return 0;
}

void bus_names_watch(struct manager *manager, unit_id unit)
{
	const char *name = core_unit(manager->core, unit)->definition->service->options->bus_name;
	char why[256];

	bus_names_forget(manager, unit);
	int result = watch_name(manager, unit, name ? name : "");
	if (result >= 0)
		return;
	snprintf(why, sizeof why, "no message bus to ask for %.100s (%s); counted as up, for its program runs", name,
		 strerror(-result));
	tell(manager, unit, why);
}

void bus_names_forget(struct manager *manager, unit_id unit)
{
	for (struct bus_name_watch *watch = manager->bus_names; watch; watch = watch->next)
		if (watch->unit == unit) {
			destroy(watch);
			return;
		}
}

void bus_names_close(struct manager *manager)
{
	for (struct bus_name_watch *watch = manager->bus_names, *next; watch; watch = next) {
		next = watch->next;
		destroy(watch);
	}
}
