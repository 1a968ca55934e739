#include "ctl/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"

static void unit_destroy(struct imported_unit *unit)
{
	for (size_t i = 0; i < IMPORT_SECTION_COUNT; i++)
		free(unit->sections[i]);
	free(unit->name);
	free(unit);
}

void import_finish(struct import *import)
{
	for (size_t i = 0; i < import->count; i++)
		unit_destroy(import->units[i]);
	free(import->units);
	json_decref(import->remarks);
	*import = (struct import){ 0 };
}

struct imported_unit *import_find(const struct import *import, const char *name)
{
	for (size_t i = 0; i < import->count; i++)
		if (strcmp(import->units[i]->name, name) == 0)
			return import->units[i];
	return NULL;
}

/* Names may have the characters that others escape, but no '@', which makes instances. */
static char *name_of_stem(const char *stem)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-";
	char *name = stem[strspn(stem, plain)] == '\0' ? strdup(stem) : unit_name_escape(stem);
	if (name && *name == '\0') {
		free(name);
		return strdup("unnamed");
	}
	return name;
}

static char *free_name(const struct import *import, const char *stem, const char *suffix)
{
	char *name = NULL;
	for (unsigned number = 1; number < 10000; number++) {
		int length = number == 1 ? asprintf(&name, "%s%s", stem, suffix)
					 : asprintf(&name, "%s-%u%s", stem, number, suffix);
		if (length < 0)
			return NULL;
		if (!import_find(import, name))
			return name;
		free(name);
	}
	return NULL;
}

struct imported_unit *import_add(struct import *import, const char *name, const char *suffix)
{
	struct imported_unit **units = reallocarray(import->units, import->count + 1, sizeof(*units));
	struct imported_unit *unit = calloc(1, sizeof(*unit));
	char *stem = name_of_stem(name);
	if (units)
		import->units = units;
	if (unit && stem)
		unit->name = free_name(import, stem, suffix);
	free(stem);
	if (!units || !unit || !unit->name) {
		free(unit);
		import->no_memory = true;
		return NULL;
	}
	units[import->count++] = unit;
	return unit;
}

void import_set(struct import *import, struct imported_unit *unit, enum import_section section, const char *key,
		const char *format, ...)
{
	char *value = NULL, *whole = NULL;
	va_list arguments;
	if (!unit)
		return;
	va_start(arguments, format);
	int length = vasprintf(&value, format, arguments);
	va_end(arguments);
	if (length < 0 ||
	    asprintf(&whole, "%s%s=%s\n", unit->sections[section] ? unit->sections[section] : "", key, value) < 0) {
		import->no_memory = true;
		whole = NULL;
	}
	if (length >= 0)
		free(value);
	if (!whole)
		return;
	free(unit->sections[section]);
	unit->sections[section] = whole;
}

void import_enable(struct import *import, struct imported_unit *unit)
{
	import_set(import, unit, IMPORT_INSTALL, "WantedBy", "%s",
		   import->user_mode ? "default.target" : "multi-user.target");
}

void import_remark(struct import *import, enum remark_kind kind, const char *path, unsigned line, const char *format,
		   ...)
{
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	json_t *remark =
		json_pack("{s:s, s:s, s:s}", "path", path, "kind", kind == REMARK_LOST ? "lost" : "note", "text", text);
	if (!remark) /* not UTF-8 */
		remark = json_pack("{s:s, s:s, s:s}", "path", "?", "kind", "lost", "text", "text that is not UTF-8");
	json_object_set_new(remark, "line", line ? json_integer(line) : json_null());
	if (!import->remarks)
		import->remarks = json_array();
	if (json_array_append_new(import->remarks, remark) < 0)
		import->no_memory = true;
}

static int by_place(const void *left, const void *right)
{
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	int order =
		strcmp(json_string_value(json_object_get(a, "path")), json_string_value(json_object_get(b, "path")));
	json_int_t difference =
		json_integer_value(json_object_get(a, "line")) - json_integer_value(json_object_get(b, "line"));
	return order != 0 ? order : difference < 0 ? -1 : difference > 0;
}

void import_sort_remarks(struct import *import)
{
	size_t count = json_array_size(import->remarks);
	json_t **remarks = calloc(count + 1, sizeof(*remarks)), *sorted = json_array();
	for (size_t i = 0; remarks && i < count; i++)
		remarks[i] = json_array_get(import->remarks, i);
	if (!remarks || !sorted) {
		free(remarks);
		json_decref(sorted);
		return;
	}
	qsort(remarks, count, sizeof(json_t *), by_place);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, remarks[i]);
	free(remarks);
	json_decref(import->remarks);
	import->remarks = sorted;
}

size_t import_lost(const struct import *import)
{
	const json_t *remark;
	size_t i, lost = 0;
	json_array_foreach(import->remarks, i, remark)
		lost += strcmp(json_string_value(json_object_get(remark, "kind")), "lost") == 0;
	return lost;
}

static const char *body_name(const char *unit)
{
	const char *suffix = unit_name_suffix(unit);
	return suffix && strcmp(suffix, ".target") == 0 ? "Target" : "Service";
}

char *import_text(const struct imported_unit *unit)
{
	const char *const titles[IMPORT_SECTION_COUNT] = { "Unit", body_name(unit->name), "X-Svinit", "Install" };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	for (size_t i = 0, written = 0; i < IMPORT_SECTION_COUNT; i++) {
		if (unit->sections[i])
			fprintf(stream, "%s[%s]\n%s", written++ ? "\n" : "", titles[i], unit->sections[i]);
	}
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}
