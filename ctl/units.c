#include "ctl/units.h"

#include <string.h>

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
