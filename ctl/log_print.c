#include "ctl/log_print.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/log_json.h"

static struct tm local_time(const struct log_record *record)
{
	time_t second = (time_t)(record->time / USEC_PER_SEC);
	struct tm parts = { 0 };

	localtime_r(&second, &parts);
	return parts;
}

static enum style style_of(const struct log_record *record)
{
	if (record->priority <= 3)
		return STYLE_BAD;
	if (record->priority == 4)
		return STYLE_WARNING;
	return record->priority == 5 ? STYLE_BOLD : record->priority == 7 ? STYLE_DIM : STYLE_PLAIN;
}

static void print_text(FILE *stream, const struct terminal *terminal, const struct log_record *record)
{
	enum style style = style_of(record);

	fputs(style_begin(terminal, style), stream);
	print_harmless(stream, record->text, record->length, false);
	fputs(style_end(terminal, style), stream);
	fputs(record->continues ? " \\\n" : "\n", stream);
}

static void print_unit(FILE *stream, const char *unit)
{
	size_t length = strlen(unit), suffix = strlen(".service");

	if (length > suffix && strcmp(unit + length - suffix, ".service") == 0)
		length -= suffix;
	print_harmless(stream, unit, length, false);
	fputs(": ", stream);
}

static void print_short(FILE *stream, const struct terminal *terminal, const char *unit,
			const struct log_record *record)
{
	char time[64];
	struct tm parts = local_time(record);

	strftime(time, sizeof time, "%b %d %H:%M:%S ", &parts);
	fputs(time, stream);
	print_unit(stream, unit);
	print_text(stream, terminal, record);
}

static void print_short_iso(FILE *stream, const struct terminal *terminal, const char *unit,
			    const struct log_record *record)
{
	char time[64];
	struct tm parts = local_time(record);

	strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S%z ", &parts);
	fputs(time, stream);
	print_unit(stream, unit);
	print_text(stream, terminal, record);
}

/* Into a file or a pipe the bytes are what the unit printed. */
static void print_cat(FILE *stream, const struct terminal *terminal, const char *unit, const struct log_record *record)
{
	(void)unit;
	if (terminal->width > 0) {
		print_text(stream, terminal, record);
		return;
	}
	fwrite(record->text, 1, record->length, stream);
	if (!record->continues)
		putc('\n', stream);
}

static void print_json(FILE *stream, const struct terminal *terminal, const char *unit, const struct log_record *record)
{
	json_t *object = log_json_make(unit, record);
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	(void)terminal;
	if (text)
		fprintf(stream, "%s\n", text);
	free(text);
	json_decref(object);
}

static void print_verbose(FILE *stream, const struct terminal *terminal, const char *unit,
			  const struct log_record *record)
{
	char time[64];
	struct tm parts = local_time(record);

	strftime(time, sizeof time, "%a %Y-%m-%d %H:%M:%S", &parts);
	fprintf(stream, "%s.%06u\n    UNIT=", time, (unsigned)(record->time % USEC_PER_SEC));
	print_harmless(stream, unit, strlen(unit), false);
	fprintf(stream, "\n    _STREAM=%s\n    PRIORITY=%u\n    MESSAGE=", log_mark_name(record->mark),
		record->priority);
	print_text(stream, terminal, record);
}

log_printer *log_printer_find(const char *name)
{
	static const struct {
		const char *name;
		log_printer *print;
	} printers[] = { { "short", print_short },
			 { "short-iso", print_short_iso },
			 { "cat", print_cat },
			 { "json", print_json },
			 { "verbose", print_verbose } };

	for (size_t i = 0; i < sizeof printers / sizeof printers[0]; i++) {
		if (strcmp(printers[i].name, name) == 0)
			return printers[i].print;
	}
	return NULL;
}
