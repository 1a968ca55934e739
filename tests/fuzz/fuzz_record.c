/* Reads whatever comes as a line of a log, and writes it again as text and as JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_record.h"
#include "common/log_text.h"

static void show(const char *text, size_t length)
{
	size_t size = length * LOG_TEXT_JSON_FACTOR + 2;
	char *to = malloc(size);

	if (!to)
		return;
	if (log_text_shown(to, text, length) > length * LOG_TEXT_SHOWN_FACTOR || log_text_json(to, text, length) > size)
		abort();
	free(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_record record;
	char *line = malloc(size ? size : 1);
	usec time;

	if (!line)
		return 0;
	memcpy(line, data, size);
	(void)log_line_time(line, size, &time);
	(void)log_stamp_parse(line, size, &time);
	if (log_record_parse(line, size, &record) == 0) {
		if (record.text < line || record.length > size - (size_t)(record.text - line))
			abort();
		show(record.text, record.length);
	}
	show(line, size);
	free(line);
	return 0;
}
