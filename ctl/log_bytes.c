#include "ctl/log_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "common/log_frames.h"
#include "common/log_name.h"

static ssize_t read_at(int fd, void *to, size_t size, off_t offset)
{
	ssize_t count;

	do {
		count = pread(fd, to, size, offset);
	} while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

static int read_whole(int fd, void *to, size_t size, off_t offset)
{
	ssize_t count = read_at(fd, to, size, offset);

	if (count < 0)
		return (int)count;
	return (size_t)count == size ? 0 : -EBADMSG;
}

/* Checks that what the table says fits the file and itself. */
static int read_entries(struct log_bytes *bytes, const unsigned char *table, off_t table_at)
{
	off_t packed = 0, plain = 0;

	for (size_t i = 0; i <= bytes->frame_count; i++) {
		bytes->frames[i] = (struct log_frame){ packed, plain };
		if (i == bytes->frame_count)
			break;
		uint32_t packed_size = log_frame_get(table + i * LOG_FRAME_ENTRY_SIZE);
		uint32_t plain_size = log_frame_get(table + i * LOG_FRAME_ENTRY_SIZE + 4);
		if (packed_size == 0 || packed_size > ZSTD_COMPRESSBOUND(LOG_FRAME_SIZE) || plain_size == 0 ||
		    plain_size > LOG_FRAME_SIZE)
			return -EBADMSG;
		packed += packed_size;
		plain += plain_size;
	}
	return packed == table_at ? 0 : -EBADMSG;
}

static int read_table(struct log_bytes *bytes, off_t size)
{
	unsigned char footer[LOG_FRAME_FOOTER_SIZE], *table;

	if (size < LOG_FRAME_FOOTER_SIZE + LOG_FRAME_HEAD_SIZE)
		return -EBADMSG;
	int result = read_whole(bytes->fd, footer, sizeof footer, size - LOG_FRAME_FOOTER_SIZE);
	if (result < 0)
		return result;
	uint32_t count = log_frame_get(footer);
	off_t table_size = (off_t)count * LOG_FRAME_ENTRY_SIZE;
	off_t table_at = size - LOG_FRAME_FOOTER_SIZE - table_size - LOG_FRAME_HEAD_SIZE;
	if (log_frame_get(footer + 5) != LOG_FRAME_TABLE_MAGIC || footer[4] != 0 || count > LOG_FRAME_COUNT_MAX ||
	    table_at < 0)
		return -EBADMSG;
	bytes->frame_count = count;
	bytes->frames = calloc((size_t)count + 1, sizeof *bytes->frames);
	bytes->unpacked = malloc(LOG_FRAME_SIZE);
	bytes->packed = malloc(ZSTD_COMPRESSBOUND(LOG_FRAME_SIZE));
	table = malloc((size_t)table_size + 1);
	if (!bytes->frames || !bytes->unpacked || !bytes->packed || !table)
		result = -ENOMEM;
	if (result == 0)
		result = read_whole(bytes->fd, table, (size_t)table_size, table_at + LOG_FRAME_HEAD_SIZE);
	if (result == 0)
		result = read_entries(bytes, table, table_at);
	free(table);
	return result;
}

static bool is_compressed(const char *name)
{
	bool compressed = false;

	return log_name_is_rotated(name, &compressed) && compressed;
}

int log_bytes_open(struct log_bytes *bytes, int directory, const char *name)
{
	struct stat status;
	int result = 0;

	*bytes = (struct log_bytes){ .fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) };
	if (bytes->fd < 0)
		return -errno;
	if (fstat(bytes->fd, &status) < 0 || !S_ISREG(status.st_mode))
		result = -EBADFD;
	else if (is_compressed(name))
		result = read_table(bytes, status.st_size);
	bytes->inode = status.st_ino;
	if (result < 0)
		log_bytes_close(bytes);
	return result;
}

void log_bytes_close(struct log_bytes *bytes)
{
	if (bytes->fd >= 0)
		close(bytes->fd);
	free(bytes->frames);
	free(bytes->unpacked);
	free(bytes->packed);
	*bytes = (struct log_bytes){ .fd = -1 };
}

off_t log_bytes_size(const struct log_bytes *bytes)
{
	struct stat status;

	if (bytes->frames)
		return bytes->frames[bytes->frame_count].plain;
	return bytes->fd >= 0 && fstat(bytes->fd, &status) == 0 ? status.st_size : 0;
}

/* The last frame that begins at or before `offset`, which lies within the text. */
static size_t find_frame(const struct log_bytes *bytes, off_t offset)
{
	size_t low = 0, high = bytes->frame_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (bytes->frames[middle].plain <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int unpack(struct log_bytes *bytes, size_t index)
{
	const struct log_frame *frame = &bytes->frames[index];
	size_t packed = (size_t)(frame[1].packed - frame[0].packed), plain = (size_t)(frame[1].plain - frame[0].plain);

	if (bytes->unpacked_frame == index + 1)
		return 0;
	bytes->unpacked_frame = 0;
	int result = read_whole(bytes->fd, bytes->packed, packed, frame->packed);
	if (result < 0)
		return result;
	if (ZSTD_decompress(bytes->unpacked, plain, bytes->packed, packed) != plain)
		return -EBADMSG;
	bytes->unpacked_frame = index + 1;
	return 0;
}

static ssize_t read_frame(struct log_bytes *bytes, char *to, size_t size, off_t offset)
{
	size_t index = find_frame(bytes, offset);
	int result = unpack(bytes, index);

	if (result < 0)
		return result;
	size_t skipped = (size_t)(offset - bytes->frames[index].plain);
	size_t left = (size_t)(bytes->frames[index + 1].plain - offset);
	if (size > left)
		size = left;
	memcpy(to, bytes->unpacked + skipped, size);
	return (ssize_t)size;
}

ssize_t log_bytes_read(struct log_bytes *bytes, char *to, size_t size, off_t offset)
{
	size_t done = 0;

	if (!bytes->frames)
		return read_at(bytes->fd, to, size, offset);
	while (done < size && offset + (off_t)done < log_bytes_size(bytes)) {
		ssize_t count = read_frame(bytes, to + done, size - done, offset + (off_t)done);

		if (count < 0)
			return done > 0 ? (ssize_t)done : count;
		done += (size_t)count;
	}
	return (ssize_t)done;
}
