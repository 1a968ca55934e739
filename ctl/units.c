#include "ctl/units.h"

#include <string.h>

#include "common/glob.h"
#include "common/unit_name.h"
#include "ctl/connection.h"
#include "ctl/property.h"

json_t *units_named(const struct context *context)
{
	return string_array(context->arguments, context->argument_count);
}

json_t *option_words(const struct context *context, const char *name)
{
	json_t *words = NULL;
	const char *value;
	for (size_t index = 0; (value = option_next(context, name, &index));) {
		if (!words)
			words = json_array();
		while (*value) {
			size_t length = strcspn(value, ",");
			if (length)
				json_array_append_new(words, json_stringn(value, length));
			value += length + (value[length] == ',');
		}
	}
	return words;
}

/* Scripts look for systemctl's words. */
static void complain_not_found(const struct verb *verb, const char *typed)
{
	char name[UNIT_NAME_MAX + 1];
	if (!unit_name_complete(typed, name))
		unit_name_copy(typed, name);
	if (strcmp(verb->name, "cat") == 0)
		complain("No files found for %s.", name);
	else
		complain("Unit %s could not be found.", name);
}

size_t complain_missing(struct context *context, const json_t *names)
{
	struct call_error error = { 0 };
	const json_t *name;
	size_t i;
	json_array_foreach(names, i, name) {
		const char *text = json_is_string(name) ? json_string_value(name) : "-";
		json_decref(call(context, "Why", json_pack("{s:s}", "unit", text), &error));
		if (error.kind == CALL_NO_SUCH_UNIT && context->face == FACE_SYSTEMCTL)
			complain_not_found(context->verb, *error.unit ? error.unit : text);
		else if (error.kind == CALL_NO_SUCH_UNIT)
			complain("%s", error.text);
		else
			complain("unit %s not found", text);
	}
	return i;
}

static bool matches_any(const char *pattern, const json_t *units, const char *key)
{
	const json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit)
		if (glob_match(pattern, key ? property_text_or(unit, key, "") : json_string_value(unit)))
			return true;
	return false;
}

size_t note_unmatched(const struct context *context, const json_t *units, const char *key)
{
	size_t unmatched = 0;
	for (size_t i = 0; i < context->argument_count; i++) {
		const char *pattern = context->arguments[i];
		if (!glob_is_pattern(pattern) || matches_any(pattern, units, key))
			continue;
		unmatched++;
		if (!context->quiet)
			complain("no loaded unit matches %s", pattern);
	}
	return unmatched;
}

json_t *list_units(struct context *context, bool all, int *status)
{
	json_t *parameters = json_pack("{s:b}", "all", all);
	json_t *states = option_words(context, "state"), *types = option_words(context, "type");
	if (context->argument_count > 0)
		json_object_set_new(parameters, "patterns", string_array(context->arguments, context->argument_count));
	if (states)
		json_object_set_new(parameters, "states", states);
	if (types)
		json_object_set_new(parameters, "types", types);
	return call_or_complain(context, "List", parameters, status);
}
