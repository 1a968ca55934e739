#include "ctl/property.h"

const char *property_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text && *text ? text : NULL;
}

const char *property_text_or(const json_t *object, const char *name, const char *otherwise)
{
	const char *text = property_text(object, name);
	return text ? text : otherwise;
}

bool property_number(const json_t *object, const char *name, json_int_t *number)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_integer(value))
		return false;
	*number = json_integer_value(value);
	return true;
}

json_int_t property_number_or(const json_t *object, const char *name, json_int_t otherwise)
{
	json_int_t number;
	return property_number(object, name, &number) ? number : otherwise;
}

bool property_flag(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

json_t *property_list(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);
	return json_is_array(value) ? value : NULL;
}
