#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "logger/intake.h"
#include "logger/log_directory.h"
#include "logger/log_file.h"
#include "logger/logger.h"
#include "logger/upkeep.h"

/* As long as a file cannot be written to, FLUSH is answered nevertheless after this time: svinit waits for it. */
#define FLUSH_PATIENCE (2 * USEC_PER_SEC)

union message {
	struct log_message head;
	struct log_configure configure;
	struct log_stream stream;
	char bytes[LOG_MESSAGE_MAX];
};

struct received {
	size_t size;
	int fd; /* -1: none; who uses it sets it to -1 */
};

static void handle_configure(struct logger *logger, const union message *message, struct received *received)
{
	struct journal_configuration configuration = { .json = message->configure.json,
						       .console = message->configure.console,
						       .color = message->configure.color,
						       .files = message->configure.files,
						       .later = message->configure.later,
						       .max_bytes = message->configure.max_bytes };
	const char *texts = message->bytes + sizeof message->configure;
	char text[256];

	if (received->size < sizeof message->configure)
		return;
	/* LDIR, and behind its NUL where to forward to. */
	size_t length = received->size - sizeof message->configure, directory = strnlen(texts, length);
	if (directory >= sizeof configuration.directory || length - directory > sizeof configuration.forward)
		return;
	memcpy(configuration.directory, texts, directory);
	if (length > directory + 1)
		memcpy(configuration.forward, texts + directory + 1, length - directory - 1);
	configuration.forward[sizeof configuration.forward - 1] = '\0';
	configuration.files &= configuration.directory[0] == '/';
	if (logger->configuration && strcmp(logger->configuration->directory, configuration.directory) != 0) {
		log_directory_close(logger);
		(void)log_units_close_files(&logger->units);
		logger->journal.header->directory_is_known = 0;
		logger->budget = 0;
	}
	journal_configure(&logger->journal, &configuration);
	logger->configuration = journal_configuration(&logger->journal);
	bool can_forward = forwarder_configure(&logger->forwarder, configuration.forward) == 0;
	logger->waits_for_directory = configuration.later;
	logger->directory_tried = 0;
	/* At once, so that who follows the logs has a directory to watch; a failure shows again when it is written to.
	 */
	if (log_directory_is_used(logger))
		(void)log_directory_open(logger);
	sources_watch_all(logger);
	drain_retry(logger);
	if (!can_forward) {
		snprintf(text, sizeof text, "svlog: cannot forward to %s: not udp:ADDRESS, tcp:ADDRESS or unix:PATH",
			 configuration.forward);
		drain_notice(logger, text);
	}
}

static void handle_add(struct logger *logger, const union message *message, struct received *received)
{
	if (received->size < sizeof message->stream)
		return;
	(void)sources_add(logger, &message->stream, message->bytes + sizeof message->stream,
			  received->size - sizeof message->stream, received->fd);
	received->fd = -1;
}

static void handle_drop(struct logger *logger, const union message *message, struct received *received)
{
	if (received->size >= sizeof message->stream)
		sources_drop(logger, message->stream.stream);
}

static void handle_end_line(struct logger *logger, const union message *message, struct received *received)
{
	if (received->size >= sizeof message->stream)
		sources_end_line(logger, message->stream.stream);
}

static void handle_invocation(struct logger *logger, const union message *message, struct received *received)
{
	if (received->size >= sizeof message->stream)
		sources_begin_invocation(logger, &message->stream);
}

static void handle_intake(struct logger *logger, const union message *message, struct received *received)
{
	if (received->size < sizeof message->stream || message->stream.stream >= LOG_INTAKE_COUNT || received->fd < 0)
		return;
	(void)intake_add(logger, (enum log_intake)message->stream.stream, received->fd);
	received->fd = -1;
}

