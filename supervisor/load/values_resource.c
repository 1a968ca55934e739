/* Limits and weights: numbers, shares of the machine, sets of CPUs, values for a device. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "common/time_span.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"

enum { WEIGHT_MAX = 10000, PERMYRIAD = 10000, DEVICES_MAX = 256, SET_TEXT_MAX = 1024 };

static struct resource_options *own_resources(struct unit_load *load)
{
	struct unit_definition *definition = load->definition;

	if (!definition->resources)
		definition->resources = calloc(1, sizeof *definition->resources);
	return definition->resources;
}

static int warn(struct unit_load *load, const struct key *key, const char *value, const char *expected)
{
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not %s, left out", key->name, value, expected);
	return 0;
}

/* "12.34%" in 1/10000; -EINVAL. */
static int parse_share(const char *text, uint64_t *share)
{
	uint64_t whole = 0;
	unsigned part = 0, digits = 0;
	const char *at = text;

	for (; isdigit((unsigned char)*at) && whole < UINT32_MAX; at++)
		whole = whole * 10 + (uint64_t)(*at - '0');
	if (at == text)
		return -EINVAL;
	if (*at == '.')
		for (at++; isdigit((unsigned char)*at) && digits < 2; at++, digits++)
			part = part * 10 + (unsigned)(*at - '0');
	if (strcmp(at, "%") != 0)
		return -EINVAL;
	*share = whole * 100 + (digits == 1 ? part * 10 : part);
	return 0;
}

static int parse_weight(const char *text, const struct key *key, uint64_t *weight)
{
	if (key->offset != RESOURCE_IO_WEIGHT && key->offset != RESOURCE_STARTUP_IO_WEIGHT &&
	    strcmp(text, "idle") == 0) {
		*weight = RESOURCE_IDLE;
		return 0;
	}
	int r = parse_unsigned(text, WEIGHT_MAX, weight);
	return r == 0 && *weight == 0 ? -ERANGE : r;
}

/* What the older keys counted, in weights around 100. */
static int parse_old_weight(const char *text, unsigned middle, uint64_t *weight)
{
	uint64_t old;
	int r = parse_unsigned(text, 1 << 18, &old);

	if (r < 0 || old < 2)
		return -EINVAL;
	*weight = old * 100 / middle;
	*weight = *weight < 1 ? 1 : *weight > WEIGHT_MAX ? WEIGHT_MAX : *weight;
	return 0;
}

static int parse_limit(const char *text, bool bytes, struct resource_value *to)
{
	if (parse_share(text, &to->value) == 0) {
		to->relative = true;
		return to->value <= PERMYRIAD ? 0 : -ERANGE;
	}
	if (bytes)
		return parse_size(text, &to->value);
	if (strcmp(text, "infinity") == 0) {
		to->value = UINT64_MAX;
		return 0;
	}
	return parse_unsigned(text, UINT64_MAX - 1, &to->value);
}

static int parse_quota(const char *text, uint64_t *quota)
{
	int r = parse_share(text, quota);

	return r == 0 && *quota == 0 ? -ERANGE : r;
}

static int parse_boolean_number(const char *text, uint64_t *number)
{
	bool truth;
	int r = parse_boolean(text, &truth);

	if (r == 0)
		*number = truth;
	return r;
}

static int parse_value(const char *text, const struct key *key, struct resource_value *to)
{
	switch ((enum resource_kind)key->data_count) {
	case RESOURCE_WEIGHT:
		return parse_weight(text, key, &to->value);
	case RESOURCE_SHARES:
		return parse_old_weight(text, 1024, &to->value);
	case RESOURCE_BLOCK_WEIGHT:
		return parse_old_weight(text, 500, &to->value);
	case RESOURCE_QUOTA:
		return parse_quota(text, &to->value);
	case RESOURCE_PERIOD:
		return time_span_parse(text, USEC_PER_SEC, &to->value);
	case RESOURCE_BYTES:
		return parse_limit(text, true, to);
	case RESOURCE_COUNT:
		return parse_limit(text, false, to);
	case RESOURCE_SWITCH:
		return parse_boolean_number(text, &to->value);
	}
	return -EINVAL;
}

static const char *expected(const struct key *key)
{
	static const char *const words[] = {
		[RESOURCE_WEIGHT] = "a weight from 1 to 10000",
		[RESOURCE_SHARES] = "a weight from 2 to 262144",
		[RESOURCE_BLOCK_WEIGHT] = "a weight from 10 to 1000",
		[RESOURCE_QUOTA] = "a percentage above 0",
		[RESOURCE_PERIOD] = "a time span",
		[RESOURCE_BYTES] = "a size, a percentage or infinity",
		[RESOURCE_COUNT] = "a number, a percentage or infinity",
		[RESOURCE_SWITCH] = "a boolean (yes or no)",
	};

	return words[key->data_count];
}

int read_resource(struct unit_load *load, const struct key *key, char *value)
{
	struct resource_options *options = own_resources(load);
	struct resource_value parsed = { .set = true };

	if (!options)
		return -ENOMEM;
	if (!*value)
		parsed = (struct resource_value){ .set = false };
	else if (parse_value(value, key, &parsed) < 0)
		return warn(load, key, value, expected(key));
	options->values[key->offset] = parsed;
	return 0;
}

