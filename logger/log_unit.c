#include "logger/log_unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logger/journal.h"

bool log_unit_name_is_safe(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > JOURNAL_UNIT_MAX || name[0] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (name[i] == '/' || (unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return false;
	}
	return true;
}

static uint32_t hash(const char *name)
{
	uint32_t value = 2166136261U;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 16777619U;
	return value;
}

static struct log_unit **bucket(struct log_units *units, const char *name)
{
	return &units->buckets[hash(name) & (units->bucket_count - 1)];
}

static bool grow(struct log_units *units)
{
	uint32_t count = units->bucket_count ? units->bucket_count * 2 : 16;
	struct log_units grown = { calloc(count, sizeof *grown.buckets), count, units->count };

	if (!grown.buckets)
		return false;
	for (uint32_t i = 0; i < units->bucket_count; i++) {
		for (struct log_unit *unit = units->buckets[i], *next; unit; unit = next) {
			struct log_unit **to = bucket(&grown, unit->name);

			next = unit->next;
			unit->next = *to;
			*to = unit;
		}
	}
	free(units->buckets);
	*units = grown;
	return true;
}

struct log_unit *log_units_find(struct log_units *units, const char *name)
{
	if (units->bucket_count == 0)
		return NULL;
	for (struct log_unit *unit = *bucket(units, name); unit; unit = unit->next) {
		if (strcmp(unit->name, name) == 0)
			return unit;
	}
	return NULL;
}

struct log_unit *log_units_get(struct log_units *units, const char *name)
{
	struct log_unit *unit = log_units_find(units, name);

	if (unit) {
		unit->references++;
		return unit;
	}
	if (units->count >= units->bucket_count && !grow(units))
		return NULL;
	size_t size = strlen(name) + 1;
	unit = malloc(sizeof *unit + size);
	if (!unit)
		return NULL;
	struct log_unit **head = bucket(units, name);
	*unit = (struct log_unit){
		.next = *head, .fd = -1, .blocker = LOG_UNIT_FREE, .references = 1, .upkeep_at = USEC_INFINITY
	};
	memcpy(unit->name, name, size);
	*head = unit;
	units->count++;
	return unit;
}

static void destroy(struct log_unit *unit)
{
	if (unit->fd >= 0)
		close(unit->fd);
	free(unit);
}

void log_units_release(struct log_units *units, struct log_unit *unit)
{
	if (!unit || --unit->references > 0)
		return;
	if (unit->fd >= 0)
		close(unit->fd);
	unit->fd = -1;
	log_units_tidy(units, unit);
}

void log_units_tidy(struct log_units *units, struct log_unit *unit)
{
	if (unit->references > 0 || unit->upkeep_at != USEC_INFINITY)
		return;
	struct log_unit **link = bucket(units, unit->name);

	while (*link != unit)
		link = &(*link)->next;
	*link = unit->next;
	units->count--;
	destroy(unit);
}

bool log_units_close_files(struct log_units *units)
{
	bool any = false;

	for (uint32_t i = 0; i < units->bucket_count; i++) {
		for (struct log_unit *unit = units->buckets[i]; unit; unit = unit->next) {
			if (unit->fd >= 0) {
				close(unit->fd);
				unit->fd = -1;
				any = true;
			}
		}
	}
	return any;
}

void log_units_finish(struct log_units *units)
{
	for (uint32_t i = 0; i < units->bucket_count; i++) {
		for (struct log_unit *unit = units->buckets[i], *next; unit; unit = next) {
			next = unit->next;
			destroy(unit);
		}
	}
	free(units->buckets);
	*units = (struct log_units){ 0 };
}