/* The unit's name behind the head, into `unit`; the offset of what follows it, or 0. */
static size_t take_unit(const union message *message, size_t size, char unit[JOURNAL_UNIT_MAX + 1])
{
	const char *name = message->bytes + sizeof message->stream;
	size_t length;

	if (size <= sizeof message->stream)
		return 0;
	length = strnlen(name, size - sizeof message->stream);
	if (length > JOURNAL_UNIT_MAX || length == size - sizeof message->stream)
		return 0;
	memcpy(unit, name, length);
	unit[length] = '\0';
	if (length > 0 && !log_unit_name_is_safe(unit))
		return 0;
	return sizeof message->stream + length + 1;
}

static void handle_record(struct logger *logger, const union message *message, struct received *received)
{
	struct journal_owner owner;

	memset(&owner, 0, sizeof owner);
	size_t text = take_unit(message, received->size, owner.unit);
	if (text == 0 || !logger->configuration)
		return;
	if (message->head.cookie && message->head.cookie == logger->journal.header->record_cookie)
		return;
	size_t length = strnlen(message->bytes + text, received->size - text);
	owner.stream = message->stream;
	owner.stream.level_max = UINT8_MAX;
	owner.stream.level_prefix = 0;
	owner.mark = LOG_MARK_SUPERVISOR;
	snprintf(owner.identifier, sizeof owner.identifier, "svinit");
	(void)drain_text(logger, &owner, message->bytes + text, length, message->head.cookie);
}

static void rotate_unit(struct logger *logger, const char *name)
{
	struct log_unit *unit = log_units_get(&logger->units, name);

	if (unit && unit->blocker == LOG_UNIT_FREE)
		(void)log_file_rotate(logger->directory_fd, unit, logger_now());
	if (unit)
		upkeep_note(logger, unit);
	log_units_release(&logger->units, unit);
}

void control_rotate_all(struct logger *logger)
{
	if (!logger->configuration || !logger->configuration->files || log_directory_open(logger) < 0)
		return;
	int fd = openat(logger->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!entries && fd >= 0)
		close(fd);
	while (entries && (entry = readdir(entries))) {
		if (log_unit_name_is_safe(entry->d_name))
			rotate_unit(logger, entry->d_name);
	}
	if (entries)
		closedir(entries);
}

static void handle_rotate(struct logger *logger, const union message *message, struct received *received)
{
	char name[JOURNAL_UNIT_MAX + 1];

	if (!take_unit(message, received->size, name) || !logger->configuration || !logger->configuration->files ||
	    log_directory_open(logger) < 0)
		return;
	if (name[0])
		rotate_unit(logger, name);
	else
		control_rotate_all(logger);
}

static void handle_flush(struct logger *logger, const union message *message, struct received *received)
{
	static const size_t max = sizeof logger->flush_cookies / sizeof logger->flush_cookies[0];

	(void)received;
	if (logger->flush_count == max) {
		memmove(logger->flush_cookies, logger->flush_cookies + 1, (max - 1) * sizeof(uint32_t));
		logger->flush_count--;
	}
	if (logger->flush_count == 0)
		logger->flush_since = logger_now();
	logger->flush_cookies[logger->flush_count++] = message->head.cookie;
	sources_drain_all(logger);
	intake_drain_all(logger);
	drain_tell_of_directory(logger);
	control_answer_flushes(logger);
}

