/*
 * svlog-compress NAME: makes NAME.zst of a rotated log file in the working directory, and removes NAME. svlog starts it
 * when there is nothing better to do, so that what zstd needs is mapped only then. It may be killed at any moment: the
 * name appears when all is on the disk, and only then the original goes.
 *
 * Exit status: 0 done, 1 failed, 2 not worth it (it would not become smaller).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zstd.h>

#include "common/log_frames.h"
#include "common/log_name.h"

enum { LEVEL = 3, STATUS_FAILED = 1, STATUS_NOT_WORTH_IT = 2 };

struct compression {
	const char *name;
	char temporary[LOG_NAME_MAX + 1];
	int source, target;
	struct stat status; /* of the source */
	uint64_t written;
	unsigned char *table;
	size_t table_size, table_room;
	char *input, *output;
	ZSTD_CCtx *context;
};

/* Behind everybody, at the processor and at the disk; and not without svlog. */
static void step_back(void)
{
	struct sched_param none = { 0 };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sched_setscheduler(0, SCHED_IDLE, &none);
	(void)setpriority(PRIO_PROCESS, 0, 19);
	(void)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

/* The lock is for another one that svlog left behind when it was killed, and that has not ended yet; it may have done
 * all there is to do. */
static int open_source(struct compression *compression)
{
	compression->source = open(compression->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (compression->source < 0 || flock(compression->source, LOCK_EX) < 0 ||
	    fstat(compression->source, &compression->status) < 0)
		return -errno;
	if (compression->status.st_nlink == 0)
		return 1;
	return S_ISREG(compression->status.st_mode) ? 0 : -EBADFD;
}

static int open_target(struct compression *compression)
{
	const struct stat *status = &compression->status;

	snprintf(compression->temporary, sizeof compression->temporary, ".%s" LOG_NAME_COMPRESSED, compression->name);
	(void)unlink(compression->temporary);
	compression->target = open(compression->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (compression->target < 0)
		return -errno;
	if (fchown(compression->target, status->st_uid, status->st_gid) < 0 && errno != EPERM)
		return -errno;
	return fchmod(compression->target, status->st_mode & 07777) < 0 ? -errno : 0;
}

static int write_all(struct compression *compression, const void *data, size_t size)
{
	const char *rest = data;

	for (size_t left = size; left > 0;) {
		ssize_t count = write(compression->target, rest, left);

		if (count < 0 && errno != EINTR)
			return -errno;
		if (count > 0) {
			rest += count;
			left -= (size_t)count;
		}
	}
	compression->written += size;
	return 0;
}

static int note_frame(struct compression *compression, size_t compressed, size_t plain)
{
	if (compression->table_size + LOG_FRAME_ENTRY_SIZE > compression->table_room) {
		size_t room = compression->table_room ? compression->table_room * 2 : 4096;
		unsigned char *table = realloc(compression->table, room);

		if (!table)
			return -ENOMEM;
		compression->table = table;
		compression->table_room = room;
	}
	log_frame_put(compression->table + compression->table_size, (uint32_t)compressed);
	log_frame_put(compression->table + compression->table_size + 4, (uint32_t)plain);
	compression->table_size += LOG_FRAME_ENTRY_SIZE;
	return 0;
}

static int write_frame(struct compression *compression, size_t length)
{
	size_t size = ZSTD_compressCCtx(compression->context, compression->output, ZSTD_compressBound(LOG_FRAME_SIZE),
					compression->input, length, LEVEL);

	if (ZSTD_isError(size))
		return -EIO;
	int result = write_all(compression, compression->output, size);
	return result < 0 ? result : note_frame(compression, size, length);
}

/* What of the input becomes a frame: whole lines, unless there is no end of line. */
static size_t frame_length(const char *input, size_t length)
{
	const char *newline = length == LOG_FRAME_SIZE ? memrchr(input, '\n', length) : NULL;

	return newline ? (size_t)(newline - input) + 1 : length;
}

static bool is_worth_it(const struct compression *compression)
{
	return compression->written + compression->table_size < (uint64_t)compression->status.st_size;
}

/* 0, 1 when it does not become smaller, or -errno. */
static int write_frames(struct compression *compression)
{
	size_t held = 0;

	for (;;) {
		ssize_t count = read(compression->source, compression->input + held, LOG_FRAME_SIZE - held);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		held += (size_t)count;
		if (held < LOG_FRAME_SIZE && count > 0)
			continue;
		if (held == 0)
			return is_worth_it(compression) ? 0 : 1;
		size_t length = frame_length(compression->input, held);
		int result = write_frame(compression, length);
		if (result < 0)
			return result;
		if (!is_worth_it(compression))
			return 1;
		memmove(compression->input, compression->input + length, held - length);
		held -= length;
	}
}

static int write_table(struct compression *compression)
{
	unsigned char head[LOG_FRAME_HEAD_SIZE], footer[LOG_FRAME_FOOTER_SIZE] = { 0 };

	log_frame_put(head, LOG_FRAME_SKIPPABLE_MAGIC);
	log_frame_put(head + 4, (uint32_t)(compression->table_size + sizeof footer));
	log_frame_put(footer, (uint32_t)(compression->table_size / LOG_FRAME_ENTRY_SIZE));
	log_frame_put(footer + 5, LOG_FRAME_TABLE_MAGIC);
	int result = write_all(compression, head, sizeof head);
	if (result == 0)
		result = write_all(compression, compression->table, compression->table_size);
	return result < 0 ? result : write_all(compression, footer, sizeof footer);
}

/* Puts the whole file into the place of the original. One that was removed meanwhile does not come back. */
static int replace(struct compression *compression)
{
	char name[LOG_NAME_MAX + 1];
	const struct timespec times[2] = { compression->status.st_atim, compression->status.st_mtim };

	snprintf(name, sizeof name, "%s" LOG_NAME_COMPRESSED, compression->name);
	(void)futimens(compression->target, times);
	if (fsync(compression->target) < 0 || rename(compression->temporary, name) < 0)
		return -errno;
	if (unlink(compression->name) < 0 && errno == ENOENT)
		(void)unlink(name);
	return 0;
}

static int run(struct compression *compression)
{
	int result = open_source(compression);

	if (result == 0)
		result = open_target(compression);
	if (result == 0)
		result = write_frames(compression);
	if (result == 0)
		result = write_table(compression);
	if (result == 0)
		result = replace(compression);
	if (result != 0 && compression->target >= 0)
		(void)unlink(compression->temporary);
	return result;
}

int main(int argc, char **argv)
{
	struct compression compression = { .source = -1, .target = -1 };
	bool compressed = false;

	if (argc != 2 || !log_name_is_rotated(argv[1], &compressed) || compressed) {
		fputs("svlog-compress: it is started by svlog, with the name of a rotated file\n", stderr);
		return STATUS_FAILED;
	}
	step_back();
	compression.name = argv[1];
	compression.input = malloc(LOG_FRAME_SIZE);
	compression.output = malloc(ZSTD_compressBound(LOG_FRAME_SIZE));
	compression.context = ZSTD_createCCtx();
	int result = compression.input && compression.output && compression.context ? run(&compression) : -ENOMEM;
	ZSTD_freeCCtx(compression.context);
	free(compression.input);
	free(compression.output);
	free(compression.table);
	return result == 0 ? 0 : result > 0 ? STATUS_NOT_WORTH_IT : STATUS_FAILED;
}
