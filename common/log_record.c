#include "common/log_record.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* Zones change their offset at multiples of a quarter of an hour only (tzset(3) keeps no finer history of today). */
enum { ZONE_STEP = 900 };

static void put_digits(char *to, int count, unsigned value)
{
	while (count-- > 0) {
		to[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

/* Civil date from days since 1970-01-01 in the proleptic Gregorian calendar, counted from 1 March of year 0. */
static void put_date(char *to, int64_t days)
{
	unsigned shifted = (unsigned)(days + 719468);
	unsigned era = shifted / 146097;
	unsigned day_of_era = shifted % 146097;
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month_from_march = (5 * day_of_year + 2) / 153;
	unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

	put_digits(to, 4, year_of_era + era * 400 + (month <= 2));
	to[4] = '-';
	put_digits(to + 5, 2, month);
	to[7] = '-';
	put_digits(to + 8, 2, day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

static void put_zone(char *to, int32_t offset)
{
	unsigned minutes = (unsigned)(offset < 0 ? -offset : offset) / 60;

	to[0] = offset < 0 ? '-' : '+';
	put_digits(to + 1, 2, minutes / 60);
	to[3] = ':';
	put_digits(to + 4, 2, minutes % 60);
}

static void find_zone(struct log_stamp *stamp, int64_t second)
{
	time_t when = (time_t)second;
	struct tm local;

	stamp->zone_offset = localtime_r(&when, &local) ? (int32_t)local.tm_gmtoff : 0;
	stamp->zone_since = second - second % ZONE_STEP;
	stamp->zone_until = stamp->zone_since + ZONE_STEP;
}

static void set_second(struct log_stamp *stamp, int64_t second)
{
	if (second >= stamp->zone_until || second < stamp->zone_since)
		find_zone(stamp, second);
	int64_t local = second + stamp->zone_offset;
	if (local < 0)
		local = 0;
	unsigned in_day = (unsigned)(local % 86400);
	char *text = stamp->text;

	put_date(text, local / 86400);
	text[10] = 'T';
	put_digits(text + 11, 2, in_day / 3600);
	text[13] = ':';
	put_digits(text + 14, 2, in_day / 60 % 60);
	text[16] = ':';
	put_digits(text + 17, 2, in_day % 60);
	text[19] = '.';
	put_zone(text + 26, stamp->zone_offset);
	text[LOG_STAMP_LENGTH] = '\0';
	stamp->second = second;
}

void log_stamp_set(struct log_stamp *stamp, usec time)
{
	static const usec last = UINT64_C(253402300799) * USEC_PER_SEC;

	if (time > last)
		time = last;
	int64_t second = (int64_t)(time / USEC_PER_SEC);
	if (second != stamp->second || stamp->text[0] == '\0')
		set_second(stamp, second);
	put_digits(stamp->text + 20, 6, (unsigned)(time % USEC_PER_SEC));
}

void log_record_prefix(char *to, const struct log_stamp *stamp, char mark, bool continues, unsigned priority)
{
	memcpy(to, stamp->text, LOG_STAMP_LENGTH);
	to[LOG_STAMP_LENGTH] = ' ';
	to[LOG_STAMP_LENGTH + 1] = (char)(continues ? mark - ('a' - 'A') : mark);
	to[LOG_STAMP_LENGTH + 2] = ' ';
	to[LOG_STAMP_LENGTH + 3] = (char)('0' + (priority & 7));
	to[LOG_STAMP_LENGTH + 4] = ' ';
}

/* The number that `count` digits make, or -1. */
static int get_digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static int64_t days_from_civil(int year, int month, int day)
{
	int from_march = month > 2 ? month - 3 : month + 9;
	int shifted = month > 2 ? year : year - 1;
	int era = shifted / 400;
	int year_of_era = shifted % 400;
	int day_of_year = (153 * from_march + 2) / 5 + day - 1;

	return (int64_t)era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static bool punctuation_matches(const char *text)
{
	return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':' &&
	       text[19] == '.' && (text[26] == '+' || text[26] == '-') && text[29] == ':';
}

int log_stamp_parse(const char *text, size_t length, usec *time)
{
	if (length < LOG_STAMP_LENGTH || !punctuation_matches(text))
		return -EINVAL;
	int year = get_digits(text, 4), month = get_digits(text + 5, 2), day = get_digits(text + 8, 2);
	int hour = get_digits(text + 11, 2), minute = get_digits(text + 14, 2), second = get_digits(text + 17, 2);
	int fraction = get_digits(text + 20, 6);
	int zone_hour = get_digits(text + 27, 2), zone_minute = get_digits(text + 30, 2);

	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60 || fraction < 0 || zone_hour < 0 || zone_minute < 0)
		return -EINVAL;
	int64_t offset = (int64_t)zone_hour * 3600 + zone_minute * 60;
	int64_t since_epoch = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second +
			      (text[26] == '-' ? offset : -offset);
	if (since_epoch < 0)
		return -EINVAL;
	*time = (usec)since_epoch * USEC_PER_SEC + (usec)fraction;
	return 0;
}

int log_line_time(const char *line, size_t length, usec *time)
{
	static const char json[] = "{\"__REALTIME_TIMESTAMP\":\"";
	size_t i = sizeof json - 1;

	if (length < sizeof json || memcmp(line, json, i) != 0)
		return log_stamp_parse(line, length, time);
	*time = 0;
	for (; i < length && line[i] >= '0' && line[i] <= '9' && *time < USEC_INFINITY / 10; i++)
		*time = *time * 10 + (usec)(line[i] - '0');
	return *time > 0 ? 0 : -EINVAL;
}

int log_record_parse(const char *line, size_t length, struct log_record *record)
{
	const char *fields = line + LOG_STAMP_LENGTH;

	if (length < LOG_RECORD_PREFIX_LENGTH || log_stamp_parse(line, length, &record->time) < 0)
		return -EINVAL;
	if (fields[0] != ' ' || fields[2] != ' ' || fields[3] < '0' || fields[3] > '7' || fields[4] != ' ')
		return -EINVAL;
	record->continues = fields[1] < 'a';
	record->mark = (char)(record->continues ? fields[1] + ('a' - 'A') : fields[1]);
	if (!memchr("oeslk", record->mark, 5))
		return -EINVAL;
	record->priority = (uint8_t)(fields[3] - '0');
	record->text = line + LOG_RECORD_PREFIX_LENGTH;
	record->length = length - LOG_RECORD_PREFIX_LENGTH;
	return 0;
}