/* "0-3 5,7" as cpuset(7) reads it: "0-3,5,7". */
static bool normalize_set(const char *value, char *set)
{
	size_t length = 0;
	bool in_number = false;

	if (strlen(value) >= SET_TEXT_MAX)
		return false;
	for (; *value; value++) {
		bool blank = *value == ' ' || *value == '\t' || *value == ',';
		if (!blank && *value != '-' && !isdigit((unsigned char)*value))
			return false;
		if (*value == '-' && !in_number)
			return false;
		if (!blank)
			set[length++] = *value;
		else if (length > 0 && set[length - 1] != ',')
			set[length++] = ',';
		in_number = isdigit((unsigned char)*value);
	}
	while (length > 0 && set[length - 1] == ',')
		length--;
	set[length] = '\0';
	return length == 0 || set[length - 1] != '-';
}

int read_resource_set(struct unit_load *load, const struct key *key, char *value)
{
	struct resource_options *options = own_resources(load);
	char set[SET_TEXT_MAX];
	char *text;

	if (!options)
		return -ENOMEM;
	if (!normalize_set(value, set))
		return warn(load, key, value, "a set of numbers and ranges");
	text = strdup(set);
	if (!text)
		return -ENOMEM;
	free(options->values[key->offset].text);
	options->values[key->offset] = (struct resource_value){ .set = *set, .text = text };
	return 0;
}

static void drop_devices(struct resource_options *options, enum resource_key key)
{
	size_t kept = 0;

	for (size_t i = 0; i < options->device_count; i++) {
		if (options->devices[i].key == key)
			free(options->devices[i].path);
		else
			options->devices[kept++] = options->devices[i];
	}
	options->device_count = kept;
	options->values[key].set = false;
}

static int add_device(struct resource_options *options, enum resource_key key, const char *path, uint64_t value)
{
	struct resource_device *devices =
		reallocarray(options->devices, options->device_count + 1, sizeof *options->devices);

	if (!devices)
		return -ENOMEM;
	options->devices = devices;
	char *copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	devices[options->device_count++] = (struct resource_device){ .key = key, .path = copy, .value = value };
	options->values[key].set = true;
	return 0;
}

/* Bandwidth counts in powers of 1000, other than memory. */
static int parse_rate(char *text, uint64_t *rate)
{
	static const char letters[] = "KMGTPE";
	size_t length = strlen(text);
	uint64_t factor = 1;

	if (strcmp(text, "infinity") == 0) {
		*rate = UINT64_MAX;
		return 0;
	}
	const char *letter = length > 0 ? strchr(letters, text[length - 1]) : NULL;
	if (letter) {
		for (const char *at = letters; at <= letter; at++)
			factor *= 1000;
		text[length - 1] = '\0';
	}
	int r = parse_unsigned(text, UINT64_MAX / factor, rate);
	if (r == 0)
		*rate *= factor;
	return r;
}

int read_resource_device(struct unit_load *load, const struct key *key, char *value)
{
	enum resource_key resource = (enum resource_key)key->offset;
	struct resource_options *options = own_resources(load);
	char *number = strpbrk(value, " \t");
	uint64_t amount = 0;
	int r = 0;

	if (!options)
		return -ENOMEM;
	if (!*value) {
		drop_devices(options, resource);
		return 0;
	}
	if (!number || *value != '/' || options->device_count >= DEVICES_MAX)
		return warn(load, key, value, "a device and a number");
	*number++ = '\0';
	number += strspn(number, " \t");
	if (key->data_count == RESOURCE_WEIGHT)
		r = parse_weight(number, key, &amount);
	else if (key->data_count == RESOURCE_BLOCK_WEIGHT)
		r = parse_old_weight(number, 500, &amount);
	else
		r = parse_rate(number, &amount);
	if (r < 0)
		return warn(load, key, number, "a number for a device");
	return add_device(options, resource, value, amount);
}

int read_io_accounting(struct unit_load *load, const struct key *key, char *value)
{
	struct resource_options *options = own_resources(load);

	if (!options)
		return -ENOMEM;
	if (parse_boolean(value, &options->io_accounting) < 0)
		return warn(load, key, value, "a boolean (yes or no)");
	return 0;
}

/* auto is what systemd does too where the kernel counts pressure; off and skip leave the service alone. */
int read_pressure_watch(struct unit_load *load, const struct key *key, char *value)
{
	struct resource_options *options = own_resources(load);
	bool truth = false;

	if (!options)
		return -ENOMEM;
	if (strcmp(value, "auto") != 0 && strcmp(value, "skip") != 0 && strcmp(value, "off") != 0 &&
	    parse_boolean(value, &truth) < 0)
		return warn(load, key, value, "auto, skip or a boolean");
	options->memory_pressure_watch = truth || strcmp(value, "auto") == 0;
	return 0;
}

int read_pressure_threshold(struct unit_load *load, const struct key *key, char *value)
{
	struct resource_options *options = own_resources(load);
	usec span = 0;

	if (!options)
		return -ENOMEM;
	if (*value && time_span_parse(value, USEC_PER_SEC, &span) < 0)
		return warn(load, key, value, "a time span");
	options->memory_pressure_threshold = span;
	return 0;
}
