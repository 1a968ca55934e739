#include "logger/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "logger/syslog_parse.h"

enum { RECORDS_AT_ONCE = 256, MESSAGE_MAX = LOG_RECORD_TEXT_MAX };

static const char kernel_unit[] = "kernel", syslog_unit[] = "syslog";

int intake_add(struct logger *logger, enum log_intake kind, int fd)
{
	struct intake *intake = &logger->intakes[kind];
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = intake };
	int on = 1;

	if (intake->open)
		close(intake->fd);
	*intake = (struct intake){ .fd = fd, .open = true };
	if (kind != LOG_INTAKE_KERNEL)
		(void)setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (epoll_ctl(logger->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		int error = errno;

		close(fd);
		*intake = (struct intake){ 0 };
		return -error;
	}
	return 0;
}

bool intake_is(const struct logger *logger, const void *pointer)
{
	const struct intake *intake = pointer;

	return intake >= logger->intakes && intake < logger->intakes + LOG_INTAKE_COUNT;
}

/* systemd's and our own cgroups end with the name of the unit. */
static bool unit_of(pid_t pid, char unit[JOURNAL_UNIT_MAX + 1])
{
	char path[64], text[4096];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	fd = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	for (char *line = text, *end; *line; line = end + (*end != '\0')) {
		end = strchrnul(line, '\n');
		/* Of version 2, which has no controllers between the colons. */
		if (strncmp(line, "0::", 3) != 0)
			continue;
		const char *slash = memrchr(line, '/', (size_t)(end - line));
		size_t size = slash ? (size_t)(end - slash) - 1 : 0;
		if (size <= strlen(".service") || size > JOURNAL_UNIT_MAX ||
		    memcmp(end - strlen(".service"), ".service", strlen(".service")) != 0)
			return false;
		memcpy(unit, slash + 1, size);
		unit[size] = '\0';
		return log_unit_name_is_safe(unit);
	}
	return false;
}

static void describe(struct journal_owner *owner, const char *unit, char mark, const struct syslog_message *message)
{
	memset(owner, 0, sizeof *owner);
	snprintf(owner->unit, sizeof owner->unit, "%s", unit);
	snprintf(owner->identifier, sizeof owner->identifier, "%.*s", (int)message->tag_length, message->tag);
	owner->mark = mark;
	owner->stream.level = message->level;
	owner->stream.facility = message->facility;
	owner->stream.level_max = UINT8_MAX;
	owner->stream.compress = true;
}

/* A unit that svlog knows has its own caps and form of records. */
static void take_options(struct logger *logger, struct journal_owner *owner)
{
	const struct log_unit *unit = log_units_find(&logger->units, owner->unit);

	if (!unit)
		return;
	owner->stream.json = unit->json;
	owner->stream.max_bytes = unit->max_bytes;
	owner->stream.max_files = unit->max_files;
	owner->stream.max_age = unit->max_age;
	owner->stream.compress = unit->compress;
}

static pid_t sender_of(struct msghdr *header)
{
	struct ucred credentials = { 0 };

	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_CREDENTIALS)
			memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
	}
	return credentials.pid;
}

/* The datagram stays in the socket until it is in the journal. 1, or 0 when there is none. */
static int take_syslog(struct logger *logger, struct intake *intake)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
	/* Borrowed: nothing is rendered while this runs. */
	char *text = logger->console_output;
	struct iovec part = { text, MESSAGE_MAX };
	struct msghdr header = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
	};
	ssize_t length = recvmsg(intake->fd, &header, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	char unit[JOURNAL_UNIT_MAX + 1];
	struct syslog_message message;
	struct journal_owner owner;
	pid_t sender;

	if (length < 0)
		return 0;
	sender = sender_of(&header);
	syslog_parse(text, (size_t)length, &message);
	describe(&owner, unit_of(sender, unit) ? unit : syslog_unit, LOG_MARK_SYSLOG, &message);
	owner.stream.pid = (uint32_t)sender;
	take_options(logger, &owner);
	if (message.length > 0)
		(void)drain_text(logger, &owner, message.text, message.length, 0);
	(void)recv(intake->fd, text, 1, MSG_DONTWAIT);
	return 1;
}

static void note_lost(struct logger *logger, uint64_t count)
{
	char text[80];

	snprintf(text, sizeof text, "svlog: %llu messages of the kernel were lost", (unsigned long long)count);
	drain_notice(logger, text);
}

static int take_kernel(struct logger *logger, struct intake *intake)
{
	struct journal_header *header = logger->journal.header;
	char *text = logger->console_output;
	struct syslog_message message;
	struct journal_owner owner;
	ssize_t length = read(intake->fd, text, MESSAGE_MAX);

	/* Overwritten before it was read: the next one's number tells how many. */
	if (length < 0 && errno == EPIPE)
		return 1;
	if (length <= 0)
		return 0;
	if (syslog_parse_kmsg(text, (size_t)length, &message) < 0)
		return 1;
	if (header->kernel_sequence > 0 && message.sequence < header->kernel_sequence)
		return 1;
	if (header->kernel_sequence > 0 && message.sequence > header->kernel_sequence)
		note_lost(logger, message.sequence - header->kernel_sequence);
	describe(&owner, kernel_unit, LOG_MARK_KERNEL, &message);
	snprintf(owner.identifier, sizeof owner.identifier, "kernel");
	(void)drain_text(logger, &owner, message.text, message.length, 0);
	header->kernel_sequence = message.sequence + 1;
	return 1;
}

static int take(struct logger *logger, struct intake *intake)
{
	return intake == &logger->intakes[LOG_INTAKE_KERNEL] ? take_kernel(logger, intake)
							     : take_syslog(logger, intake);
}

void intake_ready(struct logger *logger, void *pointer)
{
	if (!logger->configuration)
		return;
	for (int i = 0; i < RECORDS_AT_ONCE && take(logger, pointer) > 0; i++)
		;
}

void intake_drain_all(struct logger *logger)
{
	for (size_t i = 0; i < LOG_INTAKE_COUNT; i++) {
		if (logger->intakes[i].open)
			intake_ready(logger, &logger->intakes[i]);
	}
}

void intake_finish(struct logger *logger)
{
	for (size_t i = 0; i < LOG_INTAKE_COUNT; i++) {
		if (logger->intakes[i].open)
			close(logger->intakes[i].fd);
		logger->intakes[i] = (struct intake){ 0 };
	}
}
