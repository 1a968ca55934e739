/* Safe reading of what the server sent: a member that is missing or of another type is as if it were null. */
#ifndef SVCTL_PROPERTY_H
#define SVCTL_PROPERTY_H

#include <jansson.h>
#include <stdbool.h>

/* NULL when there is none or it is empty. */
const char *property_text(const json_t *object, const char *name);
/* As property_text, `otherwise` for NULL. */
const char *property_text_or(const json_t *object, const char *name, const char *otherwise);
bool property_number(const json_t *object, const char *name, json_int_t *number);
json_int_t property_number_or(const json_t *object, const char *name, json_int_t otherwise);
bool property_flag(const json_t *object, const char *name);
/* An array, or NULL. */
json_t *property_list(const json_t *object, const char *name);

#endif
