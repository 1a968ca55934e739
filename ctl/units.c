#include "ctl/units.h"

#include <string.h>

#include "ctl/connection.h"
#include "ctl/property.h"

static bool is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

static bool expand_pattern(struct context *context, const char *pattern, json_t *units, int *status)
{
	json_t *reply = call_or_complain(context, "List", json_pack("{s:[s]}", "patterns", pattern), status), *unit;
	size_t i;
	if (!reply)
		return false;
	json_array_foreach(json_object_get(reply, "units"), i, unit) if (property_text(unit, "Id"))
		json_array_append(units, json_object_get(unit, "Id"));
	json_decref(reply);
	return true;
}

json_t *units_named(struct context *context, int *status)
{
	json_t *units = json_array();
	for (size_t i = 0; i < context->argument_count; i++) {
		const char *argument = context->arguments[i];
		bool added = is_pattern(argument) ? expand_pattern(context, argument, units, status)
						  : json_array_append_new(units, json_string(argument)) == 0;
		if (added)
			continue;
		if (!is_pattern(argument))
			*status = complain("%s: not a unit name", argument);
		json_decref(units);
		return NULL;
	}
	return units;
}

bool unit_is_meant(const char *typed, const char *name)
{
	size_t length = strlen(typed);
	return strncmp(typed, name, length) == 0 && (!name[length] || strcmp(name + length, ".service") == 0);
}

bool units_drop(json_t *units, const char *name)
{
	bool dropped = false;
	for (size_t i = json_array_size(units); i-- > 0;) {
		const char *typed = json_string_value(json_array_get(units, i));
		if (typed && (unit_is_meant(typed, name) || unit_is_meant(name, typed)))
			dropped |= json_array_remove(units, i) == 0;
	}
	return dropped;
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
