#include <string.h>

#include "supervisor/control.h"

static bool all_are(const json_t *array, json_type type)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(array) || json_array_size(array) > CONTROL_NAMES_MAX)
		return false;
	json_array_foreach(array, i, item)
		if (json_typeof(item) != type)
			return false;
	return true;
}

static bool take_value(const struct parameter *parameter, json_t *value)
{
	switch (parameter->kind) {
	case PARAMETER_STRING:
		if (!json_is_string(value))
			return false;
		*(const char **)parameter->to = json_string_value(value);
		return true;
	case PARAMETER_BOOLEAN:
		if (!json_is_boolean(value))
			return false;
		*(bool *)parameter->to = json_is_true(value);
		return true;
	case PARAMETER_INTEGER:
		if (!json_is_integer(value))
			return false;
		*(json_int_t *)parameter->to = json_integer_value(value);
		return true;
	case PARAMETER_STRINGS:
	case PARAMETER_INTEGERS:
		if (!all_are(value, parameter->kind == PARAMETER_STRINGS ? JSON_STRING : JSON_INTEGER))
			return false;
		*(json_t **)parameter->to = value;
		return true;
	}
	return false;
}

bool control_parameters(struct control_call *call, const struct parameter *parameters, size_t count)
{
	size_t taken = 0;
	const char *key;
	json_t *value;

	for (size_t i = 0; i < count; i++) {
		value = json_object_get(call->parameters, parameters[i].name);
		if (value ? !take_value(&parameters[i], value) : parameters[i].required) {
			control_answer_invalid(call, parameters[i].name);
			return false;
		}
		taken += value != NULL;
	}
	if (taken == json_object_size(call->parameters))
		return true;
	json_object_foreach(call->parameters, key, value) {
		size_t i = 0;

		while (i < count && strcmp(parameters[i].name, key) != 0)
			i++;
		if (i == count) {
			control_answer_invalid(call, key);
			return false;
		}
	}
	return true;
}

int control_word(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}
