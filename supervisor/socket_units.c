#include "supervisor/socket_units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "supervisor/keepsake.h"
#include "supervisor/os/activation_socket.h"
#include "supervisor/os/user.h"

/* One that is open; `source` is watched while the unit listens. */
struct open_socket {
	struct event_source source;
	struct socket_unit *unit;
	bool watched;
};

struct socket_unit {
	struct socket_unit *next;
	struct manager *manager;
	struct unit_definition *definition; /* as it was opened: the sockets are those of this one */
	unit_id id;
	size_t count;
	struct open_socket sockets[];
};

static struct socket_unit *find(const struct manager *manager, unit_id id)
{
	struct socket_unit *unit = manager->socket_units;

	while (unit && unit->id != id)
		unit = unit->next;
	return unit;
}

static void dispatch(struct event_source *source, uint32_t events)
{
	struct open_socket *socket = (struct open_socket *)source;
	struct event event = { .kind = EVENT_CONNECTION, .unit = socket->unit->id };

	(void)events;
	manager_feed(socket->unit->manager, &event);
}

static void keepsake_name(const struct socket_unit *unit, size_t index, char name[KEEPSAKE_NAME_MAX + 1])
{
	snprintf(name, KEEPSAKE_NAME_MAX + 1, "socket %s %zu", unit->definition->name, index);
}

/* What lies in the file system belongs to SocketUser= and SocketGroup=. */
static int find_owner(const struct socket_definition *definition, struct activation_options *options,
		      struct cause *cause)
{
	struct user user;
	int r;

	options->uid = (uid_t)-1;
	options->gid = (gid_t)-1;
	if (definition->user) {
		r = user_find(definition->user, &user, cause);
		if (r < 0)
			return cause_prefix(cause, "SocketUser=");
		options->uid = user.uid;
		options->gid = user.gid;
	}
	if (definition->group && group_find(definition->group, &options->gid, cause) < 0)
		return cause_prefix(cause, "SocketGroup=");
	return 0;
}

static int type_of(enum socket_kind kind)
{
	switch (kind) {
	case SOCKET_KIND_STREAM:
		return SOCK_STREAM;
	case SOCKET_KIND_DATAGRAM:
		return SOCK_DGRAM;
	case SOCKET_KIND_SEQPACKET:
		return SOCK_SEQPACKET;
	default:
		return 0;
	}
}

static struct activation_options options_for(const struct socket_definition *definition)
{
	return (struct activation_options){
		.mode = definition->mode,
		.directory_mode = definition->directory_mode,
		.backlog = definition->backlog,
		.send_buffer = definition->send_buffer,
		.receive_buffer = definition->receive_buffer,
		.priority = definition->priority,
		.mark = definition->mark,
		.bind_ipv6_only = definition->bind_ipv6_only,
		.bind_to_device = definition->bind_to_device,
		.reuse_port = definition->reuse_port,
		.free_bind = definition->free_bind,
		.transparent = definition->transparent,
		.keep_alive = definition->keep_alive,
		.no_delay = definition->no_delay,
		.broadcast = definition->broadcast,
		.pass_credentials = definition->pass_credentials,
		.pass_security = definition->pass_security,
		.pass_packet_info = definition->pass_packet_info,
	};
}

static int open_one(struct socket_unit *unit, size_t index, struct activation_options *options, struct cause *cause)
{
	const struct socket_listen *listen = &unit->definition->socket->listens[index];
	struct event_source *source = &unit->sockets[index].source;
	char name[KEEPSAKE_NAME_MAX + 1];

	options->type = type_of(listen->kind);
	keepsake_name(unit, index, name);
	source->fd = keepsake_take(unit->manager, name);
	if (source->fd < 0)
		source->fd = activation_socket_open(listen->address, options, cause);
	if (source->fd < 0)
		return source->fd;
	(void)keepsake_put(unit->manager, name, source->fd, KEEPSAKE_VAULT);
	return 0;
}

/* Links of others at these paths stay as they are. */
static void make_links(const struct socket_unit *unit)
{
	const struct socket_definition *definition = unit->definition->socket;

	if (definition->listen_count == 0 || *definition->listens[0].address != '/')
		return;
	for (char **link = definition->symlinks; link && *link; link++)
		if (symlink(definition->listens[0].address, *link) < 0 && errno != EEXIST)
			manager_record(unit->manager, RECORD_WARNING, unit->id, "Symlinks=%s: %s", *link,
				       strerror(errno));
}

static int open_all(struct socket_unit *unit, struct cause *cause)
{
	const struct socket_definition *definition = unit->definition->socket;
	struct activation_options options = options_for(definition);
	int r = find_owner(definition, &options, cause);

	for (size_t i = 0; i < unit->count && r == 0; i++)
		r = open_one(unit, i, &options, cause);
	if (r == 0)
		make_links(unit);
	return r;
}

static struct socket_unit *add(struct manager *manager, const struct unit *of)
{
	size_t count = of->definition->socket->listen_count;
	struct socket_unit *unit = calloc(1, sizeof *unit + count * sizeof *unit->sockets);

