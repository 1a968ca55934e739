#include "ctl/log_print.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/log_export.h"
#include "ctl/log_json.h"

enum { FIELDS_MAX = 64, PRIORITY_ERROR = 3, PRIORITY_WARNING = 4, PRIORITY_NOTICE = 5, PRIORITY_DEBUG = 7 };

static struct tm broken_down(const struct log_printing *printing, const struct log_record *record)
{
	time_t second = (time_t)(record->time / USEC_PER_SEC);
	struct tm parts = { 0 };

	if (printing->utc)
		gmtime_r(&second, &parts);
	else
		localtime_r(&second, &parts);
	return parts;
}

static enum style style_of(const struct log_record *record)
{
	if (record->priority <= PRIORITY_ERROR)
		return STYLE_BAD;
	if (record->priority == PRIORITY_WARNING)
		return STYLE_WARNING;
	if (record->priority == PRIORITY_NOTICE)
		return STYLE_BOLD;
	return record->priority == PRIORITY_DEBUG ? STYLE_DIM : STYLE_PLAIN;
}

static void print_text(const struct log_printing *printing, const struct log_record *record)
{
	enum style style = style_of(record);

	fputs(style_begin(&printing->terminal, style), printing->stream);
	print_harmless(printing->stream, record->text, record->length, false);
	fputs(style_end(&printing->terminal, style), printing->stream);
	fputs(record->continues ? " \\\n" : "\n", printing->stream);
}

/* What -o short has before the colon: the identifier that the unit set, or the unit's name without .service. */
static void print_origin(const struct log_printing *printing, const struct log_entry *entry, bool whole_name)
{
	const char *identifier = json_string_value(json_object_get(entry->fields, "SYSLOG_IDENTIFIER"));
	const char *pid = json_string_value(json_object_get(entry->fields, "_PID"));
	size_t length = strlen(entry->unit), suffix = strlen(".service");

	if (identifier && !whole_name) {
		print_harmless(printing->stream, identifier, strlen(identifier), false);
	} else {
		if (!whole_name && length > suffix && strcmp(entry->unit + length - suffix, ".service") == 0)
			length -= suffix;
		print_harmless(printing->stream, entry->unit, length, false);
	}
	if (pid && strspn(pid, "0123456789") == strlen(pid))
		fprintf(printing->stream, "[%s]", pid);
	fputs(": ", printing->stream);
}

static void print_line(const struct log_printing *printing, const struct log_entry *entry, const char *time_format,
		       bool with_fraction, const char *behind_fraction)
{
	struct tm parts = broken_down(printing, entry->record);
	char time[64];

	strftime(time, sizeof time, time_format, &parts);
	fputs(time, printing->stream);
	if (with_fraction)
		fprintf(printing->stream, ".%06u", (unsigned)(entry->record->time % USEC_PER_SEC));
	strftime(time, sizeof time, behind_fraction, &parts);
	fputs(time, printing->stream);
	putc(' ', printing->stream);
	print_origin(printing, entry, false);
	print_text(printing, entry->record);
}

static void print_short(const struct log_printing *printing, const struct log_entry *entry)
{
	print_line(printing, entry, "%b %d %H:%M:%S", false, "");
}

static void print_short_precise(const struct log_printing *printing, const struct log_entry *entry)
{
	print_line(printing, entry, "%b %d %H:%M:%S", true, "");
}

static void print_short_full(const struct log_printing *printing, const struct log_entry *entry)
{
	print_line(printing, entry, "%a %Y-%m-%d %H:%M:%S", false, " %Z");
}

static void print_short_iso(const struct log_printing *printing, const struct log_entry *entry)
{
	print_line(printing, entry, "%Y-%m-%dT%H:%M:%S", false, "%z");
}

static void print_short_iso_precise(const struct log_printing *printing, const struct log_entry *entry)
{
	print_line(printing, entry, "%Y-%m-%dT%H:%M:%S", true, "%z");
}

static void print_short_unix(const struct log_printing *printing, const struct log_entry *entry)
{
	fprintf(printing->stream, "%llu.%06u ", (unsigned long long)(entry->record->time / USEC_PER_SEC),
		(unsigned)(entry->record->time % USEC_PER_SEC));
	print_origin(printing, entry, false);
	print_text(printing, entry->record);
}

