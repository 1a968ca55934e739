/* The rotated files of a unit. Their names never change, but that .zst comes behind them when they are compressed. */
#ifndef SVCTL_LOG_LISTING_H
#define SVCTL_LOG_LISTING_H

#include <stddef.h>

#include "common/log_name.h"

struct log_listing {
	char (*names)[LOG_NAME_MAX + 1]; /* oldest first, each file once */
	size_t count;
};

/* 0 or -errno. A zeroed value is an empty one. */
int log_listing_read(struct log_listing *listing, int directory);
void log_listing_finish(struct log_listing *listing);

/* As strcmp(3), without regard to whether the files are compressed. */
int log_listing_compare(const char *left, const char *right);

#endif
