#include "supervisor/os/control_client.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static size_t client_unsent(const struct control_client *client)
{
	return client->queued - client->sent;
}

/* Somebody's turn: from now on he has CONTROL_CLIENT_TIMEOUT to read, or to say something whole. */
static void client_start_patience(struct control_client *client)
{
	client->deadline = client->waiting && !client_unsent(client)
				   ? USEC_INFINITY
				   : usec_add(clock_monotonic(), CONTROL_CLIENT_TIMEOUT);
}

static uint32_t client_wanted_events(struct control_client *client)
{
	if (client_unsent(client))
		return EPOLLOUT;
	if (client->waiting)
		return 0;
	/* A message that is already here is fetched by the round that writability starts: it is always true. */
	if (client->ended || client->closing || varlink_buffer_has_message(&client->input))
		return EPOLLOUT;
	return EPOLLIN;
}

/* The loop sees the hang-up and destroys the client there: never inside a call of its owner. */
static void client_drop(struct control_client *client)
{
	if (client->dropped)
		return;
	client->dropped = true;
	client->deadline = 0;
	shutdown(client->source.fd, SHUT_RDWR);
}

static void client_watch(struct control_client *client)
{
	uint32_t events = client_wanted_events(client);

	if (client->dropped || events == client->events)
		return;
	if (event_loop_modify(client->socket->loop, &client->source, events) < 0)
		client_drop(client);
	client->events = events;
}

static void client_release_output(struct control_client *client)
{
	client->socket->output_total -= client->capacity;
	free(client->output);
	client->output = NULL;
	client->sent = client->queued = client->capacity = 0;
}

static void client_flush(struct control_client *client)
{
	while (client_unsent(client)) {
		ssize_t count = send(client->source.fd, client->output + client->sent, client_unsent(client),
				     MSG_NOSIGNAL | MSG_DONTWAIT);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN)
			return;
		if (count < 0) {
			client_drop(client);
			return;
		}
		client->sent += (size_t)count;
	}
	if (client->output) {
		client_release_output(client);
		client_start_patience(client);
	}
}

static int client_queue(struct control_client *client, const char *text, size_t length)
{
	struct control_socket *control = client->socket;
	size_t needed = client_unsent(client) + length, capacity = 4096;
	char *output;

	if (needed > CONTROL_OUTPUT_MAX)
		return -EMSGSIZE;
	if (client->queued + length <= client->capacity) {
		memcpy(client->output + client->queued, text, length);
		client->queued += length;
		return 0;
	}
	while (capacity < needed)
		capacity *= 2;
	if (control->output_total - client->capacity + capacity > CONTROL_OUTPUT_TOTAL_MAX)
		return -EMSGSIZE;
	output = malloc(capacity);
	if (!output)
		return -ENOMEM;
	if (client->output)
		memcpy(output, client->output + client->sent, client_unsent(client));
	memcpy(output + client_unsent(client), text, length);
	client_release_output(client);
	client->output = output;
	client->queued = needed;
	client->capacity = capacity;
	control->output_total += capacity;
	return 0;
}

