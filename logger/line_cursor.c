#include "logger/line_cursor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/log_text.h"

void line_cursor_init(struct line_cursor *cursor, const struct journal_slot *slot, uint32_t input_end,
		      const struct line_settings *settings)
{
	cursor->data = (const char *)slot + JOURNAL_DATA_OFFSET;
	cursor->state = slot->states[slot->current];
	cursor->settings = *settings;
	cursor->input_end = input_end;
	if (journal_state_has_gap(&cursor->state) && cursor->state.lost_at < input_end) {
		cursor->input_end = cursor->state.lost_at;
		cursor->settings.final = false;
	}
	cursor->passed = 0;
}

static void set_notice(char *text, size_t size, struct log_record *record, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void set_notice(char *text, size_t size, struct log_record *record, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(text, size, format, arguments);
	va_end(arguments);
	if (length >= (int)size)
		length = (int)size - 1;
	*record = (struct log_record){
		.mark = LOG_MARK_SUPERVISOR, .priority = 4, .text = text, .length = (size_t)length
	};
}

void line_gap_record(char text[LINE_NOTICE_MAX], struct log_record *record, const struct journal_gap *gap)
{
	const char *reason = gap->error ? strerrordesc_np(gap->error) : NULL;

	set_notice(text, LINE_NOTICE_MAX, record, "svlog: %llu lines (%llu bytes) lost: %s",
		   (unsigned long long)gap->lines, (unsigned long long)gap->bytes, reason ? reason : "no room");
}

/* "<N>" as in sd-daemon(3); a facility above the three low bits is understood and left out. */
static uint8_t take_level(const struct line_settings *settings, const char **text, size_t *length)
{
	unsigned value = 0;
	size_t i = 1;

	if (!settings->level_prefix || *length < 3 || (*text)[0] != '<')
		return settings->level;
	while (i < 4 && i < *length && (*text)[i] >= '0' && (*text)[i] <= '9')
		value = value * 10 + (unsigned)((*text)[i++] - '0');
	if (i == 1 || i >= *length || (*text)[i] != '>')
		return settings->level;
	*text += i + 1;
	*length -= i + 1;
	return value & 7;
}

/* Where to split a line that is too long: not within a UTF-8 character. */
static size_t split_length(const char *text)
{
	size_t length = LOG_RECORD_TEXT_MAX;

	for (size_t back = 1; back < 4; back++) {
		if ((text[length - back] & 0xc0) == 0xc0)
			return log_text_character(text + length - back, back) == 0 ? length - back : length;
		if ((text[length - back] & 0xc0) != 0x80)
			break;
	}
	return length;
}

/* Cuts the next line off. `consumed` counts its newline. false: no whole line is there. */
static bool cut_line(const struct line_cursor *cursor, size_t *length, size_t *consumed, bool *split)
{
	const char *start = cursor->data + cursor->state.begin;
	size_t available = cursor->input_end - cursor->state.begin;
	size_t window = available < LOG_RECORD_TEXT_MAX + 1 ? available : LOG_RECORD_TEXT_MAX + 1;
	const char *newline = memchr(start, '\n', window);

	*split = false;
	if (newline) {
		*length = (size_t)(newline - start);
		*consumed = *length + 1;
		return true;
	}
	if (available > LOG_RECORD_TEXT_MAX) {
		*length = *consumed = split_length(start);
		*split = true;
		return true;
	}
	*length = *consumed = available;
	return cursor->settings.final && available > 0;
}

static void take_line(struct line_cursor *cursor, struct log_record *record, size_t length, size_t consumed, bool split)
{
	struct journal_state *state = &cursor->state;

	record->text = cursor->data + state->begin;
	record->length = length;
	record->mark = cursor->settings.mark;
	record->continues = split;
	record->priority =
		state->continuing ? state->level : take_level(&cursor->settings, &record->text, &record->length);
	state->begin += (uint32_t)consumed;
	state->continuing = split;
	state->level = split ? record->priority : 0;
}

/* false: the level, a pattern or the rate limit keeps the line out. Only the last of them is counted: the others say
 * what the log is to have. */
static bool passes(struct line_cursor *cursor, const struct log_record *record)
{
	if (record->priority > cursor->settings.level_max)
		return false;
	if (cursor->settings.rules && !line_rules_pass(cursor->settings.rules, record))
		return false;
	if (cursor->passed < cursor->settings.allowance) {
		cursor->passed++;
		return true;
	}
	cursor->state.suppressed++;
	return false;
}

static bool take_suppressed(struct line_cursor *cursor, struct log_record *record)
{
	if (!cursor->settings.report_suppressed || cursor->state.suppressed == 0)
		return false;
	set_notice(cursor->notice, sizeof cursor->notice, record,
		   "svlog: %llu lines suppressed by LogRateLimitBurst=", (unsigned long long)cursor->state.suppressed);
	cursor->state.suppressed = 0;
	cursor->settings.report_suppressed = false;
	return true;
}

bool line_cursor_next(struct line_cursor *cursor, struct log_record *record)
{
	size_t length, consumed;
	bool split;

	if (cursor->state.suppressed && take_suppressed(cursor, record))
		return true;
	for (;;) {
		if (!cut_line(cursor, &length, &consumed, &split))
			return false;
		take_line(cursor, record, length, consumed, split);
		if (passes(cursor, record))
			return true;
	}
}
