#include "logger/upkeep.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "logger/log_directory.h"
#include "logger/log_file.h"
#include "logger/retention.h"

enum { PATIENCE_MAX = 3600 };

/* A unit's wish that it has for as long as the compressor is busy with another one's file. */
#define WHEN_COMPRESSOR_IS_FREE UINT64_C(0)

static usec earlier(usec left, usec right)
{
	return left < right ? left : right;
}

static usec care_for_age(struct logger *logger, struct log_unit *unit, int directory, usec now)
{
	struct rotated_files rotated;
	usec next = USEC_INFINITY;

	if (unit->max_age == 0)
		return USEC_INFINITY;
	if (log_file_is_aged(unit, now) && unit->blocker == LOG_UNIT_FREE)
		(void)log_file_rotate(logger->directory_fd, unit, now);
	(void)retention_apply(directory, unit, retention_share(unit), now);
	if (unit->begun > 0 && unit->fd >= 0)
		next = usec_add(unit->begun, log_unit_rotation_age(unit));
	if (rotated_files_list(&rotated, directory) == 0 && rotated.count > 0)
		next = earlier(next, usec_add(log_name_time(rotated.files[0].name), unit->max_age + USEC_PER_MSEC));
	rotated_files_finish(&rotated);
	/* Where something cannot be removed now, not at once again. */
	return next < usec_add(now, USEC_PER_SEC / 10) ? now + USEC_PER_SEC / 10 : next;
}

/* The oldest file that is neither compressed nor was tried. */
static const struct rotated_file *find_plain(const struct log_unit *unit, const struct rotated_files *rotated)
{
	for (size_t i = 0; i < rotated->count; i++) {
		const struct rotated_file *file = &rotated->files[i];

		if (!file->compressed && !file->temporary && log_name_time(file->name) > unit->compression_tried)
			return file;
	}
	return NULL;
}

static usec compress(struct logger *logger, struct log_unit *unit, int directory, const struct rotated_file *file,
		     usec now)
{
	usec rotated = log_name_time(file->name);
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = &logger->compression };

	/* One that tells a time to come was rotated under another clock. */
	if (rotated <= now && now - rotated < LOG_UNIT_COMPRESSION_DELAY)
		return rotated + LOG_UNIT_COMPRESSION_DELAY;
	if (compression_is_running(&logger->compression))
		return WHEN_COMPRESSOR_IS_FREE;
	if (compression_start(&logger->compression, directory, file->name) < 0)
		return usec_add(now, 60 * USEC_PER_SEC);
	unit->compression_tried = rotated;
	(void)epoll_ctl(logger->epoll_fd, EPOLL_CTL_ADD, logger->compression.pid_fd, &event);
	return WHEN_COMPRESSOR_IS_FREE;
}

static usec care_for_compression(struct logger *logger, struct log_unit *unit, int directory, usec now)
{
	struct rotated_files rotated;
	usec next = USEC_INFINITY;

	if (!retention_allows_compression(unit) || logger->compression.unavailable ||
	    rotated_files_list(&rotated, directory) < 0)
		return USEC_INFINITY;
	const struct rotated_file *file = find_plain(unit, &rotated);
	if (file)
		next = compress(logger, unit, directory, file, now);
	rotated_files_finish(&rotated);
	return next;
}

static usec care_for(struct logger *logger, struct log_unit *unit, usec now)
{
	int directory = openat(logger->directory_fd, unit->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	usec next;

	if (directory < 0)
		return USEC_INFINITY;
	next = care_for_age(logger, unit, directory, now);
	next = earlier(next, care_for_compression(logger, unit, directory, now));
	close(directory);
	return next;
}

static bool is_due(const struct logger *logger, const struct log_unit *unit, usec now)
{
	return unit->upkeep_at <= now &&
	       !(unit->upkeep_at == WHEN_COMPRESSOR_IS_FREE && compression_is_running(&logger->compression));
}

static void care_for_all(struct logger *logger, usec now)
{
	for (uint32_t i = 0; i < logger->units.bucket_count; i++) {
		for (struct log_unit *unit = logger->units.buckets[i], *following; unit; unit = following) {
			following = unit->next;
			if (is_due(logger, unit, now))
				unit->upkeep_at = care_for(logger, unit, now);
			if (unit->upkeep_at != WHEN_COMPRESSOR_IS_FREE)
				upkeep_note(logger, unit);
			log_units_tidy(&logger->units, unit);
		}
	}
}

void upkeep_run(struct logger *logger)
{
	usec now = logger->upkeep_at == USEC_INFINITY ? 0 : logger_now();

	if (logger->upkeep_at > now || !logger->configuration)
		return;
	logger->upkeep_at = USEC_INFINITY;
	if (logger->configuration->files && log_directory_open(logger) == 0)
		care_for_all(logger, now);
}

int upkeep_patience(const struct logger *logger)
{
	usec now;

	if (logger->upkeep_at == USEC_INFINITY)
		return -1;
	now = logger_now();
	if (logger->upkeep_at <= now)
		return 0;
	usec left = (logger->upkeep_at - now) / USEC_PER_MSEC + 1;
	return left < PATIENCE_MAX * 1000 ? (int)left : PATIENCE_MAX * 1000;
}

void upkeep_compression_ended(struct logger *logger)
{
	compression_ended(&logger->compression);
	if (!compression_is_running(&logger->compression))
		logger->upkeep_at = 0;
}