void control_answer_flushes(struct logger *logger)
{
	struct log_message answer = { .version = LOG_PROTOCOL_VERSION, .kind = LOG_MESSAGE_FLUSH };
	usec now = logger->flush_count && logger->stalled_count ? logger_now() : 0;

	if (logger->stalled_count > 0 && now >= logger->flush_since && now - logger->flush_since < FLUSH_PATIENCE)
		return;
	for (uint32_t i = 0; i < logger->flush_count; i++) {
		answer.cookie = logger->flush_cookies[i];
		(void)send(logger->control_fd, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	logger->flush_count = 0;
}

static void handle_finish(struct logger *logger, const union message *message, struct received *received)
{
	(void)message;
	(void)received;
	logger->finishing = true;
}

/* The name behind the head; NULL when it is none. */
static const char *take_name(const union message *message, size_t size)
{
	const char *name = message->bytes + sizeof message->head;

	return size > sizeof message->head && memchr(name, '\0', size - sizeof message->head) ? name : NULL;
}

static void handle_vault_put(struct logger *logger, const union message *message, struct received *received)
{
	const char *name = take_name(message, received->size);

	if (!name || received->fd < 0)
		return;
	vault_put(&logger->vault, name, received->fd);
	received->fd = -1;
}

static void handle_vault_drop(struct logger *logger, const union message *message, struct received *received)
{
	const char *name = take_name(message, received->size);

	if (name)
		vault_drop(&logger->vault, name);
}

static void handle_vault_door(struct logger *logger, const union message *message, struct received *received)
{
	(void)message;
	if (received->fd < 0)
		return;
	vault_set_door(&logger->vault, received->fd);
	received->fd = -1;
}

static void (*const handlers[])(struct logger *, const union message *, struct received *) = {
	[LOG_MESSAGE_CONFIGURE] = handle_configure,   [LOG_MESSAGE_ADD_STREAM] = handle_add,
	[LOG_MESSAGE_DROP_STREAM] = handle_drop,      [LOG_MESSAGE_RECORD] = handle_record,
	[LOG_MESSAGE_ROTATE] = handle_rotate,         [LOG_MESSAGE_FLUSH] = handle_flush,
	[LOG_MESSAGE_FINISH] = handle_finish,         [LOG_MESSAGE_END_LINE] = handle_end_line,
	[LOG_MESSAGE_VAULT_PUT] = handle_vault_put,   [LOG_MESSAGE_VAULT_DROP] = handle_vault_drop,
	[LOG_MESSAGE_VAULT_DOOR] = handle_vault_door, [LOG_MESSAGE_INVOCATION] = handle_invocation,
	[LOG_MESSAGE_ADD_INTAKE] = handle_intake,
};

static void handle(struct logger *logger, const union message *message, struct received *received)
{
	if (received->size < sizeof message->head || message->head.version != LOG_PROTOCOL_VERSION ||
	    message->head.kind >= sizeof handlers / sizeof handlers[0])
		return;
	handlers[message->head.kind](logger, message, received);
}

/* The descriptors that came with a message, all but the first closed. */
static int take_descriptor(struct msghdr *header)
{
	int taken = -1;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
			if (taken < 0)
				taken = fd;
			else
				close(fd);
		}
	}
	return taken;
}

static ssize_t receive(int fd, union message *message, int flags, struct received *received)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
	struct iovec part = { message->bytes, sizeof message->bytes };
	struct msghdr header = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
	};
	ssize_t size = recvmsg(fd, &header, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (size > 0)
		*received = (struct received){ (size_t)size, take_descriptor(&header) };
	return size;
}

static bool is_record(int fd)
{
	struct log_message head;

	return recv(fd, &head, sizeof head, MSG_PEEK | MSG_DONTWAIT) == (ssize_t)sizeof head &&
	       head.kind == LOG_MESSAGE_RECORD;
}

/* A record stays in the socket until it is in the journal. */
static ssize_t receive_and_handle(struct logger *logger, union message *message)
{
	bool peek = is_record(logger->control_fd);
	struct received received;
	ssize_t size = receive(logger->control_fd, message, peek ? MSG_PEEK : 0, &received);

	if (size <= 0)
		return size;
	handle(logger, message, &received);
	if (received.fd >= 0)
		close(received.fd);
	if (peek)
		(void)recv(logger->control_fd, &(char){ 0 }, 1, MSG_DONTWAIT);
	return size;
}

void control_receive(struct logger *logger)
{
	union message message;
	ssize_t size;

	do {
		size = receive_and_handle(logger, &message);
	} while ((size > 0 && !logger->finishing) || (size < 0 && errno == EINTR));
	if (size == 0 || (size < 0 && errno != EAGAIN))
		logger->orphaned = true;
}
