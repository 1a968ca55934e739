/* Unit names by the rules of systemd.unit(5): validity, templates and instances, escaping. */
#ifndef SVINIT_COMMON_UNIT_NAME_H
#define SVINIT_COMMON_UNIT_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { UNIT_NAME_MAX = 255 };

/* A full name: valid characters, a known suffix, at most UNIT_NAME_MAX bytes; "foo@.service" is a template. */
bool unit_name_is_valid(const char *name);
bool unit_name_is_template(const char *name); /* "foo@.service" */
bool unit_name_is_instance(const char *name); /* "foo@bar.service" */
/* Writes the template's name of an instance; false if it is none. `to` holds UNIT_NAME_MAX + 1 bytes, here and below.
 */
bool unit_name_template(const char *name, char *to);
bool unit_name_make_instance(const char *template_name, const char *instance, char *to);
/* The prefix ("foo" of "foo@bar.service" and "foo.service") and the instance ("bar", "" without). */
bool unit_name_prefix(const char *name, char *to);
bool unit_name_instance(const char *name, char *to);
const char *unit_name_suffix(const char *name); /* ".service"; NULL without */
/* Copies a name, cut off at UNIT_NAME_MAX bytes. */
void unit_name_copy(const char *name, char *to);
/* What a user typed into a full name: ".service" where no suffix stands, paths to .mount and .device. false:
 * impossible. */
bool unit_name_complete(const char *typed, char *to);
/* systemd-escape(1). NULL when out of memory; the caller frees. */
char *unit_name_escape(const char *text);
char *unit_name_escape_path(const char *path);
char *unit_name_unescape(const char *text);
char *unit_name_unescape_path(const char *text);

#endif