/* Sends straight away what the socket takes and returns how much that was, or -errno. */
static ssize_t client_send_now(struct control_client *client, const char *text, size_t length)
{
	ssize_t count;

	if (client_unsent(client))
		return 0;
	do
		count = send(client->source.fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return errno == EAGAIN ? 0 : -errno;
	return count;
}

int control_client_send(struct control_client *client, const char *text, size_t length)
{
	bool idle = !client_unsent(client);
	ssize_t sent;
	int error;

	if (client->dropped)
		return -EPIPE;
	if (length >= CONTROL_OUTPUT_MAX) {
		client_drop(client);
		return -EMSGSIZE;
	}
	sent = client_send_now(client, text, length + 1); /* the text's own NUL ends the message */
	error = sent < 0 ? (int)sent : 0;
	if (!error && (size_t)sent <= length)
		error = client_queue(client, text + sent, length + 1 - (size_t)sent);
	if (error) {
		client_drop(client);
		return error;
	}
	if (idle)
		client_start_patience(client);
	client_watch(client);
	return 0;
}

/* Reads once. false: nothing more will come of it in this round. */
static bool client_read(struct control_client *client)
{
	struct control_socket *control = client->socket;
	size_t before = client->input.capacity;
	bool fresh = !varlink_buffer_pending(&client->input);
	ssize_t count = varlink_buffer_fill(&client->input, client->source.fd);

	control->input_total += client->input.capacity - before;
	if (count == -EAGAIN)
		return true;
	if ((count < 0 && count != -ENOBUFS) || control->input_total > CONTROL_INPUT_TOTAL_MAX)
		return false;
	client->ended = count == 0;
	if (fresh)
		client_start_patience(client);
	return true;
}

static void client_release_input(struct control_client *client)
{
	client->socket->input_total -= client->input.capacity;
	varlink_buffer_finish(&client->input);
}

static void client_deliver(struct control_client *client)
{
	size_t length;
	const char *text = varlink_buffer_next(&client->input, &length);
	const struct control_handler *handler = &client->socket->handler;

	if (!text)
		return;
	handler->message(handler->context, client, text, length);
	if (!varlink_buffer_pending(&client->input))
		client_release_input(client);
	if (!client_unsent(client))
		client_start_patience(client);
}

/* Whether nothing can come of this client any more. */
static bool client_is_done(struct control_client *client)
{
	if (client->dropped)
		return true;
	if (client_unsent(client) || client->waiting)
		return false;
	return client->closing || (client->ended && !varlink_buffer_has_message(&client->input));
}

static void client_dispatch(struct event_source *source, uint32_t events)
{
	struct control_client *client = (struct control_client *)source;
	bool gone = events & (EPOLLHUP | EPOLLERR);

	if (client->dropped || (gone && (client->waiting || client_unsent(client)))) {
		control_client_destroy(client);
		return;
	}
	if (client_unsent(client))
		client_flush(client);
	if (!client_unsent(client) && !client->waiting && !client->closing && !client->dropped) {
		if (!client->ended && !varlink_buffer_has_message(&client->input) && !client_read(client)) {
			control_client_destroy(client);
			return;
		}
		client_deliver(client);
	}
	if (client_is_done(client))
		control_client_destroy(client);
	else
		client_watch(client);
}

int control_client_create(struct control_socket *control, int fd, const struct ucred *peer)
{
	struct control_client *client = calloc(1, sizeof *client);
	int error;

	if (!client)
		return -ENOMEM;
	client->socket = control;
	client->peer = *peer;
	client->source = (struct event_source){ .fd = fd, .dispatch = client_dispatch };
	client->events = EPOLLIN;
	error = event_loop_add(control->loop, &client->source, client->events);
	if (error) {
		free(client);
		return error;
	}
	client_start_patience(client);
	client->next = control->clients;
	client->previous = &control->clients;
	if (client->next)
		client->next->previous = &client->next;
	control->clients = client;
	control->client_count++;
	return 0;
}

void control_client_destroy(struct control_client *client)
{
	struct control_socket *control = client->socket;

	if (control->handler.closed)
		control->handler.closed(control->handler.context, client);
	event_loop_remove(control->loop, &client->source);
	close(client->source.fd);
	*client->previous = client->next;
	if (client->next)
		client->next->previous = client->previous;
	control->client_count--;
	client_release_input(client);
	client_release_output(client);
	free(client);
}

void control_client_set_waiting(struct control_client *client, bool waiting)
{
	client->waiting = waiting;
	if (client->dropped)
		return;
	client_start_patience(client);
	client_watch(client);
}

void control_client_close(struct control_client *client)
{
	client->closing = true;
	client->waiting = false;
	client_watch(client);
}

int control_client_descriptor(const struct control_client *client)
{
	return client->source.fd;
}

uid_t control_client_uid(const struct control_client *client)
{
	return client->peer.uid;
}

gid_t control_client_gid(const struct control_client *client)
{
	return client->peer.gid;
}

pid_t control_client_pid(const struct control_client *client)
{
	return client->peer.pid;
}

int control_client_groups(const struct control_client *client, gid_t **groups)
{
	socklen_t size = 0;

	*groups = NULL;
	if (getsockopt(client->source.fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0)
		return 0;
	if (errno != ERANGE)
		return -errno;
	*groups = malloc(size);
	if (!*groups)
		return -ENOMEM;
	if (getsockopt(client->source.fd, SOL_SOCKET, SO_PEERGROUPS, *groups, &size) == 0)
		return (int)(size / sizeof **groups);
	free(*groups);
	*groups = NULL;
	return -errno;
}

void **control_client_slot(struct control_client *client)
{
	return &client->slot;
}
