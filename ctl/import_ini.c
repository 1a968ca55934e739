#include "ctl/import_ini.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/text_file.h"

struct reading {
	struct ini *ini;
	const char *path;
	unsigned line;
	struct ini_section *section; /* the present one */
	struct ini_key *key;         /* that an indented line goes on with */
	bool no_memory;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char *trim(char *text)
{
	size_t length;
	while (is_space(*text))
		text++;
	length = strlen(text);
	while (length > 0 && is_space(text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* A comment behind a value begins with " ;". */
static void cut_comment(char *text)
{
	for (char *at = text; *at; at++)
		if (*at == ';' && at > text && is_space(at[-1])) {
			*at = '\0';
			return;
		}
}

static void begin_section(struct reading *reading, char *header)
{
	struct ini *ini = reading->ini;
	char *end = strchr(header, ']'), *colon;
	struct ini_section *sections = reallocarray(ini->sections, ini->section_count + 1, sizeof(*ini->sections));
	reading->key = NULL;
	if (end)
		*end = '\0';
	colon = strchr(header, ':');
	if (colon)
		*colon++ = '\0';
	if (!sections) {
		reading->no_memory = true;
		return;
	}
	ini->sections = sections;
	reading->section = &sections[ini->section_count++];
	*reading->section = (struct ini_section){ .kind = strdup(trim(header)),
						  .name = strdup(colon ? trim(colon) : ""),
						  .path = reading->path,
						  .line = reading->line };
	reading->no_memory |= !reading->section->kind || !reading->section->name;
}

static void add_key(struct reading *reading, char *name, char *value)
{
	struct ini_section *section = reading->section;
	struct ini_key *keys = reallocarray(section->keys, section->key_count + 1, sizeof(*keys));
	if (!keys) {
		reading->no_memory = true;
		return;
	}
	section->keys = keys;
	reading->key = &keys[section->key_count++];
	*reading->key =
		(struct ini_key){ .name = strdup(trim(name)), .value = strdup(trim(value)), .line = reading->line };
	if (!reading->key->name || !reading->key->value)
		reading->no_memory = true;
	for (char *at = reading->key->name; at && *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
}

static void continue_value(struct reading *reading, char *text)
{
	char *whole = NULL;
	if (asprintf(&whole, "%s\n%s", reading->key->value, trim(text)) < 0) {
		reading->no_memory = true;
		return;
	}
	free(reading->key->value);
	reading->key->value = whole;
}

static void add_problem(struct reading *reading, const char *text)
{
	char *problem = NULL;
	if (asprintf(&problem, "%s:%u: %s", reading->path, reading->line, text) < 0)
		problem = NULL;
	if (string_list_take(&reading->ini->problems, problem) < 0)
		reading->no_memory = true;
}

static void read_line(struct reading *reading, char *line)
{
	bool indented = is_space(*line);
	if (strchr("#;", *trim(line)) || !*trim(line)) /* "" too: strchr finds the end */
		return;
	cut_comment(line);
	if (indented && reading->key) {
		continue_value(reading, line);
		return;
	}
	line = trim(line);
	if (*line == '[') {
		begin_section(reading, line + 1);
		return;
	}
	char *equals = line + strcspn(line, "=:");
	if (!*equals || !reading->section) {
		add_problem(reading, "neither a section nor a key");
		return;
	}
	*equals = '\0';
	add_key(reading, line, equals + 1);
}

int ini_read(struct ini *ini, const char *path, struct cause *cause)
{
	struct text_file file = { 0 };
	int result = text_file_read(&file, path, cause);
	if (result == 0)
		result = string_list_append(&ini->paths, path);
	if (result < 0) {
		text_file_finish(&file);
		return result;
	}
	struct reading reading = { .ini = ini, .path = ini->paths[string_list_length(ini->paths) - 1] };
	for (char *next = file.data, *line; (line = strsep(&next, "\n")) && !reading.no_memory;) {
		reading.line++;
		read_line(&reading, line);
	}
	text_file_finish(&file);
	return reading.no_memory ? cause_set_errno(cause, ENOMEM, "%s", path) : 0;
}

void ini_finish(struct ini *ini)
{
	for (size_t i = 0; i < ini->section_count; i++) {
		struct ini_section *section = &ini->sections[i];
		for (size_t j = 0; j < section->key_count; j++) {
			free(section->keys[j].name);
			free(section->keys[j].value);
		}
		free(section->keys);
		free(section->kind);
		free(section->name);
	}
	free(ini->sections);
	string_list_free(ini->paths);
	string_list_free(ini->problems);
	*ini = (struct ini){ 0 };
}

/* The last one counts. */
struct ini_key *ini_find(const struct ini_section *section, const char *name)
{
	struct ini_key *found = NULL;
	for (size_t i = 0; section && i < section->key_count; i++)
		if (strcmp(section->keys[i].name, name) == 0) {
			found = &section->keys[i];
			found->used = true;
		}
	return found;
}

const char *ini_value(const struct ini_section *section, const char *name, const char *otherwise)
{
	const struct ini_key *key = ini_find(section, name);
	return key ? key->value : otherwise;
}
