#include "common/log_name.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/log_record.h"

void log_name_make(char to[LOG_NAME_LENGTH + 1], usec time)
{
	time_t second = (time_t)(time / USEC_PER_SEC);
	struct tm parts = { 0 };

	gmtime_r(&second, &parts);
	snprintf(to, LOG_NAME_LENGTH + 1, "%04u%02u%02uT%02u%02u%02u.%06uZ.log",
		 (unsigned)(parts.tm_year + 1900) % 10000, (unsigned)(parts.tm_mon + 1) % 100,
		 (unsigned)parts.tm_mday % 100, (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
		 (unsigned)parts.tm_sec % 100, (unsigned)(time % USEC_PER_SEC) % 1000000);
}

static bool matches(const char *name)
{
	static const char pattern[] = "00000000T000000.000000Z.log";

	for (size_t i = 0; i < LOG_NAME_LENGTH; i++) {
		bool is_digit = name[i] >= '0' && name[i] <= '9';

		if (pattern[i] == '0' ? !is_digit : name[i] != pattern[i])
			return false;
	}
	return true;
}

bool log_name_is_rotated(const char *name, bool *compressed)
{
	bool has_suffix;

	if (!matches(name))
		return false;
	has_suffix = strcmp(name + LOG_NAME_LENGTH, LOG_NAME_COMPRESSED) == 0;
	if (compressed)
		*compressed = has_suffix;
	return has_suffix || name[LOG_NAME_LENGTH] == '\0';
}

bool log_name_is_temporary(const char *name)
{
	bool compressed;

	return name[0] == '.' && log_name_is_rotated(name + 1, &compressed) && compressed;
}

usec log_name_time(const char *name)
{
	char stamp[LOG_STAMP_LENGTH + 1];
	usec time;

	if (!log_name_is_rotated(name, NULL))
		return USEC_INFINITY;
	snprintf(stamp, sizeof stamp, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.6s+00:00", name, name + 4, name + 6, name + 9,
		 name + 11, name + 13, name + 16);
	return log_stamp_parse(stamp, strlen(stamp), &time) == 0 ? time : USEC_INFINITY;
}
