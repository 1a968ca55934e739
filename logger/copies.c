#include "logger/copies.h"

#include <fcntl.h>
#include <unistd.h>

#include "logger/chunk.h"
#include "logger/record_format.h"
#include "logger/syslog_format.h"

/* What is collected for the console before it goes there. */
struct console_batch {
	size_t length;
	uint64_t count;
};

static bool wants_console(const struct logger *logger, const struct journal_slot *slot)
{
	return logger->console.fd >= 0 && (logger->configuration->console || slot->owner.stream.console);
}

static bool wants_forwarding(const struct logger *logger)
{
	return forwarder_is_on(&logger->forwarder);
}

bool copies_are_wanted(const struct logger *logger, const struct journal_slot *slot)
{
	return !slot->owner.stream.files_only &&
	       (wants_console(logger, slot) || slot->owner.stream.kmsg || wants_forwarding(logger));
}

static void write_batch(struct logger *logger, struct console_batch *batch)
{
	if (batch->length > 0)
		console_write(&logger->console, logger->console_output, batch->length, batch->count);
	*batch = (struct console_batch){ 0 };
}

static void add_to_console(struct logger *logger, const struct journal_slot *slot, const struct line_rules *rules,
			   const struct log_record *record, struct console_batch *batch)
{
	const struct journal_configuration *configuration = logger->configuration;
	char *to = logger->console_output + batch->length;

	batch->length += configuration->json ? record_format_json(to, record, &slot->owner, rules)
					     : record_format_console(to, record, &slot->owner, configuration->color);
	batch->count++;
	if (batch->length >= CHUNK_SIZE)
		write_batch(logger, batch);
}

/* kmsg(4) of the kernel's documentation: a write is a record. It is never waited for. */
static void add_to_kmsg(struct logger *logger, const struct journal_slot *slot, const struct log_record *record)
{
	char line[SYSLOG_KMSG_MAX];

	if (logger->kmsg_fd < 0)
		logger->kmsg_fd = open("/dev/kmsg", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (logger->kmsg_fd >= 0)
		(void)!write(logger->kmsg_fd, line, syslog_format_kmsg(line, record, &slot->owner));
}

void copies_write(struct logger *logger, const struct journal_slot *slot, struct chunk_reader *reader,
		  const struct journal_state *until)
{
	bool console = wants_console(logger, slot), forwarding = wants_forwarding(logger);
	struct console_batch batch = { 0 };
	struct log_record record;

	while ((reader->write->gap.bytes || reader->cursor.state.begin < until->begin) &&
	       chunk_reader_next(reader, &record)) {
		if (console)
			add_to_console(logger, slot, reader->cursor.settings.rules, &record, &batch);
		if (slot->owner.stream.kmsg)
			add_to_kmsg(logger, slot, &record);
		if (forwarding)
			forwarder_add(&logger->forwarder, &record, &slot->owner, record.time);
	}
	write_batch(logger, &batch);
}
