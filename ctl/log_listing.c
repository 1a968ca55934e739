#include "ctl/log_listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare(const void *left, const void *right)
{
	return strcmp(left, right);
}

int log_listing_compare(const char *left, const char *right)
{
	return strncmp(left, right, LOG_NAME_LENGTH);
}

static bool add(struct log_listing *listing, const char *name)
{
	void *names = reallocarray(listing->names, listing->count + 1, sizeof *listing->names);

	if (!names)
		return false;
	listing->names = names;
	snprintf(listing->names[listing->count++], sizeof *listing->names, "%s", name);
	return true;
}

/* Where a file and its compressed form are both there, the first, which stands before it, is enough. */
static void drop_doubles(struct log_listing *listing)
{
	size_t kept = 0;

	for (size_t i = 0; i < listing->count; i++) {
		if (kept > 0 && log_listing_compare(listing->names[kept - 1], listing->names[i]) == 0)
			continue;
		if (kept != i)
			memcpy(listing->names[kept], listing->names[i], sizeof *listing->names);
		kept++;
	}
	listing->count = kept;
}

int log_listing_read(struct log_listing *listing, int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*listing = (struct log_listing){ 0 };
	if (!entries) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	while ((entry = readdir(entries))) {
		if (log_name_is_rotated(entry->d_name, NULL) && !add(listing, entry->d_name))
			break;
	}
	closedir(entries);
	if (listing->count > 1)
		qsort(listing->names, listing->count, sizeof *listing->names, compare);
	drop_doubles(listing);
	return 0;
}

void log_listing_finish(struct log_listing *listing)
{
	free(listing->names);
	*listing = (struct log_listing){ 0 };
}