static void print_with_unit(const struct log_printing *printing, const struct log_entry *entry)
{
	struct tm parts = broken_down(printing, entry->record);
	char time[64];

	strftime(time, sizeof time, "%a %Y-%m-%d %H:%M:%S %Z ", &parts);
	fputs(time, printing->stream);
	print_origin(printing, entry, true);
	print_text(printing, entry->record);
}

/* Into a file or a pipe the bytes are what the unit printed. */
static void print_cat(const struct log_printing *printing, const struct log_entry *entry)
{
	const struct log_record *record = entry->record;

	if (printing->terminal.width > 0) {
		print_text(printing, record);
		return;
	}
	fwrite(record->text, 1, record->length, printing->stream);
	if (!record->continues)
		putc('\n', printing->stream);
}

static bool is_wanted(const struct log_printing *printing, const char *name)
{
	if (!printing->fields || strncmp(name, "__", 2) == 0)
		return true;
	for (const char *const *field = printing->fields; *field; field++) {
		if (strcmp(*field, name) == 0)
			return true;
	}
	return false;
}

static json_t *make_object(const struct log_printing *printing, const struct log_entry *entry)
{
	json_t *object = log_json_make(entry);
	const char *name;
	json_t *value;
	void *following;

	json_object_foreach_safe(object, following, name, value)
	{
		if (!is_wanted(printing, name))
			json_object_del(object, name);
	}
	return object;
}

static void print_object(const struct log_printing *printing, const struct log_entry *entry, size_t flags,
			 const char *before)
{
	json_t *object = make_object(printing, entry);
	char *text = object ? json_dumps(object, flags) : NULL;

	if (text)
		fprintf(printing->stream, "%s%s\n", before, text);
	free(text);
	json_decref(object);
}

static void print_json(const struct log_printing *printing, const struct log_entry *entry)
{
	print_object(printing, entry, JSON_COMPACT, "");
}

static void print_json_pretty(const struct log_printing *printing, const struct log_entry *entry)
{
	print_object(printing, entry, JSON_INDENT(8), "");
}

/* RFC 7464 */
static void print_json_seq(const struct log_printing *printing, const struct log_entry *entry)
{
	print_object(printing, entry, JSON_COMPACT, "\036");
}

static void print_json_sse(const struct log_printing *printing, const struct log_entry *entry)
{
	print_object(printing, entry, JSON_COMPACT, "data: ");
	putc('\n', printing->stream);
}

static void print_field(const struct log_printing *printing, const char *name, const json_t *value)
{
	if (!json_is_string(value) || strncmp(name, "__", 2) == 0)
		return;
	fprintf(printing->stream, "    %s=", name);
	print_harmless(printing->stream, json_string_value(value), json_string_length(value), false);
	putc('\n', printing->stream);
}

static void print_verbose(const struct log_printing *printing, const struct log_entry *entry)
{
	json_t *object = make_object(printing, entry), *value;
	struct tm parts = broken_down(printing, entry->record);
	const char *name;
	char time[64];

	strftime(time, sizeof time, "%a %Y-%m-%d %H:%M:%S", &parts);
	fprintf(printing->stream, "%s.%06u", time, (unsigned)(entry->record->time % USEC_PER_SEC));
	strftime(time, sizeof time, " %Z\n", &parts);
	fputs(time, printing->stream);
	json_object_foreach(object, name, value) {
		if (strcmp(name, "MESSAGE") != 0)
			print_field(printing, name, value);
	}
	if (is_wanted(printing, "MESSAGE")) {
		fputs("    MESSAGE=", printing->stream);
		print_text(printing, entry->record);
	}
	json_decref(object);
}

static void print_export(const struct log_printing *printing, const struct log_entry *entry)
{
	json_t *object = make_object(printing, entry);

	log_export(printing->stream, object, entry->record);
	json_decref(object);
}

const char *const log_printer_names[] = { "short",         "short-full",  "short-iso", "short-iso-precise",
					  "short-precise", "short-unix",  "with-unit", "cat",
					  "json",          "json-pretty", "json-seq",  "json-sse",
					  "verbose",       "export",      NULL };

log_printer *log_printer_find(const char *name)
{
	static log_printer *const printers[] = {
		print_short,         print_short_full,  print_short_iso, print_short_iso_precise,
		print_short_precise, print_short_unix,  print_with_unit, print_cat,
		print_json,          print_json_pretty, print_json_seq,  print_json_sse,
		print_verbose,       print_export
	};

	for (size_t i = 0; log_printer_names[i]; i++) {
		if (strcmp(log_printer_names[i], name) == 0)
			return printers[i];
	}
	return NULL;
}
