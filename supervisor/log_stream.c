#include "supervisor/log_stream.h"

#include <string.h>

/* What svlog takes of them (logger/line_rules.h). */
enum { RULES_MAX = 2048 };

static const struct exec_options *options_of(const struct unit *unit)
{
	return unit->definition->service ? unit->definition->service->exec : &exec_options_default;
}

size_t log_stream_append(char *message, size_t at, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (at >= size)
		return at;
	if (length > size - at - 1)
		length = size - at - 1;
	memcpy(message + at, text, length);
	message[at + length] = '\0';
	return at + length + 1;
}

static unsigned digit_of(char digit)
{
	return digit >= 'a' ? (unsigned)(digit - 'a') + 10 : (unsigned)(digit - '0');
}

void log_stream_invocation(const char *id, uint8_t binary[16])
{
	memset(binary, 0, 16);
	for (size_t i = 0; i < 16 && id[2 * i] && id[2 * i + 1]; i++)
		binary[i] = (uint8_t)(digit_of(id[2 * i]) << 4 | digit_of(id[2 * i + 1]));
}

static struct log_stream fixed_part(const struct unit *unit, const struct unit_runtime *runtime, bool is_error)
{
	const struct exec_options *exec = options_of(unit);
	struct stream stream = is_error && exec->error.target != STREAM_DEFAULT ? exec->error : exec->output;
	bool rate_default = exec->log_rate_limit_interval == USEC_INFINITY;
	struct log_stream fixed = {
		.message = { .version = LOG_PROTOCOL_VERSION, .kind = LOG_MESSAGE_ADD_STREAM },
		.stream = 2 * unit->id + is_error,
		.is_error = is_error,
		.level = (uint8_t)exec->syslog_level,
		.level_prefix = exec->syslog_level_prefix,
		.level_max = exec->log_level_max < 0 ? UINT8_MAX : (uint8_t)exec->log_level_max,
		/* Lines of text have no room for further fields. */
		.json = exec->log_json || (exec->log_extra_fields && exec->log_extra_fields[0]),
		.console = stream.target == STREAM_LOG_AND_CONSOLE || stream.target == STREAM_KMSG_AND_CONSOLE,
		.kmsg = stream.target == STREAM_KMSG || stream.target == STREAM_KMSG_AND_CONSOLE,
		.compress = !exec->log_uncompressed,
		.facility = (uint8_t)exec->syslog_facility,
		.rate_burst = rate_default ? 0 : exec->log_rate_limit_burst,
		.rate_interval = rate_default ? 0 : exec->log_rate_limit_interval,
		.max_bytes = exec->log_max_bytes,
		.max_files = exec->log_max_files,
		.max_age = exec->log_max_age,
		.pid = (uint32_t)unit->main_pid,
	};

	log_stream_invocation(runtime->invocation_id, fixed.invocation);
	return fixed;
}

static size_t append_rule(char *message, size_t at, size_t end, char kind, const char *text)
{
	/* One that does not fit whole is left out. */
	if (strlen(text) + 2 > end - at)
		return at;
	message[at] = kind;
	return log_stream_append(message, at + 1, end, text);
}

static size_t append_rules(char *message, size_t at, const struct exec_options *exec)
{
	size_t end = at + RULES_MAX;

	for (char **field = exec->log_extra_fields; field && *field; field++)
		at = append_rule(message, at, end, 'F', *field);
	for (char **pattern = exec->log_filter_patterns; pattern && *pattern; pattern++) {
		bool denies = **pattern == '~';

		at = append_rule(message, at, end, denies ? '-' : '+', *pattern + denies);
	}
	return at;
}

size_t log_stream_describe(const struct unit *unit, const struct unit_runtime *runtime, bool is_error,
			   char message[LOG_MESSAGE_MAX])
{
	const struct exec_options *exec = options_of(unit);
	struct log_stream fixed = fixed_part(unit, runtime, is_error);
	size_t size = sizeof fixed;

	memcpy(message, &fixed, sizeof fixed);
	size = log_stream_append(message, size, LOG_MESSAGE_MAX, unit->definition->name);
	size = log_stream_append(message, size, LOG_MESSAGE_MAX,
				 exec->syslog_identifier ? exec->syslog_identifier : "");
	size = log_stream_append(message, size, LOG_MESSAGE_MAX, exec->log_prefix ? exec->log_prefix : "");
	return append_rules(message, size, exec);
}
