#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "logger/line_cursor.h"
#include "logger/logger.h"
#include "logger/upkeep.h"

/* svinit counts two a unit; far above any number of units that it has. */
enum { SOURCE_NUMBER_MAX = 1 << 24 };

enum { DROP_READS_MAX = 256 };

void sources_watch(const struct logger *logger, struct log_source *source, bool on)
{
	struct epoll_event event = { .events = on ? EPOLLIN : 0, .data.ptr = source };

	if (logger->configuration)
		(void)epoll_ctl(logger->epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
}

void sources_watch_all(struct logger *logger)
{
	for (uint32_t i = 0; i < logger->source_limit; i++) {
		struct log_source *source = logger->sources[i];

		if (source && (source->slot == SLOT_NONE || !logger->lanes[source->slot].stalled))
			sources_watch(logger, source, true);
	}
}

void source_owner(const struct log_source *source, struct journal_owner *owner)
{
	const char *identifier = source->labels ? source->labels : "";
	const char *prefix = source->labels ? source->labels + strlen(source->labels) + 1 : "";

	/* Whole, padding too: owners are compared as bytes. */
	memset(owner, 0, sizeof *owner);
	owner->stream.stream = source->number;
	owner->stream.level = source->level;
	owner->stream.level_prefix = source->level_prefix;
	owner->stream.level_max = source->level_max;
	owner->stream.json = source->json;
	owner->stream.kmsg = source->kmsg;
	owner->stream.facility = source->facility;
	owner->stream.console = source->console;
	owner->stream.pid = source->pid;
	owner->stream.max_bytes = source->unit->max_bytes;
	owner->stream.max_files = source->unit->max_files;
	owner->stream.max_age = source->unit->max_age;
	owner->stream.compress = source->unit->compress;
	owner->mark = source->mark;
	snprintf(owner->unit, sizeof owner->unit, "%s", source->unit->name);
	snprintf(owner->identifier, sizeof owner->identifier, "%s", identifier);
	snprintf(owner->prefix, sizeof owner->prefix, "%s", prefix);
}

static bool has_room(struct logger *logger, uint32_t number)
{
	uint32_t limit = logger->source_limit ? logger->source_limit : 8;

	if (number > SOURCE_NUMBER_MAX)
		return false;
	if (number < logger->source_limit)
		return true;
	while (limit <= number)
		limit *= 2;
	struct log_source **sources = realloc(logger->sources, limit * sizeof(struct log_source *));
	if (!sources)
		return false;
	memset(sources + logger->source_limit, 0, (limit - logger->source_limit) * sizeof(struct log_source *));
	logger->sources = sources;
	logger->source_limit = limit;
	return true;
}

/* Identifier and prefix in one piece. 0 or -ENOMEM. */
static int set_labels(struct log_source *source, const char *identifier, const char *prefix)
{
	size_t identifier_size = strlen(identifier) + 1, prefix_size = strlen(prefix) + 1;
	char *labels = NULL;

	if (identifier[0] || prefix[0]) {
		labels = malloc(identifier_size + prefix_size);
		if (!labels)
			return -ENOMEM;
		memcpy(labels, identifier, identifier_size);
		memcpy(labels + identifier_size, prefix, prefix_size);
	}
	free(source->labels);
	source->labels = labels;
	return 0;
}

static int set_rate(struct log_source *source, const struct log_stream *stream)
{
	if (stream->rate_burst == 0 || stream->rate_interval == 0) {
		free(source->rate);
		source->rate = NULL;
		return 0;
	}
	if (!source->rate)
		source->rate = calloc(1, sizeof *source->rate);
	if (!source->rate)
		return -ENOMEM;
	source->rate->burst = stream->rate_burst;
	source->rate->interval = stream->rate_interval;
	return 0;
}

static void set_options(struct log_source *source, const struct log_stream *stream)
{
	source->pid = stream->pid;
	source->level = stream->level & 7;
	source->level_max = stream->level_max;
	source->level_prefix = stream->level_prefix;
	source->json = stream->json;
	source->kmsg = stream->kmsg;
	source->facility = stream->facility;
	source->unit->json = stream->json;
	source->console = stream->console;
	source->mark = stream->is_error ? LOG_MARK_ERROR : LOG_MARK_OUTPUT;
	source->unit->max_bytes = stream->max_bytes;
	source->unit->max_files = stream->max_files;
	source->unit->max_age = stream->max_age;
	source->unit->compress = stream->compress;
	/* What it left behind when it ran last ages too. */
	if (stream->max_age > 0)
		log_unit_wants_upkeep(source->unit, logger_now());
}

/* What a stream is told to be beside its options. */
struct description {
	const char *unit, *identifier, *prefix, *rules;
	size_t rules_size;
};

static void set_rules(struct logger *logger, struct log_source *source, const struct description *description)
{
	size_t size = 0;
	const char *text = line_rules_text(source->rules, &size);
	char notice[LINE_NOTICE_MAX];

	if (size == description->rules_size && (size == 0 || memcmp(text, description->rules, size) == 0))
		return;
	line_rules_release(source->rules);
	source->rules = line_rules_create(description->rules, description->rules_size);
	if (!line_rules_fault(source->rules) || !logger->configuration)
		return;
	snprintf(notice, sizeof notice, "svlog: %s: LogFilterPatterns=%s is no regular expression, left out",
		 description->unit, line_rules_fault(source->rules));
	drain_notice(logger, notice);
}

static void set_invocation(struct log_unit *unit, const struct log_stream *stream)
{
	static const uint8_t none[sizeof stream->invocation];

	if (memcmp(stream->invocation, none, sizeof none) == 0 ||
	    memcmp(stream->invocation, unit->invocation, sizeof none) == 0)
		return;
	memcpy(unit->invocation, stream->invocation, sizeof none);
	unit->invocation_is_new = true;
}

static int configure(struct logger *logger, struct log_source *source, const struct log_stream *stream,
		     const struct description *description)
{
	struct log_unit *unit = log_units_get(&logger->units, description->unit);

	if (!unit)
		return -ENOMEM;
	log_units_release(&logger->units, source->unit);
	source->unit = unit;
	set_options(source, stream);
	upkeep_note(logger, unit);
	set_rules(logger, source, description);
	set_invocation(unit, stream);
	int result = set_labels(source, description->identifier, description->prefix);
	if (result == 0)
		result = set_rate(source, stream);
	if (source->slot != SLOT_NONE)
		logger->lanes[source->slot].rate = source->rate;
	return result;
}

static void destroy(struct logger *logger, struct log_source *source)
{
	log_units_release(&logger->units, source->unit);
	if (source->fd >= 0)
		close(source->fd);
	free(source->labels);
	free(source->rate);
	line_rules_release(source->rules);
	free(source);
}

void sources_remove(struct logger *logger, struct log_source *source)
{
	if (source->slot != SLOT_NONE) {
		logger->lanes[source->slot].source = NULL;
		logger->lanes[source->slot].rate = NULL;
	}
	(void)epoll_ctl(logger->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
	logger->sources[source->number] = NULL;
	logger->source_count--;
	logger->dropping_count -= source->dropping;
	destroy(logger, source);
}

static int create(struct logger *logger, const struct log_stream *stream, const struct description *description, int fd)
{
	struct log_source *source = calloc(1, sizeof *source);
	struct epoll_event event = { .events = logger->configuration ? EPOLLIN : 0, .data.ptr = source };

	if (!source)
		return -ENOMEM;
	source->number = stream->stream;
	source->slot = SLOT_NONE;
	source->fd = -1;
	int result = configure(logger, source, stream, description);
	if (result == 0 && epoll_ctl(logger->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		result = -errno;
	if (result < 0) {
		destroy(logger, source);
		return result;
	}
	source->fd = fd;
	logger->sources[source->number] = source;
	logger->source_count++;
	drain_adopt_slots(logger, source);
	return 0;
}

/* The next NUL-terminated text of a message; "" behind the last. NULL when there is no NUL. */
static const char *next_text(const char **from, const char *end)
{
	const char *text = *from, *nul;

	if (text >= end)
		return "";
	nul = memchr(text, '\0', (size_t)(end - text));
	if (!nul)
		return NULL;
	*from = nul + 1;
	return text;
}

static bool read_description(const char *text, size_t size, struct description *description)
{
	const char *end = text + size, *labels[3];

	for (int i = 0; i < 3; i++) {
		labels[i] = next_text(&text, end);
		if (!labels[i] || (i > 0 && strlen(labels[i]) > JOURNAL_LABEL_MAX))
			return false;
	}
	*description = (struct description){ labels[0], labels[1], labels[2], text, (size_t)(end - text) };
	return log_unit_name_is_safe(labels[0]) && description->rules_size <= LINE_RULES_TEXT_MAX;
}

/* The same stream told of again: svinit's copy of the pipe is the same pipe. */
static int renew(struct logger *logger, struct log_source *source, const struct log_stream *stream,
		 const struct description *description, int fd)
{
	if (fd >= 0)
		close(fd);
	if (source->dropping) {
		source->dropping = false;
		logger->dropping_count--;
	}
	return configure(logger, source, stream, description);
}

/* What cannot be written now stays in its slot. */
static void give_number_free(struct logger *logger, uint32_t number)
{
	sources_drop(logger, number);
	if (logger->sources[number])
		sources_remove(logger, logger->sources[number]);
}

int sources_add(struct logger *logger, const struct log_stream *stream, const char *labels_text, size_t size, int fd)
{
	struct description description;
	int result = -EINVAL;

	if (read_description(labels_text, size, &description)) {
		if (!has_room(logger, stream->stream)) {
			result = -ENOMEM;
		} else if (logger->sources[stream->stream] &&
			   strcmp(logger->sources[stream->stream]->unit->name, description.unit) == 0) {
			return renew(logger, logger->sources[stream->stream], stream, &description, fd);
		} else {
			give_number_free(logger, stream->stream);
			result = fd >= 0 ? create(logger, stream, &description, fd) : -EBADF;
		}
	}
	if (result < 0 && fd >= 0)
		close(fd);
	return result;
}

/* A writer that never pauses does not hold svlog up for ever. */
static void drain_pipe(struct logger *logger, struct log_source *source)
{
	for (int reads = 0; reads < DROP_READS_MAX && drain_source(logger, source); reads++)
		;
}

static void finish_source(struct logger *logger, struct log_source *source)
{
	bool is_done = drain_rest(logger, source) == 0;

	if (is_done) {
		sources_remove(logger, source);
	} else if (!source->dropping) {
		source->dropping = true;
		logger->dropping_count++;
	}
}

static struct log_source *find(const struct logger *logger, uint32_t number)
{
	return number < logger->source_limit ? logger->sources[number] : NULL;
}

void sources_drop(struct logger *logger, uint32_t number)
{
	struct log_source *source = find(logger, number);

	if (!source)
		return;
	drain_pipe(logger, source);
	finish_source(logger, source);
}

void sources_begin_invocation(struct logger *logger, const struct log_stream *stream)
{
	struct log_source *source = find(logger, stream->stream);

	if (!source)
		return;
	source->pid = stream->pid;
	set_invocation(source->unit, stream);
}

void sources_end_line(struct logger *logger, uint32_t number)
{
	struct log_source *source = find(logger, number);

	if (!source)
		return;
	drain_pipe(logger, source);
	(void)drain_rest(logger, source);
}

void sources_ready(struct logger *logger, struct log_source *source)
{
	if (!drain_source(logger, source) && source->closed)
		finish_source(logger, source);
}

void sources_finish_drops(struct logger *logger)
{
	for (uint32_t i = 0; i < logger->source_limit && logger->dropping_count > 0; i++) {
		struct log_source *source = logger->sources[i];

		if (source && source->dropping) {
			drain_pipe(logger, source);
			finish_source(logger, source);
		}
	}
}

void sources_drain_all(struct logger *logger)
{
	for (uint32_t i = 0; i < logger->source_limit; i++) {
		struct log_source *source = logger->sources[i];

		if (!source)
			continue;
		drain_pipe(logger, source);
		if (source->closed)
			finish_source(logger, source);
	}
}

void sources_keep_only_reading(struct logger *logger)
{
	char path[sizeof "/proc/self/fd/2147483647"];

	for (uint32_t i = 0; i < logger->source_limit; i++) {
		struct log_source *source = logger->sources[i];

		if (!source)
			continue;
		snprintf(path, sizeof path, "/proc/self/fd/%d", source->fd);
		int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0) {
			source->closed = true;
			continue;
		}
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };
		(void)epoll_ctl(logger->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
		close(source->fd);
		source->fd = fd;
		(void)epoll_ctl(logger->epoll_fd, EPOLL_CTL_ADD, fd, &event);
	}
}