	if (!unit)
		return NULL;
	unit->manager = manager;
	unit->definition = unit_definition_reference(of->definition);
	unit->id = of->id;
	unit->count = count;
	for (size_t i = 0; i < count; i++)
		unit->sockets[i] = (struct open_socket){ .source = { .fd = -1, .dispatch = dispatch }, .unit = unit };
	unit->next = manager->socket_units;
	manager->socket_units = unit;
	return unit;
}

void socket_units_open_unit(struct manager *manager, unit_id id)
{
	struct event event = { .kind = EVENT_SOCKETS, .unit = id };
	struct cause cause = { 0 };
	struct socket_unit *unit = find(manager, id);
	int r = 0;

	if (!unit) {
		unit = add(manager, core_unit(manager->core, id));
		r = unit ? open_all(unit, &cause) : cause_set(&cause, ENOMEM, "out of memory");
	}
	event.sockets.error = -r;
	event.sockets.text = cause.text;
	manager_feed(manager, &event);
}

static void watch_one(struct manager *manager, struct open_socket *socket, bool on)
{
	int r = 0;

	if (socket->watched == on || socket->source.fd < 0)
		return;
	if (on)
		r = event_loop_add(&manager->loop, &socket->source, EPOLLIN);
	else
		event_loop_remove(&manager->loop, &socket->source);
	socket->watched = on && r == 0;
	if (r < 0)
		manager_record(manager, RECORD_ERROR, socket->unit->id, "a socket cannot be watched: %s", strerror(-r));
}

void socket_units_watch(struct manager *manager, unit_id id, bool on)
{
	struct socket_unit *unit = find(manager, id);

	for (size_t i = 0; unit && i < unit->count; i++) {
		const struct socket_listen *listen = &unit->definition->socket->listens[i];

		if (on && unit->definition->socket->flush_pending && unit->sockets[i].source.fd >= 0)
			activation_socket_flush(unit->sockets[i].source.fd,
						listen->kind == SOCKET_KIND_STREAM ||
							listen->kind == SOCKET_KIND_SEQPACKET);
		watch_one(manager, &unit->sockets[i], on);
	}
}

static void remove_paths(const struct socket_unit *unit)
{
	const struct socket_definition *definition = unit->definition->socket;

	for (size_t i = 0; i < definition->listen_count; i++)
		if (*definition->listens[i].address == '/')
			unlink(definition->listens[i].address);
	for (char **link = definition->symlinks; link && *link; link++)
		unlink(*link);
}

static void take_out(struct manager *manager, struct socket_unit *unit)
{
	struct socket_unit **at = &manager->socket_units;

	while (*at != unit)
		at = &(*at)->next;
	*at = unit->next;
}

static void destroy(struct manager *manager, struct socket_unit *unit, bool keep)
{
	char name[KEEPSAKE_NAME_MAX + 1];

	for (size_t i = 0; i < unit->count; i++) {
		watch_one(manager, &unit->sockets[i], false);
		keepsake_name(unit, i, name);
		if (!keep)
			keepsake_drop(manager, name);
		if (unit->sockets[i].source.fd >= 0)
			close(unit->sockets[i].source.fd);
	}
	take_out(manager, unit);
	unit_definition_release(unit->definition);
	free(unit);
}

void socket_units_close_unit(struct manager *manager, unit_id id)
{
	struct socket_unit *unit = find(manager, id);

	if (!unit)
		return;
	if (unit->definition->socket->remove_on_stop)
		remove_paths(unit);
	destroy(manager, unit, false);
}

void socket_units_close(struct manager *manager)
{
	while (manager->socket_units)
		destroy(manager, manager->socket_units, true);
}

static bool names_service(char *const *sockets, const char *name)
{
	for (; sockets && *sockets; sockets++)
		if (strcmp(*sockets, name) == 0)
			return true;
	return false;
}

struct triggers {
	unit_id socket;
	bool found;
};

static bool is_trigger(void *context, const struct edge_view *edge)
{
	struct triggers *triggers = context;

	triggers->found |= edge->kind == DEPENDENCY_TRIGGERS && edge->inverse && edge->other == triggers->socket;
	return !triggers->found;
}

static bool belongs(struct manager *manager, const struct socket_unit *unit, const struct unit *service)
{
	struct triggers triggers = { .socket = unit->id };

	if (names_service(service->definition->service->options->sockets, unit->definition->name))
		return true;
	core_each_edge(manager->core, service->id, is_trigger, &triggers);
	return triggers.found;
}

static int grant_unit(const struct socket_unit *unit, struct granted_descriptors *granted)
{
	const char *name = unit->definition->socket->descriptor_name;
	int r = 0;

	for (size_t i = 0; i < unit->count && r == 0; i++) {
		int fd = unit->sockets[i].source.fd, copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);

		if (fd >= 0)
			r = copy < 0 ? -errno
				     : granted_descriptors_add(granted, copy, name ? name : unit->definition->name);
	}
	return r;
}

int socket_units_grant(struct manager *manager, const struct unit *service, struct granted_descriptors *granted)
{
	int r = 0;

	for (struct socket_unit *unit = manager->socket_units; unit && r == 0; unit = unit->next)
		if (belongs(manager, unit, service))
			r = grant_unit(unit, granted);
	return r;
}
