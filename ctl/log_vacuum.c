#include "ctl/log_vacuum.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/parse.h"
#include "common/time_span.h"
#include "ctl/log_listing.h"

struct old_file {
	char *unit;
	char name[LOG_NAME_MAX + 1];
	uint64_t bytes;
	size_t newer; /* how many rotated files of its unit are newer */
};

struct old_files {
	struct old_file *files;
	size_t count;
	uint64_t bytes; /* of all files, the current ones too */
};

struct limits {
	uint64_t bytes, files;
	usec age; /* USEC_INFINITY: none, likewise UINT64_MAX above */
};

static void finish(struct old_files *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->files[i].unit);
	free(all->files);
}

static int add(struct old_files *all, const char *unit, const char *name, uint64_t bytes, size_t newer)
{
	struct old_file *files = reallocarray(all->files, all->count + 1, sizeof *files);

	if (!files)
		return -ENOMEM;
	all->files = files;
	files[all->count] = (struct old_file){ .unit = strdup(unit), .bytes = bytes, .newer = newer };
	if (!files[all->count].unit)
		return -ENOMEM;
	snprintf(files[all->count++].name, sizeof files->name, "%s", name);
	return 0;
}

static int look_at_unit(struct old_files *all, int log_directory, const char *unit)
{
	int directory = openat(log_directory, unit, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct log_listing listing;
	struct stat status;
	int result = 0;

	if (directory < 0)
		return 0;
	if (fstatat(directory, "current", &status, AT_SYMLINK_NOFOLLOW) == 0)
		all->bytes += (uint64_t)status.st_size;
	if (log_listing_read(&listing, directory) == 0) {
		for (size_t i = 0; result == 0 && i < listing.count; i++) {
			if (fstatat(directory, listing.names[i], &status, AT_SYMLINK_NOFOLLOW) < 0)
				continue;
			all->bytes += (uint64_t)status.st_size;
			result = add(all, unit, listing.names[i], (uint64_t)status.st_size, listing.count - 1 - i);
		}
	}
	log_listing_finish(&listing);
	close(directory);
	return result;
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct old_file *)left)->name, ((const struct old_file *)right)->name);
}

/* Opens LDIR too. The descriptor or -errno. */
static int look(const char *path, struct old_files *all)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;
	DIR *entries = fd < 0 ? NULL : fdopendir(dup(fd));
	struct dirent *entry;

	*all = (struct old_files){ 0 };
	if (!entries) {
		result = -errno;
		if (fd >= 0)
			close(fd);
		return result;
	}
	while (result == 0 && (entry = readdir(entries))) {
		if (entry->d_name[0] != '.')
			result = look_at_unit(all, fd, entry->d_name);
	}
	closedir(entries);
	if (all->count > 1)
		qsort(all->files, all->count, sizeof *all->files, compare);
	if (result < 0)
		close(fd);
	return result < 0 ? result : fd;
}

static bool is_to_go(const struct old_file *file, const struct limits *limits, uint64_t bytes, usec now)
{
	usec rotated = log_name_time(file->name);

	return bytes > limits->bytes || file->newer >= limits->files ||
	       (limits->age != USEC_INFINITY && rotated < now && now - rotated > limits->age);
}

static void remove_old(int directory, struct old_files *all, const struct limits *limits)
{
	struct timespec now;
	uint64_t freed = 0;
	char path[512], size[32];
	size_t count = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < all->count; i++) {
		const struct old_file *file = &all->files[i];

		if (!is_to_go(file, limits, all->bytes, (usec)now.tv_sec * USEC_PER_SEC))
			continue;
		snprintf(path, sizeof path, "%s/%s", file->unit, file->name);
		if (unlinkat(directory, path, 0) < 0) {
			(void)complain("cannot remove %s: %s", path, strerror(errno));
			continue;
		}
		all->bytes -= file->bytes;
		freed += file->bytes;
		count++;
	}
	printf("Removed %zu log files, %s.\n", count, format_size(freed, size, sizeof size));
}

bool log_vacuum_is_asked(const struct context *context)
{
	return option_is_given(context, "vacuum-size") || option_is_given(context, "vacuum-time") ||
	       option_is_given(context, "vacuum-files");
}

static int read_limits(const struct context *context, struct limits *limits)
{
	const char *size = option_value(context, "vacuum-size"), *files = option_value(context, "vacuum-files"),
		   *age = option_value(context, "vacuum-time");

	*limits = (struct limits){ UINT64_MAX, UINT64_MAX, USEC_INFINITY };
	if (size && parse_size(size, &limits->bytes) < 0)
		return complain("--vacuum-size=%s: must be a size, as 500M", size);
	if (files && parse_unsigned(files, UINT32_MAX, &limits->files) < 0)
		return complain("--vacuum-files=%s: must be a number", files);
	if (age && time_span_parse(age, USEC_PER_SEC, &limits->age) < 0)
		return complain("--vacuum-time=%s: must be a span of time, as 2weeks", age);
	return 0;
}

int log_vacuum_run(const struct context *context, const char *directory)
{
	struct old_files all = { 0 };
	struct limits limits;

	if (read_limits(context, &limits))
		return STATUS_FAILURE;
	int fd = look(directory, &all);
	if (fd >= 0) {
		remove_old(fd, &all, &limits);
		close(fd);
	}
	finish(&all);
	return fd < 0 ? complain("cannot read the log directory %s: %s", directory, strerror(-fd)) : STATUS_OK;
}

int log_vacuum_tell_usage(const char *directory)
{
	struct old_files all = { 0 };
	char size[32];
	int fd = look(directory, &all);

	if (fd >= 0) {
		printf("Log files take up %s in %s.\n", format_size(all.bytes, size, sizeof size), directory);
		close(fd);
	}
	finish(&all);
	return fd < 0 ? complain("cannot read the log directory %s: %s", directory, strerror(-fd)) : STATUS_OK;
}
