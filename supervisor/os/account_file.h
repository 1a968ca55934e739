/* A file like /etc/passwd in memory: read again only when it has changed, bounded, fields as slices of it. */
#ifndef SVINIT_OS_ACCOUNT_FILE_H
#define SVINIT_OS_ACCOUNT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum { ACCOUNT_FILE_MAX = 16 << 20 };

struct account_file {
	const char *path;
	char *text;
	size_t length;
	struct stat read_as; /* what was there when it was read */
};

struct account_field {
	const char *text;
	size_t length;
};

struct account_cursor {
	size_t offset;
};

/* 0 or -errno; then the file counts as empty. */
int account_file_refresh(struct account_file *file);
/* The next entry's first `count` fields, separated by ':'. Lines with fewer fields are passed over; false at the end.
 */
bool account_file_next(const struct account_file *file, struct account_cursor *cursor, struct account_field *fields,
		       size_t count);
void account_file_finish(struct account_file *file);

#endif
