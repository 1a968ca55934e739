#include "supervisor/load/specifier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/unit_name.h"

static const signed char facts_by_letter[128] = {
	['t'] = FACT_RUNTIME_DIRECTORY + 1,
	['S'] = FACT_STATE_DIRECTORY + 1,
	['C'] = FACT_CACHE_DIRECTORY + 1,
	['L'] = FACT_LOGS_DIRECTORY + 1,
	['E'] = FACT_CONFIGURATION_DIRECTORY + 1,
	['T'] = FACT_TEMPORARY_DIRECTORY + 1,
	['V'] = FACT_LARGE_TEMPORARY_DIRECTORY + 1,
	['u'] = FACT_USER_NAME + 1,
	['U'] = FACT_USER_ID + 1,
	['g'] = FACT_GROUP_NAME + 1,
	['G'] = FACT_GROUP_ID + 1,
	['h'] = FACT_HOME + 1,
	['s'] = FACT_SHELL + 1,
	['m'] = FACT_MACHINE_ID + 1,
	['b'] = FACT_BOOT_ID + 1,
	['H'] = FACT_HOST_NAME + 1,
	['l'] = FACT_SHORT_HOST_NAME + 1,
	['q'] = FACT_PRETTY_HOST_NAME + 1,
	['v'] = FACT_KERNEL_RELEASE + 1,
	['a'] = FACT_ARCHITECTURE + 1,
	['o'] = FACT_OS_ID + 1,
	['w'] = FACT_OS_VERSION_ID + 1,
	['W'] = FACT_OS_VARIANT_ID + 1,
	['B'] = FACT_OS_BUILD_ID + 1,
	['M'] = FACT_OS_IMAGE_ID + 1,
	['A'] = FACT_OS_IMAGE_VERSION + 1,
};

static char *name_prefix(const char *unit)
{
	char prefix[UNIT_NAME_MAX + 1];

	return strdup(unit_name_prefix(unit, prefix) ? prefix : "");
}

static char *name_instance(const char *unit)
{
	char instance[UNIT_NAME_MAX + 1];

	return strdup(unit_name_instance(unit, instance) ? instance : "");
}

static char *name_without_suffix(const char *unit)
{
	const char *suffix = unit_name_suffix(unit);

	return suffix ? strndup(unit, (size_t)(suffix - unit)) : strdup(unit);
}

/* "c" of "a-b-c". */
static char *last_part(const char *unit)
{
	char *prefix = name_prefix(unit);
	char *dash = prefix ? strrchr(prefix, '-') : NULL;

	if (dash)
		memmove(prefix, dash + 1, strlen(dash));
	return prefix;
}

static char *unescaped(char *text)
{
	char *plain = text ? unit_name_unescape(text) : NULL;

	free(text);
	return plain;
}

static char *name_path(const char *unit)
{
	char *text = name_instance(unit);

	if (text && !*text) {
		free(text);
		text = name_prefix(unit);
	}
	char *path = text ? unit_name_unescape_path(text) : NULL;
	free(text);
	return path;
}

static char *fragment_directory(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? strndup(path, (size_t)(slash - path)) : strdup("");
}

static char *credentials_directory(const struct specifiers *specifiers)
{
	const char *runtime = host_fact(specifiers->facts, FACT_RUNTIME_DIRECTORY);
	char *path = NULL;

	if (!runtime || asprintf(&path, "%s/credentials/%s", runtime, specifiers->unit) < 0)
		return NULL;
	return path;
}

/* What one letter stands for, to be freed. *known is false for letters without a meaning. */
static char *meaning(const struct specifiers *specifiers, char letter, bool *known)
{
	const char *unit = specifiers->unit;

	*known = true;
	switch (letter) {
	case 'n':
		return strdup(unit);
	case 'N':
		return name_without_suffix(unit);
	case 'p':
		return name_prefix(unit);
	case 'P':
		return unescaped(name_prefix(unit));
	case 'i':
		return name_instance(unit);
	case 'I':
		return unescaped(name_instance(unit));
	case 'j':
		return last_part(unit);
	case 'J':
		return unescaped(last_part(unit));
	case 'f':
		return name_path(unit);
	case 'd':
		return credentials_directory(specifiers);
	case 'y':
		return strdup(specifiers->fragment_path ? specifiers->fragment_path : "");
	case 'Y':
		return fragment_directory(specifiers->fragment_path);
	case '%':
		return strdup("%");
	default:
		break;
	}
	signed char fact = (unsigned char)letter < 128 ? facts_by_letter[(unsigned char)letter] : 0;
	*known = fact > 0;
	const char *text = *known ? host_fact(specifiers->facts, (enum host_fact)(fact - 1)) : NULL;
	return text ? strdup(text) : NULL;
}

struct output {
	char *data;
	size_t length, capacity;
};

static int output_append(struct output *output, const char *text, size_t length)
{
	if (output->length + length > SPECIFIER_RESULT_MAX)
		return -E2BIG;
	if (output->length + length + 1 > output->capacity) {
		size_t capacity = 2 * (output->length + length) + 64;
		char *data = realloc(output->data, capacity);
		if (!data)
			return -ENOMEM;
		output->data = data;
		output->capacity = capacity;
	}
	memcpy(output->data + output->length, text, length);
	output->length += length;
	output->data[output->length] = '\0';
	return 0;
}

static int append_meaning(struct output *output, const struct specifiers *specifiers, const char *percent)
{
	bool known;
	char *text = meaning(specifiers, percent[1], &known);

	if (!known)
		return output_append(output, percent, percent[1] ? 2 : 1);
	int r = text ? output_append(output, text, strlen(text)) : -ENOMEM;
	free(text);
	return r;
}

int specifiers_resolve(const struct specifiers *specifiers, const char *text, char **resolved)
{
	struct output output = { 0 };
	int r = 0;

	if (!strchr(text, '%')) {
		*resolved = strdup(text);
		return *resolved ? 0 : -ENOMEM;
	}
	while (*text && r == 0) {
		size_t plain = strcspn(text, "%");
		r = output_append(&output, text, plain);
		text += plain;
		if (*text && r == 0) {
			r = append_meaning(&output, specifiers, text);
			text += text[1] ? 2 : 1;
		}
	}
	if (r < 0) {
		free(output.data);
		return r;
	}
	*resolved = output.data;
	return 0;
}
