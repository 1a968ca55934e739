#include "logger/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "logger/logger.h"

/* How long the next svinit has to read what it is sent. */
enum { HANDOVER_SECONDS = 2 };
#define NOTIFY_PATIENCE (30 * USEC_PER_SEC)

static const char notify_name[] = "notify";

void vault_init(struct vault *vault)
{
	*vault = (struct vault){ .door = -1 };
}

void vault_finish(struct vault *vault)
{
	for (size_t i = 0; i < vault->count; i++) {
		close(vault->items[i].fd);
		free(vault->items[i].name);
	}
	free(vault->items);
	if (vault->door >= 0)
		close(vault->door);
	vault_init(vault);
}

static struct vault_item *find(const struct vault *vault, const char *name)
{
	for (size_t i = 0; i < vault->count; i++)
		if (strcmp(vault->items[i].name, name) == 0)
			return &vault->items[i];
	return NULL;
}

static struct vault_item *add(struct vault *vault, const char *name)
{
	if (vault->count == vault->capacity) {
		size_t capacity = vault->capacity ? vault->capacity * 2 : 8;
		struct vault_item *items =
			capacity <= VAULT_ITEMS_MAX ? reallocarray(vault->items, capacity, sizeof *items) : NULL;
		if (!items)
			return NULL;
		vault->items = items;
		vault->capacity = capacity;
	}
	struct vault_item *item = &vault->items[vault->count];
	*item = (struct vault_item){ .name = strdup(name), .fd = -1 };
	vault->count += item->name != NULL;
	return item->name ? item : NULL;
}

void vault_put(struct vault *vault, const char *name, int fd)
{
	struct vault_item *item = find(vault, name);

	if (!item)
		item = add(vault, name);
	if (!item) {
		close(fd);
		return;
	}
	if (item->fd >= 0)
		close(item->fd);
	item->fd = fd;
}

void vault_drop(struct vault *vault, const char *name)
{
	struct vault_item *item = find(vault, name);

	if (!item)
		return;
	close(item->fd);
	free(item->name);
	*item = vault->items[--vault->count];
}

void vault_set_door(struct vault *vault, int fd)
{
	if (vault->door >= 0)
		close(vault->door);
	vault->door = fd;
}

void vault_watch_door(struct logger *logger)
{
	struct vault *vault = &logger->vault;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = vault };

	vault->orphaned_since = logger_now();
	if (vault->door >= 0 && epoll_ctl(logger->epoll_fd, EPOLL_CTL_ADD, vault->door, &event) < 0)
		vault_set_door(vault, -1);
}

static bool send_one(int connection, enum log_message_kind kind, const char *name, int fd)
{
	struct log_message head = { .version = LOG_PROTOCOL_VERSION, .kind = (uint16_t)kind };
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec parts[2] = { { &head, sizeof head }, { (void *)(uintptr_t)name, strlen(name) + 1 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	if (fd >= 0) {
		message.msg_control = room;
		message.msg_controllen = sizeof room;
		struct cmsghdr *item = CMSG_FIRSTHDR(&message);
		item->cmsg_level = SOL_SOCKET;
		item->cmsg_type = SCM_RIGHTS;
		item->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(item), &fd, sizeof fd);
	}
	return sendmsg(connection, &message, MSG_NOSIGNAL) > 0;
}

static bool send_pipes(const struct logger *logger, int connection)
{
	char name[JOURNAL_UNIT_MAX + 16];

	for (uint32_t i = 0; i < logger->source_limit; i++) {
		const struct log_source *source = logger->sources[i];

		if (!source || source->closed)
			continue;
		snprintf(name, sizeof name, "log %s %u", source->unit->name, (unsigned)(source->number & 1));
		if (!send_one(connection, LOG_MESSAGE_VAULT_PUT, name, source->fd))
			return false;
	}
	return true;
}

static bool hand_over(const struct logger *logger, int connection)
{
	const struct vault *vault = &logger->vault;

	for (size_t i = 0; i < vault->count; i++)
		if (!send_one(connection, LOG_MESSAGE_VAULT_PUT, vault->items[i].name, vault->items[i].fd))
			return false;
	return send_pipes(logger, connection) && send_one(connection, LOG_MESSAGE_VAULT_END, "", -1);
}

static bool is_trusted(int connection)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size = sizeof peer;

	return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

void vault_answer(struct logger *logger)
{
	struct timeval patience = { .tv_sec = HANDOVER_SECONDS };
	int connection = accept4(logger->vault.door, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0)
		return;
	(void)setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	logger->vault.handed_over = is_trusted(connection) && hand_over(logger, connection);
	/* It stays open, if it was of use, until this process ends: that is what the next svinit waits for. */
	if (!logger->vault.handed_over)
		close(connection);
}

bool vault_is_worth_keeping(const struct vault *vault)
{
	if (vault->door < 0)
		return false;
	for (size_t i = 0; i < vault->count; i++)
		if (strncmp(vault->items[i].name, "socket ", 7) == 0 || strncmp(vault->items[i].name, "store ", 6) == 0)
			return true;
	return false;
}

int vault_patience(const struct vault *vault)
{
	return vault->orphaned_since && find(vault, notify_name) ? (int)(NOTIFY_PATIENCE / USEC_PER_MSEC) : -1;
}

void vault_expire(struct vault *vault)
{
	if (vault->orphaned_since && logger_now() - vault->orphaned_since >= NOTIFY_PATIENCE)
		vault_drop(vault, notify_name);
}
